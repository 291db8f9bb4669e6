package io.prontuario.ha.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one record. Kept in one place of the store and changed only by compare-and-set; every legal change is a method of
 * {@code decide.Protocol}.
 *
 * @param clusterId unique id of the cluster, made by {@code ha init}; a store that was created anew has another
 * @param systemIdentifier PostgreSQL's; empty until the first data directory exists
 * @param epoch rises by one with every nomination
 * @param transitionId the transition that began this epoch
 * @param timeline the highest timeline id that any nominee may have taken; the nominee takes exactly this one
 * @param primary who is, or is nominated to be, the primary
 * @param active whether the primary has been promoted and has said so
 * @param inSync the standbys certified to hold every acknowledged commit; empty while not active
 * @param heirs while not active: who may be nominated instead, the former primary last
 * @param durability see {@link Durability}
 * @param strictMinimum in STRICT: how many certified standbys a commit needs; at least 1
 * @param paused no takeover by itself
 * @param pauseEnd that the pause ends by itself; null when it lasts until a person resumes, and while there is none
 * @param transition the journal; null when nothing is under way
 * @param condemned the copies that a person wants copied anew, each by its own node's agent as soon as it is nothing else in this record; none
 * @param restarting the copies whose servers a person wants restarted, in the same way
 * @param lastOrder the id of the last of these orders in this epoch, done or not: whoever gave it and has had no answer finds out; empty for none
 * @param format what a node has to understand to act by this record, and what stands in it that this version does not know
 */
