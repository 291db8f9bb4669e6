package io.prontuario.ha;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.RollingPlan;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Restarts the server of every data node while clients go on: each standby, one after the other, until it is certified again; then another
 * node becomes the primary by a planned switchover, for which the former one's server is stopped, and comes back as a standby. Of a setting
 * that a standby may not have less of than its primary ({@code max_connections} and its like) a raised value reaches the standbys first so.
 *
 * <p>Needs nothing but a started store. Each restart is an order of its own: interrupted, the one that was given is carried out, and no further one.
 */
public final class RollingRestart {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Asking asking;
    private final ClusterStore store;
    private final Ticker ticker;

    RollingRestart(ClusterStore store, Ticker ticker) {
        this.asking = new Asking(store, ticker);
        this.store = store;
        this.ticker = ticker;
    }

    /** On a store that was started and is connected. */
    public static RollingRestart on(ClusterStore store) {
        return new RollingRestart(store, Ticker.system());
    }

    /**
     * What it would do, and whether it may. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     * @throws IllegalStateException when there is no record
     */
    public RollingPlan plan() {
        ClusterState state = asking.record().state();
        asking.awaitStatuses(state.primary().node());
        StandbyOrder order = StandbyOrder.on(store, StandbyTask.RESTART);
        // A certified one without a session is named by its plan, and in the way; nobody knows of one that is neither.
        List<StandbyPlan> standbys = Stream.concat(
                        state.inSync().stream().map(Copy::node),
                        store.nodes().values().stream()
                                .filter(status -> status.role() == NodeRole.DATA)
                                .map(NodeStatus::node))
                .distinct()
                .filter(node -> !node.equals(state.primary().node()))
                .sorted()
                .map(order::plan)
                .toList();
        Optional<SwitchoverPlan> last = Switchover.on(store).plan();
        return new RollingPlan(state.primary(), standbys, last.orElse(null));
    }

    /**
     * Does it. Blocks until the former primary is a certified standby; interrupting it lets what was begun end, and begins nothing more.
     *
     * @param plan what the person who asks has seen
     * @param progress told each stage as a sentence
     * @throws StoreUnavailableException when the store does not answer before something was asked for
     */
    public Switchover.Result run(RollingPlan plan, Consumer<String> progress) {
        long began = ticker.nanos();
        if (!plan.possible()) {
            return asking.ended(false, "refused: " + String.join("; ", plan.whyNot()), began);
        }
        StandbyOrder order = StandbyOrder.on(store, StandbyTask.RESTART);
        for (StandbyPlan seen : plan.standbys()) {
            // The record has changed since, by the restart before this one.
            StandbyPlan now = order.plan(seen.node());
            if (!Objects.equals(now.copy(), seen.copy()) || !now.primary().equals(seen.primary())) {
                return asking.ended(false, "refused: the cluster has changed meanwhile; look at the plan again", began);
            }
            Switchover.Result restarted = order.run(now, progress);
            if (!restarted.done()) {
                return asking.ended(false, restarted.message(), began);
            }
            progress.accept(restarted.message());
            if (!certified(seen.node(), progress)) {
                return unfinished(seen.node(), began);
            }
        }
        return moved(plan, progress, began);
    }

    private Switchover.Result moved(RollingPlan plan, Consumer<String> progress, long began) {
        Switchover switchover = Switchover.on(store);
        Optional<SwitchoverPlan> to = switchover.plan();
        if (to.isEmpty() || !to.get().from().equals(plan.primary())) {
            return asking.ended(false, "the standbys are restarted; the primary has changed meanwhile", began);
        }
        Switchover.Result moved = switchover.run(to.get().to(), progress);
        if (!moved.done()) {
            return asking.ended(
                    false, "the standbys are restarted, " + plan.primary() + " is not: " + moved.message(), began);
        }
        progress.accept(moved.message());
        NodeName former = plan.primary().node();
        return certified(former, progress)
                ? asking.ended(true, "every server whose agent is there has been restarted; " + moved.message(), began)
                : unfinished(former, began);
    }

    private boolean certified(NodeName node, Consumer<String> progress) {
        long began = ticker.nanos();
        progress.accept("waiting until " + node + " is certified");
        while (asking.goesOn(began, LONGEST)) {
            ClusterState state = store.lastSeen().map(Versioned::state).orElse(null);
            if (state != null && has(state, node)) {
                return true;
            }
            asking.breathe();
        }
        return false;
    }

    /** In ASYNC nobody is ever certified; that the order is over says that the server runs. */
    private static boolean has(ClusterState state, NodeName node) {
        return state.durability() == Durability.ASYNC
                || state.inSync().stream().anyMatch(copy -> copy.node().equals(node));
    }

    private Switchover.Result unfinished(NodeName node, long began) {
        return asking.ended(
                false,
                node
                        + " is not certified yet, and nothing more is restarted before it is: look at ha status, then ask again",
                began);
    }
}
