package io.prontuario.ha;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.SwitchoverPlanner;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Plans a switchover, asks for it and waits for its end. Needs nothing but a started store: the nodes do the work, and they go on when
 * whoever has asked is gone.
 */
public final class Switchover {
    private static final Duration READ = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(90);
    private static final int LOOKED_BACK = 10;
    private static final int TRIES = 3;
    private static final Duration WRITE = Duration.ofSeconds(2);

    private final Asking asking;
    private final ClusterStore store;
    private final Ticker ticker;
    private final InstantSource clock;

    Switchover(ClusterStore store, Ticker ticker, InstantSource clock) {
        this.asking = new Asking(store, ticker);
        this.store = store;
        this.ticker = ticker;
        this.clock = clock;
    }

    /** On a store that was started and is connected. */
    public static Switchover on(ClusterStore store) {
        return new Switchover(store, Ticker.system(), InstantSource.system());
    }

    /**
     * How something that a person asked of the cluster ended.
     *
     * @param done whether that is so now; of a switchover, whether the node that was asked for is the primary
     * @param message what happened, as a sentence: when it was refused or undone, why
     * @param took from asking to the end
     * @param ended false when it was asked for and is neither done nor undone yet: the nodes go on
     */
    public record Result(boolean done, String message, Duration took, boolean ended) {}

    /**
     * What a switchover would do, and whether it may. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     * @throws IllegalStateException when there is no record
     */
    public SwitchoverPlan plan(NodeName to) {
        return plan(asking.record().state(), to);
    }

    /** The same for the node that is first in order; empty when there is no other data node. */
    public Optional<SwitchoverPlan> plan() {
        ClusterState state = asking.record().state();
        asking.awaitStatuses(state.primary().node());
        return SwitchoverPlanner.usualTarget(state, store.nodes()).map(to -> plan(state, to));
    }

    private SwitchoverPlan plan(ClusterState state, NodeName to) {
        asking.awaitStatuses(state.primary().node());
        return SwitchoverPlanner.plan(state, store.nodes(), to, store.history(LOOKED_BACK, READ));
    }

    /**
     * Asks for it and waits until it is done or undone. Blocks; interrupting it leaves the switchover to the nodes.
     *
     * @param progress told each stage as a sentence
     * @throws StoreUnavailableException when the store does not answer before it was asked for
     */
    public Result run(NodeName to, Consumer<String> progress) {
        return run(to, progress, LONGEST);
    }

    Result run(NodeName to, Consumer<String> progress, Duration longest) {
        long began = ticker.nanos();
        String id = UUID.randomUUID().toString().substring(0, 8);
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            Versioned record = asking.record();
            SwitchoverPlan plan = plan(record.state(), to);
            Copy target = plan.target();
            if (!plan.possible() || target == null) {
                return asking.ended(false, "refused: " + String.join("; ", plan.whyNot()), began);
            }
            Change change = Protocol.askSwitchover(record.state(), target, id, "planned", clock.instant());
            if (change.next().isEmpty()) {
                return asking.ended(false, "refused: " + change.refusal(), began);
            }
            boolean asked = asking.written(record, change.next().get(), now -> underWay(now, id));
            if (asked) {
                progress.accept("asked for: switchover " + id + " from " + plan.from() + " to " + target);
                return await(record.state(), target, id, progress, began, longest);
            }
        }
        return asking.ended(false, "refused: the record changed " + TRIES + " times meanwhile; try again", began);
    }

    private static boolean underWay(ClusterState state, String id) {
        Journal journal = state.transition();
        return journal != null && journal.transitionId().equals(id);
    }

    /** Asks that the switchover which is under way be undone, if its target is not nominated yet. Best effort. */
    void takeBack(String reason) {
        Versioned record = asking.record();
        record.state()
                .preparing()
                .flatMap(journal -> Protocol.undoSwitchover(record.state(), journal.transitionId(), reason)
                        .next())
                .ifPresent(undone -> store.compareAndSet(record, undone, null, WRITE));
    }

    private Result await(
            ClusterState before, Copy target, String id, Consumer<String> progress, long began, Duration longest) {
        String said = "";
        String undone = "";
        while (asking.goesOn(began, longest)) {
            ClusterState state = store.lastSeen().map(Versioned::state).orElse(before);
            Optional<Journal> preparing = state.preparing().filter(journal -> underWay(state, id));
            boolean stillBefore = state.epoch() == before.epoch() && state.transition() == null && said.isEmpty();
            if (preparing.isPresent() && preparing.get().target() == null) {
                undone = preparing.get().reason();
            }
            String now = stage(state, preparing.isPresent(), undone);
            if (!now.equals(said) && !stillBefore) {
                progress.accept(now);
                said = now;
            }
            // Somebody may have taken over in the middle of it, under another id: how that ends is the end of this.
            boolean over = !underWay(state, id) && !stillBefore && state.active();
            if (over) {
                return ended(state, before, target, id, undone, began);
            }
            asking.breathe();
        }
        return asking.unfinished(began);
    }

    private static String stage(ClusterState state, boolean preparing, String undone) {
        if (preparing) {
            return undone.isEmpty()
                    ? state.primary() + " stops its server"
                    : "being undone: " + undone + "; " + state.primary() + " starts again";
        }
        return state.active()
                ? state.primary() + " is active in epoch " + state.epoch()
                : state.primary() + " is nominated in epoch " + state.epoch();
    }

    private Result ended(ClusterState state, ClusterState before, Copy target, String id, String undone, long began) {
        if (state.epoch() > before.epoch()) {
            boolean done = state.primary().equals(target);
            return asking.ended(
                    done,
                    state.primary() + " is the primary of epoch " + state.epoch() + (done ? "" : ", not " + target),
                    began);
        }
        String why = undone.isEmpty() ? reasonFromHistory(id) : undone;
        return asking.ended(false, "undone: " + why + "; " + state.primary() + " is still the primary", began);
    }

    private String reasonFromHistory(String id) {
        try {
            return store.history(LOOKED_BACK, READ).stream()
                    .filter(transition -> transition.transitionId().equals(id))
                    .map(TransitionRecord::steps)
                    .flatMap(List::stream)
                    .filter(step -> step.step().equals("undone"))
                    .map(StepRecord::detail)
                    .findFirst()
                    .orElse("for a reason that was not seen; look at ha history");
        } catch (StoreUnavailableException e) {
            return Objects.toString(e.getMessage());
        }
    }
}