public record ClusterState(
        String clusterId,
        String systemIdentifier,
        long epoch,
        String transitionId,
        int timeline,
        Copy primary,
        boolean active,
        Set<Copy> inSync,
        List<Copy> heirs,
        Durability durability,
        int strictMinimum,
        boolean paused,
        @Nullable PauseEnd pauseEnd,
        @Nullable Journal transition,
        Set<Copy> condemned,
        Set<Copy> restarting,
        String lastOrder,
        RecordFormat format) {

    /** A record in which nobody wants anything of a standby. */
    public ClusterState(
            String clusterId,
            String systemIdentifier,
            long epoch,
            String transitionId,
            int timeline,
            Copy primary,
            boolean active,
            Set<Copy> inSync,
            List<Copy> heirs,
            Durability durability,
            int strictMinimum,
            boolean paused,
            @Nullable PauseEnd pauseEnd,
            @Nullable Journal transition) {
        this(
                clusterId,
                systemIdentifier,
                epoch,
                transitionId,
                timeline,
                primary,
                active,
                inSync,
                heirs,
                durability,
                strictMinimum,
                paused,
                pauseEnd,
                transition,
                Set.of(),
                Set.of(),
                "",
                RecordFormat.PRESENT);
    }

    public ClusterState {
        // A node of a former version writes none.
        condemned = sorted(Objects.requireNonNullElse(condemned, Set.of()));
        restarting = sorted(Objects.requireNonNullElse(restarting, Set.of()));
        lastOrder = Objects.requireNonNullElse(lastOrder, "");
        format = Objects.requireNonNullElse(format, RecordFormat.PRESENT);
        inSync = sorted(inSync);
        heirs = List.copyOf(heirs);
        List<String> wrong = new ArrayList<>();
        if (clusterId.isEmpty()) {
            wrong.add("clusterId is empty");
        }
        if (epoch < 1) {
            wrong.add("epoch is " + epoch + ", must be at least 1");
        }
        if (timeline < 1) {
            wrong.add("timeline is " + timeline + ", must be at least 1");
        }
        if (strictMinimum < 1) {
            wrong.add("strictMinimum is " + strictMinimum + ", must be at least 1");
        }
        if (!active && !inSync.isEmpty()) {
            wrong.add("inSync is " + inSync + " although the primary is not active");
        }
        if (active && !heirs.isEmpty()) {
            wrong.add("heirs are " + heirs + " although the primary is active");
        }
        if (condemned.contains(primary)) {
            wrong.add("the primary " + primary + " is condemned");
        }
        if (restarting.contains(primary)) {
            wrong.add("the primary " + primary + " is to be restarted as a standby");
        }
        if (inSync.contains(primary)) {
            wrong.add("the primary " + primary + " is in its own in-sync set");
        }
        if (pauseEnd != null && !paused) {
            wrong.add("a pause ends after " + pauseEnd.after() + " and there is none");
        }
        if (durability == Durability.ASYNC && !inSync.isEmpty()) {
            wrong.add("inSync is " + inSync + " although durability is ASYNC");
        }
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("impossible cluster state: " + String.join("; ", wrong));
        }
    }

    /** The same record, naming another in-sync set. */
    public ClusterState withInSync(Collection<Copy> copies) {
        return changed(draft -> draft.inSync = new TreeSet<>(copies));
    }

    /** The same with other heirs. */
    public ClusterState withHeirs(List<Copy> copies) {
        return changed(draft -> draft.heirs = copies);
    }

    /** The same, bound to the server whose system identifier this is. */
    public ClusterState withSystemIdentifier(String identifier) {
        return changed(draft -> draft.systemIdentifier = identifier);
    }

    /** The same with automatic takeover paused until a person resumes it, or not paused. */
    public ClusterState withPaused(boolean wanted) {
        return withPause(wanted, null);
    }

    /** The same with automatic takeover paused until that end. */
    public ClusterState withPauseUntil(PauseEnd end) {
        return withPause(true, end);
    }

    private ClusterState withPause(boolean wanted, @Nullable PauseEnd end) {
        return changed(draft -> {
            draft.paused = wanted;
            draft.pauseEnd = end;
        });
    }

    /** The same with another choice of what a commit waits for. */
    public ClusterState withDurability(Durability chosen, int minimum) {
        return changed(draft -> {
            draft.durability = chosen;
            draft.strictMinimum = minimum;
        });
    }

    /** The same with other copies that are to be copied anew. */
    public ClusterState withCondemned(Collection<Copy> copies) {
        return changed(draft -> draft.condemned = new TreeSet<>(copies));
    }

    /** The same with other copies whose servers are to be restarted. */
    public ClusterState withRestarting(Collection<Copy> copies) {
        return changed(draft -> draft.restarting = new TreeSet<>(copies));
    }

    /** The same with an order of that id. */
    public ClusterState withLastOrder(String id) {
        return changed(draft -> draft.lastOrder = id);
    }

    /** The same in another format, or with other unknown fields. */
    public ClusterState withFormat(RecordFormat other) {
        return changed(draft -> draft.format = other);
    }

    /** Whether its node's agent has been told by a person to do something with it, as soon as it is not certified: until then it cannot be. */
    public boolean ordered(Copy copy) {
        return condemned.contains(copy) || restarting.contains(copy);
    }

    /** The same with the transition finished: nothing is journaled. */
    public ClusterState withoutTransition() {
        return withTransition(null);
    }

    /** The same with this journal, or none. */
    public ClusterState withTransition(@Nullable Journal journal) {
        return changed(draft -> draft.transition = journal);
    }

    /** The journal of a planned switchover in which nobody is nominated yet: asked for, or being undone. The primary is active. */
    public Optional<Journal> preparing() {
        return transition != null && active && transition.beforeNomination()
                ? Optional.of(transition)
                : Optional.empty();
    }

    /** Whom a planned switchover is for that was asked for and neither undone nor completed by the nomination. */
    public Optional<Copy> switchingTo() {
        return preparing().map(Journal::target);
    }

    private ClusterState changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new ClusterState(
                clusterId,
                draft.systemIdentifier,
                epoch,
                transitionId,
                timeline,
                primary,
                active,
                draft.inSync,
                draft.heirs,
                draft.durability,
                draft.strictMinimum,
                draft.paused,
                draft.pauseEnd,
                draft.transition,
                draft.condemned,
                draft.restarting,
                draft.lastOrder,
                draft.format);
    }

    /** What of a record a change may set by itself; the rest changes with a nomination or an activation alone. */
    private static final class Draft {
        private String systemIdentifier;
        private Set<Copy> inSync;
        private List<Copy> heirs;
        private Durability durability;
        private int strictMinimum;
        private boolean paused;
        private @Nullable PauseEnd pauseEnd;
        private @Nullable Journal transition;
        private Set<Copy> condemned;
        private Set<Copy> restarting;
        private String lastOrder;
        private RecordFormat format;

        private Draft(ClusterState state) {
            this.systemIdentifier = state.systemIdentifier;
            this.inSync = state.inSync;
            this.heirs = state.heirs;
            this.durability = state.durability;
            this.strictMinimum = state.strictMinimum;
            this.paused = state.paused;
            this.pauseEnd = state.pauseEnd;
            this.transition = state.transition;
            this.condemned = state.condemned;
            this.restarting = state.restarting;
            this.lastOrder = state.lastOrder;
            this.format = state.format;
        }
    }

    private static Set<Copy> sorted(Collection<Copy> copies) {
        SortedSet<Copy> set = new TreeSet<>(copies);
        return Collections.unmodifiableSortedSet(set);
    }
}
