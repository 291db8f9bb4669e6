package io.prontuario.ha;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.StandbyPlanner;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a standby's agent do something with its server, because a person wants it so. The order stands in the record and names the copy: whoever
 * gave it may leave, the node's agent finds it after any interruption, and it is over once that is done. Needs nothing but a started store.
 */
public final class StandbyOrder {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int MOST_TRIES = 10;

    private final Asking asking;
    private final ClusterStore store;
    private final StandbyTask task;
    private final Ticker ticker;

    StandbyOrder(ClusterStore store, StandbyTask task, Ticker ticker) {
        this.asking = new Asking(store, ticker);
        this.store = store;
        this.task = task;
        this.ticker = ticker;
    }

    /** On a store that was started and is connected. */
    public static StandbyOrder on(ClusterStore store, StandbyTask task) {
        return new StandbyOrder(store, task, Ticker.system());
    }

    /**
     * What it would do, whether it may, and what the cluster is without meanwhile. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     * @throws IllegalStateException when there is no record
     */
    public StandbyPlan plan(NodeName node) {
        return plan(asking.record().state(), node);
    }

    private StandbyPlan plan(ClusterState state, NodeName node) {
        asking.awaitStatuses(state.primary().node(), node);
        return StandbyPlanner.plan(task, state, store.nodes(), node);
    }

    /**
     * Gives the order and waits until it is done, however long that takes. Blocks; interrupting it leaves the rest to the node.
     * Repeated, it goes on waiting for the order that stands. Nothing is ordered when another plan would be drawn up by now.
     *
     * @param seen what the person who asks has seen
     * @param progress told each stage as a sentence, once
     * @throws StoreUnavailableException when the store does not answer before it was ordered; it may still have been
     */
    public Switchover.Result run(StandbyPlan seen, Consumer<String> progress) {
        long began = ticker.nanos();
        String id = UUID.randomUUID().toString().substring(0, 8);
        @Nullable Copy given = null;
        String before = "";
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            Versioned record = asking.record();
            if (given != null) {
                // It was not answered. Nothing but its id tells whether it was given: it may be carried out by now, and
                // giving it again would have
                // it done twice.
                if (record.state().lastOrder().equals(id)) {
                    return await(record, record.state().epoch(), given, progress, began);
                }
                if (!record.state().lastOrder().equals(before)) {
                    return asking.ended(
                            false,
                            "it is not known whether " + given
                                    + " got the order: another one was given, or somebody was nominated;"
                                    + " look at ha status, then ask again",
                            began);
                }
            }
            StandbyPlan plan = plan(record.state(), seen.node());
            Copy copy = plan.copy();
            if (copy != null && task.in(record.state()).contains(copy)) {
                return await(record, record.state().epoch(), copy, progress, began);
            }
            Copy former = seen.copy();
            if (task == StandbyTask.COPY_ANEW && former != null && copy != null && !copy.equals(former)) {
                return asking.ended(true, copy + " is in the place of " + former + " already", began);
            }
            if (!plan.possible() || copy == null) {
                return asking.ended(false, "refused: " + String.join("; ", plan.whyNot()), began);
            }
            if (!plan.sameAs(seen)) {
                return asking.ended(false, "refused: the cluster has changed meanwhile; look at the plan again", began);
            }
            Change change = given(record.state(), copy, id);
            if (change.next().isEmpty()) {
                return asking.ended(false, "refused: " + change.refusal(), began);
            }
            WriteOutcome outcome = store.compareAndSet(record, change.next().get(), null, LIMIT);
            if (outcome == WriteOutcome.UNKNOWN) {
                given = copy;
                before = record.state().lastOrder();
            }
            if (outcome == WriteOutcome.DONE) {
                return await(asking.record(), record.state().epoch(), copy, progress, began);
            }
            // The next look tells: the order is in the record, or it is not.
        }
        return asking.ended(false, "others changed the record all the time: try again", began);
    }

    private Change given(ClusterState state, Copy copy, String id) {
        return switch (task) {
            case COPY_ANEW -> Protocol.condemn(state, copy, id);
            case RESTART -> Protocol.restart(state, copy, id);
        };
    }

    /** @param epoch in which the order was given */
    private Switchover.Result await(Versioned ordered, long epoch, Copy former, Consumer<String> progress, long began) {
        String told = "";
        while (!Thread.currentThread().isInterrupted()) {
            ClusterState state = notBefore(ordered).state();
            Optional<NodeStatus> status = Optional.ofNullable(store.nodes().get(former.node()));
            Copy present = status.map(NodeStatus::data).map(DataStatus::copy).orElse(null);
            boolean replaced = present != null && !present.equals(former);
            if (!task.in(state).contains(former)) {
                // Within the epoch nothing ends the order but the agent's word; its status may come later than that.
                if (replaced || state.epoch() == epoch) {
                    return asking.ended(true, ended(former, replaced ? present : null), began);
                }
                if (status.isEmpty() || former.equals(present)) {
                    return asking.ended(
                            false,
                            "the order has ended with epoch " + epoch + ": " + state.primary() + " was nominated, and "
                                    + former + " is as it was; look at the plan again",
                            began);
                }
            }
            String stage = stage(state, former, status, present);
            if (!stage.equals(told)) {
                progress.accept(stage);
                told = stage;
            }
            asking.breathe();
        }
        return asking.unfinished(began);
    }

    private String ended(Copy former, @Nullable Copy present) {
        return switch (task) {
            case COPY_ANEW -> (present == null ? "a new copy" : present) + " is in the place of " + former;
            case RESTART -> former + " has been restarted";
        };
    }

    /** What was last seen; the watch may be behind what was read. */
    private Versioned notBefore(Versioned read) {
        return store.lastSeen()
                .filter(seen -> seen.incarnation() != read.incarnation() || seen.version() >= read.version())
                .orElse(read);
    }

    private String stage(ClusterState state, Copy former, Optional<NodeStatus> status, @Nullable Copy present) {
        if (state.inSync().contains(former)) {
            return "ordered: " + state.primary() + " is to take " + former + " out of the record";
        }
        if (status.isEmpty()) {
            return former.node() + " has no session: its agent goes on when it is back";
        }
        if (former.equals(present)) {
            return former + " is out of the record"
                    + switch (task) {
                        case COPY_ANEW -> "";
                        case RESTART -> ": its server is restarted";
                    };
        }
        return present == null
                ? former + " is gone: "
                        + status.map(NodeStatus::data)
                                .map(DataStatus::detail)
                                .filter(line -> line.startsWith("copying"))
                                .orElse("copying from " + state.primary())
                : present + " is complete and about to follow";
    }
}
