package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Hold;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Isolation;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The strategies that are placed on every node, such as pools: told of each record that this node obeys, and again on a slow beat, on
 * a thread of their own. When records come faster than they follow, only the newest is followed. While a switchover wants it they hold
 * instead, and are asked again whenever something happened until nobody uses the primary any more.
 */
final class Followers implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofSeconds(2);

    private final List<FailoverStrategy> strategies;
    private final Runnable wake;
    private final Events events;
    private final AtomicReference<@Nullable Task> newest = new AtomicReference<>();
    private final Machine.Worker thread;
    private final Ticker ticker;
    private final boolean pools;
    private volatile Hold hold;
    private @Nullable Task told;
    private long toldAtNanos;

    /** @param holding the switchover for which everybody holds; empty when nobody does */
    private record Task(ClusterState state, String holding) {}

    Followers(List<FailoverStrategy> strategies, Events events, Machine machine, Ticker ticker, Runnable wake) {
        this.thread = machine.worker("prontuario-followers", 1);
        this.strategies = strategies.stream()
                .filter(strategy -> strategy.placement() == Placement.EVERYWHERE)
                .toList();
        this.pools = this.strategies.stream().anyMatch(Followers::holds);
        this.hold = new Hold(pools, "", "", "");
        this.events = events;
        this.ticker = ticker;
        this.wake = wake;
    }

    private static boolean holds(FailoverStrategy strategy) {
        return strategy.layer() == Layer.TRAFFIC
                && strategy.participation(TransitionKind.SWITCHOVER) != Participation.NONE;
    }

    /** How far the hold is here. Any thread. */
    Hold hold() {
        return hold;
    }

    /**
     * Called on every look, by the loop.
     *
     * @param holding the switchover for which everybody holds; empty when nobody does
     */
    void follow(ClusterState state, String holding) {
        long now = ticker.nanos();
        Task task = new Task(state, pools ? holding : "");
        boolean draining = !task.holding().isEmpty() && hold.keepsWaiting(task.holding());
        if (strategies.isEmpty() || (task.equals(told) && !draining && now - toldAtNanos < BEAT.toNanos())) {
            return;
        }
        told = task;
        toldAtNanos = now;
        newest.set(task);
        thread.execute(this::carryOut);
    }

    private void carryOut() {
        Task task = newest.getAndSet(null);
        if (task == null) {
            return;
        }
        List<String> busy = new ArrayList<>();
        for (FailoverStrategy strategy : strategies) {
            boolean holds = !task.holding().isEmpty() && holds(strategy);
            Outcome outcome = outcome(strategy, task.state(), holds);
            if (outcome.holds()) {
                events.over(strategy.name());
            } else if (outcome.kind() != Outcome.Kind.IN_PROGRESS) {
                events.changed(HaEvent.Kind.ALARM, strategy.name(), strategy.name() + ": " + outcome.detail());
            }
            if (holds && !outcome.holds()) {
                busy.add(outcome.detail());
            }
        }
        Hold now = new Hold(pools, "", busy.isEmpty() ? task.holding() : "", String.join(", ", busy));
        boolean news = !now.equals(hold);
        hold = now;
        if (news) {
            wake.run();
        }
    }

    private static Outcome outcome(FailoverStrategy strategy, ClusterState state, boolean holds) {
        try {
            Step step = new Step(strategy.name(), Verb.ISOLATE, state.primary().node());
            return holds
                    ? strategy.isolate(new StepRequest(step, state, STEP, Isolation.GRACEFUL, ""))
                    : strategy.reconcile(state);
        } catch (RuntimeException e) {
            return Outcome.unknown("failed: " + e);
        }
    }

    @Override
    public void close() {
        thread.close(Duration.ZERO);
    }
}
