package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Tells the time line of a transition once it is finished and every node has had the time to write its steps down, which is a second or two
 * after clients are served again. By then another node may coordinate: who has closed the journal tells it. Owned by the coordinator's
 * thread.
 */
final class Chronicle {
    /** Looks, one a second, after which it is told with what there is. */
    private static final int PATIENCE = 5;

    private static final Duration READ = Duration.ofMillis(500);

    private final NodeName self;
    private final ClusterStore store;
    private final Events events;
    private volatile @Nullable ClusterState finished;
    private int looks;

    Chronicle(NodeName self, ClusterStore store, Events events) {
        this.self = self;
        this.store = store;
        this.events = events;
    }

    /** The journal of this state has just been closed. */
    void finished(ClusterState state) {
        looks = 0;
        finished = state;
    }

    /** Whether one is still to be told; any thread may ask. */
    boolean hasToTell() {
        return finished != null;
    }

    /** Tells it if there is one to be told and everybody has written; called on a slow beat. */
    void tell() {
        ClusterState state = finished;
        if (state == null) {
            return;
        }
        Journal journal = state.transition();
        List<TransitionRecord> nominations = journal == null ? List.of() : nominations(state, journal);
        looks++;
        if (!complete(nominations, state) && looks < PATIENCE) {
            return;
        }
        finished = null;
        String what = journal == null
                ? ""
                : journal.kind().name().toLowerCase(Locale.ROOT) + " from " + journal.from() + " to " + state.primary()
                        + " (epoch " + state.epoch() + ", " + journal.reason() + ")";
        String line = TimeLine.of(what, nominations);
        if (!line.isEmpty()) {
            events.tell(HaEvent.Kind.STATE, line);
        }
    }

    private List<TransitionRecord> nominations(ClusterState state, Journal journal) {
        long before = state.epoch() - journal.tried().size();
        try {
            // No more than needed: the next suspicion waits for this.
            return store.history(journal.tried().size() + 1, READ).stream()
                    .filter(one -> one.epoch() > before && one.epoch() <= state.epoch())
                    .toList();
        } catch (StoreUnavailableException e) {
            return List.of();
        }
    }

    private boolean complete(List<TransitionRecord> nominations, ClusterState state) {
        return wrote(nominations, self)
                && nominations.stream()
                        .flatMap(one -> one.steps().stream())
                        .anyMatch(step -> step.step().equals("opened")
                                && step.node().equals(state.primary().node()));
    }

    private static boolean wrote(List<TransitionRecord> nominations, NodeName node) {
        return nominations.stream()
                .flatMap(one -> one.steps().stream())
                .anyMatch(step -> step.node().equals(node));
    }
}
