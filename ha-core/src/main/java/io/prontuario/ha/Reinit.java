package io.prontuario.ha;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.ReinitPlanner;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ReinitPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has a standby's data copied anew from the primary, because a person wants it so. The order stands in the record and names the copy: whoever
 * gave it may leave, the node's agent finds it after any interruption, and it is over once another copy is in the place of that one.
 * Needs nothing but a started store.
 */
public final class Reinit {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration STATUSES = Duration.ofSeconds(1);
    private static final int MOST_TRIES = 10;
    private static final long POLL_NANOS = 50_000_000;

    private final ClusterStore store;
    private final Ticker ticker;

    Reinit(ClusterStore store, Ticker ticker) {
        this.store = store;
        this.ticker = ticker;
    }

    /** On a store that was started and is connected. */
    public static Reinit on(ClusterStore store) {
        return new Reinit(store, Ticker.system());
    }

    /**
     * How it ended.
     *
     * @param done whether another copy follows in the place of the former one
     * @param message what happened, as a sentence: when it was refused, why
     * @param took from asking to the end
     */
    public record Result(boolean done, String message, Duration took) {}

    /**
     * What it would do, whether it may, and what the cluster is without meanwhile. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     * @throws IllegalStateException when there is no record
     */
    public ReinitPlan plan(NodeName node) {
        return plan(record().state(), node);
    }

    private ReinitPlan plan(ClusterState state, NodeName node) {
        // They are read right after connecting.
        Set<NodeName> awaited = new HashSet<>(List.of(state.primary().node(), node));
        long until = ticker.nanos() + STATUSES.toNanos();
        while (!store.nodes().keySet().containsAll(awaited) && ticker.nanos() - until < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return ReinitPlanner.plan(state, store.nodes(), node);
    }

    private Versioned record() {
        return store.read(LIMIT)
                .orElseThrow(
                        () -> new IllegalStateException("there is no record yet: run ha init on the first data node"));
    }

    /**
     * Gives the order and waits until the new copy follows, however long that takes. Blocks; interrupting it leaves the rest to the node.
     * Repeated, it goes on waiting for the order that stands. Nothing is ordered when another plan would be drawn up by now.
     *
     * @param seen what the person who asks has seen
     * @param progress told each stage as a sentence, once
     * @throws StoreUnavailableException when the store does not answer before it was ordered; it may still have been
     */
    public Result run(ReinitPlan seen, Consumer<String> progress) {
        long began = ticker.nanos();
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            Versioned record = record();
            ReinitPlan plan = plan(record.state(), seen.node());
            Copy copy = plan.copy();
            if (copy != null && record.state().condemned().contains(copy)) {
                return await(record, copy, progress, began);
            }
            Copy former = seen.copy();
            if (former != null && copy != null && !copy.equals(former)) {
                return result(true, copy + " is in the place of " + former + " already", began);
            }
            if (!plan.possible() || copy == null) {
                return result(false, "refused: " + String.join("; ", plan.whyNot()), began);
            }
            if (!plan.sameAs(seen)) {
                return result(false, "refused: the cluster has changed meanwhile; look at the plan again", began);
            }
            Change change = Protocol.condemn(record.state(), copy);
            if (change.next().isEmpty()) {
                return result(false, "refused: " + change.refusal(), began);
            }
            // Whatever the answer, the next look tells: the order is in the record, or it is not.
            store.compareAndSet(record, change.next().get(), null, LIMIT);
        }
        return result(false, "others changed the record all the time: try again", began);
    }

    private Result await(Versioned ordered, Copy former, Consumer<String> progress, long began) {
        String told = "";
        while (!Thread.currentThread().isInterrupted()) {
            ClusterState state = notBefore(ordered).state();
            Optional<NodeStatus> status = Optional.ofNullable(store.nodes().get(former.node()));
            Copy present = status.map(NodeStatus::data).map(DataStatus::copy).orElse(null);
            boolean replaced = present != null && !present.equals(former);
            if (!state.condemned().contains(former)) {
                // Within the epoch nothing ends the order but the agent's word; its status may come later than that.
                if (replaced || state.epoch() == ordered.state().epoch()) {
                    return result(true, (replaced ? present : "a new copy") + " is in the place of " + former, began);
                }
                if (former.equals(present)) {
                    return result(
                            false,
                            "the order has ended with epoch " + ordered.state().epoch() + ": " + state.primary()
                                    + " was nominated, and " + former + " is as it was; look at the plan again",
                            began);
                }
            }
            String stage = stage(state, former, status, present);
            if (!stage.equals(told)) {
                progress.accept(stage);
                told = stage;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return result(false, "not finished yet: the node goes on by itself; look at ha status", began);
    }

    /** What was last seen; the watch may be behind what was read. */
    private Versioned notBefore(Versioned read) {
        return store.lastSeen()
                .filter(seen -> seen.incarnation() != read.incarnation() || seen.version() >= read.version())
                .orElse(read);
    }

    private static String stage(ClusterState state, Copy former, Optional<NodeStatus> status, @Nullable Copy present) {
        if (state.inSync().contains(former)) {
            return "ordered: " + state.primary() + " is to take " + former + " out of the record";
        }
        if (status.isEmpty()) {
            return former.node() + " has no session: its agent goes on when it is back";
        }
        if (former.equals(present)) {
            return former + " is out of the record";
        }
        return present == null
                ? former + " is gone: copying from " + state.primary()
                : present + " is complete and about to follow";
    }

    private Result result(boolean done, String message, long began) {
        return new Result(done, message, Duration.ofNanos(ticker.nanos() - began));
    }
}
