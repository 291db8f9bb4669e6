package io.prontuario.ha;

import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A switchover before the primary's node closes. It is asked for like any other, carried out by the nodes and undone like any other; what
 * does not come about in its bound is taken back, and the node leaves as it would have without.
 */
final class Departure {
    /** A clean stop and a promotion, several times over. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** After the end of the switchover, so that what runs on without its agent is a standby, or the primary that it was. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private static final long POLL_NANOS = 20_000_000;

    private final Engine engine;
    private final Switchover switchover;
    private final NodeName self;
    private final Ticker ticker;

    Departure(Engine engine, Switchover switchover, NodeName self, Ticker ticker) {
        this.engine = engine;
        this.switchover = switchover;
        this.self = self;
        this.ticker = ticker;
    }

    /** Blocks until it is done or given up. Never throws. */
    void run() {
        if (!isActivePrimary()) {
            return;
        }
        try {
            Optional<SwitchoverPlan> plan = switchover.plan();
            if (plan.isEmpty()) {
                stays("there is no other data node");
            } else if (!plan.get().possible()) {
                stays(String.join("; ", plan.get().whyNot()));
            } else {
                leave(plan.get().to());
            }
        } catch (StoreUnavailableException | IllegalStateException e) {
            stays(String.valueOf(e.getMessage()));
        }
    }

    private void leave(NodeName to) {
        engine.tell(HaEvent.Kind.STATE, "closing: switching over to " + to + " first");
        Switchover.Result result = switchover.run(to, stage -> {}, LONGEST);
        if (!result.done() && !result.ended()) {
            switchover.takeBack("the node that asked for it closes and has waited for " + LONGEST.toSeconds() + " s");
        }
        if (result.done()) {
            await(() -> view().filter(view -> view.local().runsAs(ServerMode.STANDBY))
                    .isPresent());
            engine.tell(HaEvent.Kind.STATE, "closing: " + result.message());
        } else {
            await(() -> view().map(ClusterView::state)
                            .filter(state -> state.transition() == null)
                            .isPresent()
                    && view().filter(view -> view.local().runsAs(ServerMode.PRIMARY))
                            .isPresent());
            stays(result.message());
        }
    }

    private void stays(String why) {
        engine.tell(
                HaEvent.Kind.ALARM,
                "closing without a switchover: " + why + ". The server of " + self
                        + " goes on without its agent: start the node again, or bring the standby back and switch over");
    }

    private boolean isActivePrimary() {
        return view().map(ClusterView::state)
                .filter(ClusterState::active)
                .filter(state -> state.primary().node().equals(self))
                .isPresent();
    }

    private Optional<ClusterView> view() {
        return Optional.ofNullable(engine.view());
    }

    private void await(BooleanSupplier so) {
        long began = ticker.nanos();
        while (!so.getAsBoolean()
                && ticker.nanos() - began < SETTLE.toNanos()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
