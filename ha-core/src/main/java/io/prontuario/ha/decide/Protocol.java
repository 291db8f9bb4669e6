package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.TransitionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Every legal change of the record, and what the record means for a server. The engine writes nothing else, and the exhaustive search
 * over the protocol's states calls these very methods.
 *
 * <p>The rule that they keep: <em>a commit is acknowledged only if every node that could take over without a human already has it.</em>
 * Who could take over is {@code inSync}; what a commit waits for are the server's names; so names ⊇ inSync at every moment. Hence
 * certify widens the names first and the record last, decertify the other way round, and a nomination needs no permission of the old
 * primary: its commits wait for the new one, for ever once that has left.
 */
public final class Protocol {

    /**
     * Every nomination takes a timeline id of its own: two nominees on one id have histories that PostgreSQL cannot tell apart. The id
     * before it stays free, because a server that a person promotes by hand takes the next one that it knows nothing of: with that it
     * would share the nominee's, and pg_rewind would take its rows for the nominee's.
     */
    private static final int TIMELINES_PER_NOMINATION = 2;

    /**
     * When a record is rebuilt: as many may have been made that nobody tells of, each with an epoch and the ids of one nomination. A wide
     * bound, and an empty file for each id at the next promotion.
     */
    static final int UNHEARD_NOMINATIONS = 10;

    private Protocol() {}

    /** The first record, written by {@code ha init} only if there is none: {@code first} is to be made and is the only heir. */
    public static ClusterState bootstrap(
            String clusterId, String transitionId, Copy first, Durability durability, int strictMinimum) {
        return new ClusterState(
                clusterId,
                "",
                1,
                transitionId,
                1,
                first,
                false,
                Set.of(),
                List.of(first),
                durability,
                strictMinimum,
                false,
                null,
                null);
    }

    /**
     * The first record of a pair that runs already, written by {@code ha adopt} only if there is none: {@code first} is the only heir until
     * it is active, and nothing is promised of anybody else.
     */
    public static ClusterState adopt(
            String clusterId,
            String transitionId,
            Copy first,
            String systemIdentifier,
            int timeline,
            Durability durability) {
        return new ClusterState(
                clusterId,
                systemIdentifier,
                1,
                transitionId,
                timeline,
                first,
                false,
                Set.of(),
                List.of(first),
                durability,
                1,
                false,
                null,
                null);
    }

    /**
     * A record in the place of one that is gone or too old, by a person's word on what the nodes hold. Nobody is certified by it. A primary
     * that is out of recovery stays active; a standby is nominated, and has no other heir. It is paused: a person looks first.
     *
     * @param highestEpoch that anybody remembers; who is not heard may have obeyed some beyond it, and is to obey this record all the same
     * @param highestTimeline that anybody is on; nominees of whom nobody has heard may have taken some ids beyond it
     */
    public static ClusterState rebuilt(
            String clusterId,
            String systemIdentifier,
            long highestEpoch,
            String transitionId,
            int highestTimeline,
            Copy primary,
            boolean active,
            CommitPromise promise,
            Instant now) {
        Journal journal = new Journal(
                transitionId,
                TransitionKind.FAILOVER,
                primary,
                null,
                List.of(primary),
                "the record was rebuilt by a person from what the nodes hold",
                now);
        return new ClusterState(
                clusterId,
                systemIdentifier,
                highestEpoch + UNHEARD_NOMINATIONS + 1,
                transitionId,
                highestTimeline + (UNHEARD_NOMINATIONS + 1) * TIMELINES_PER_NOMINATION,
                primary,
                active,
                Set.of(),
                active ? List.of() : List.of(primary),
                promise.durability(),
                promise.strictMinimum(),
                true,
                null,
                active ? null : journal);
    }

    /** Writes down whose data it is, once, when the first data directory exists. */
    public static Change identify(ClusterState state, Copy by, String systemIdentifier) {
        if (!state.primary().equals(by)) {
            return Change.refused(by + " is not the primary: " + state.primary() + " is");
        }
        if (!state.systemIdentifier().isEmpty()) {
            return Change.refused("the record has system identifier " + state.systemIdentifier() + " already");
        }
        if (systemIdentifier.isEmpty()) {
            return Change.refused("the system identifier of " + by + " is not known");
        }
        return Change.to(state.withSystemIdentifier(systemIdentifier));
    }

    /** Puts a standby into the in-sync set. Legal only as the last act of a proof by the active primary's own agent. */
    public static Change certify(ClusterState state, Copy by, Copy standby) {
        Optional<String> wrong = notActivePrimary(state, by);
        if (wrong.isPresent()) {
            return Change.refused(wrong.get());
        }
        if (state.durability() == Durability.ASYNC) {
            return Change.refused("durability is ASYNC: commits wait for nobody, so nobody can be certified");
        }
        if (standby.node().equals(by.node())) {
            return Change.refused(standby + " is on the primary's own node");
        }
        if (state.ordered(standby)) {
            return Change.refused(standby + " is about to be copied anew or restarted by a person's order");
        }
        return Change.to(state.withInSync(with(state.inSync(), standby)));
    }

    /** Takes a standby out of the in-sync set; only when this is written may its name leave the server's names. */
    public static Change decertify(ClusterState state, Copy by, Copy standby) {
        Optional<String> wrong = notActivePrimary(state, by);
        if (wrong.isPresent()) {
            return Change.refused(wrong.get());
        }
        return without(state, standby);
    }

    /**
     * A node takes its own copy out of the record before its data is touched. Not while a nominee is not active: an heir stays intact
     * until then.
     */
    public static Change withdraw(ClusterState state, Copy own) {
        if (!state.active()) {
            return Change.refused(state.primary() + " is not active yet: an heir keeps its data until then");
        }
        if (state.primary().equals(own)) {
            return Change.refused(own + " is the primary; switch over first");
        }
        return without(state, own);
    }

    /**
     * A person wants the data of {@code copy} copied anew. From now on it cannot be certified any more, a certificate that is on its way
     * included; it has to be decertified, by the primary's agent as always, before its own agent touches it. Until then it may still be
     * nominated, being certified, and every nomination ends the order.
     *
     * @param id of the order, by which whoever gives it knows it again
     */
    public static Change condemn(ClusterState state, Copy copy, String id) {
        if (state.condemned().contains(copy)) {
            return Change.refused(copy + " is to be copied anew already");
        }
        return ordered(state, copy)
                .map(Change::refused)
                // What is copied anew need not be restarted.
                .orElseGet(() -> Change.to(state.withCondemned(with(state.condemned(), copy))
                        .withRestarting(without(state.restarting(), copy))
                        .withLastOrder(id)));
    }

    /**
     * A person wants the server of {@code copy}, a standby, restarted. As for a copy that is condemned: it has to be decertified before its own
     * agent stops the server, and is not certified before that has been started again.
     *
     * @param id as for {@link #condemn}
     */
    public static Change restart(ClusterState state, Copy copy, String id) {
        if (state.ordered(copy)) {
            return Change.refused(copy + " is to be restarted or copied anew already");
        }
        return ordered(state, copy)
                .map(Change::refused)
                .orElseGet(() -> Change.to(
                        state.withRestarting(with(state.restarting(), copy)).withLastOrder(id)));
    }

    /** Why nothing can be ordered of this copy; empty when it can. */
    private static Optional<String> ordered(ClusterState state, Copy copy) {
        if (!state.active()) {
            return Optional.of(state.primary() + " is not active yet: an heir keeps its data until then");
        }
        if (state.transition() != null) {
            return Optional.of("transition " + state.transition().transitionId() + " is not finished");
        }
        if (state.primary().node().equals(copy.node())) {
            return Optional.of(copy + " is on the node of the primary " + state.primary() + "; switch over first");
        }
        return Optional.empty();
    }

    /** A node has one copy. Another one of it is data that is gone. */
    private static Set<Copy> with(Set<Copy> copies, Copy copy) {
        Set<Copy> more = new TreeSet<>(copies);
        more.removeIf(other -> other.node().equals(copy.node()));
        more.add(copy);
        return more;
    }

    private static Set<Copy> without(Set<Copy> copies, Copy copy) {
        Set<Copy> left = new TreeSet<>(copies);
        left.remove(copy);
        return left;
    }

    /** The server of a copy that was to be restarted has been started again. Written by its node's agent. */
    public static Change restarted(ClusterState state, Copy copy) {
        if (!state.restarting().contains(copy)) {
            return Change.refused(copy + " is not to be restarted");
        }
        return Change.to(state.withRestarting(without(state.restarting(), copy)));
    }

    /** The data of a copy for which an order stands is gone, and another copy is in its place. Written by its node's agent. */
    public static Change replaced(ClusterState state, Copy former, Copy present) {
        if (!state.ordered(former)) {
            return Change.refused(former + " is not to be copied anew");
        }
        if (present.equals(former) || !present.node().equals(former.node())) {
            return Change.refused(present + " does not replace " + former);
        }
        return Change.to(state.withCondemned(without(state.condemned(), former))
                .withRestarting(without(state.restarting(), former)));
    }

    private static Change without(ClusterState state, Copy standby) {
        if (!state.inSync().contains(standby)) {
            return Change.refused(standby + " is not in the in-sync set " + state.inSync());
        }
        return Change.to(state.withInSync(without(state.inSync(), standby)));
    }

    /**
     * The commit point of a takeover: from now on the old primary can change the record no more, and once the nominee leaves its stream
     * it acknowledges nothing more. Legal at any moment, on any suspicion.
     */
    public static Change nominate(
            ClusterState state, Copy heir, String transitionId, TransitionKind kind, String reason, Instant startedAt) {
        if (!state.active()) {
            return Change.refused(
                    state.primary() + " is nominated and not active: another heir is nominated by renominate");
        }
        if (state.paused() && kind == TransitionKind.FAILOVER) {
            return Change.refused("the cluster is paused: nobody takes over by himself until ha resume");
        }
        if (state.durability() == Durability.ASYNC) {
            return Change.refused("durability is ASYNC: a nomination needs a fencer's success or a person");
        }
        if (!state.inSync().contains(heir)) {
            return Change.refused(
                    heir + " is not certified to hold every acknowledged commit; certified are " + state.inSync());
        }
        List<Copy> heirs = new ArrayList<>(state.inSync());
        heirs.add(state.primary());
        Journal journal = new Journal(transitionId, kind, state.primary(), null, List.of(heir), reason, startedAt);
        return Change.to(nominated(state, heir, transitionId, heirs, journal));
    }

    /**
     * A person's word in place of the certificate: {@code heir} becomes the nominee although it is not known to hold every acknowledged
     * commit. Acknowledged commits that it lacks are lost, and a former primary that nobody has told goes on acknowledging until it hears
     * of it, if it waited for nobody. Legal in a pause too, and instead of a nominee that does not become active.
     *
     * <p>The heirs stay heirs: any of them holds at least what the record promised before. {@code heir} does not become one: should it not
     * become active, only a person's word lets it be nominated again.
     */
    public static Change nominateAcceptingLoss(
            ClusterState state, Copy heir, String transitionId, String reason, Instant startedAt) {
        if (heir.node().equals(state.primary().node())) {
            return Change.refused(heir + " is on the node of " + state.primary() + ", which is "
                    + (state.active() ? "the primary" : "nominated already"));
        }
        Set<Copy> heirs = new LinkedHashSet<>(state.active() ? state.inSync() : state.heirs());
        heirs.add(state.primary());
        Journal old = state.transition();
        List<Copy> tried = new ArrayList<>();
        Copy from = state.primary();
        if (!state.active()) {
            if (old == null) {
                return Change.refused(
                        "the first primary of this cluster was never made: there is nothing to take over");
            }
            // The timeline ids that the nominees before it have taken are told from these.
            tried.addAll(old.tried());
            from = old.from();
        }
        tried.add(heir);
        Journal journal = new Journal(transitionId, TransitionKind.FAILOVER, from, null, tried, reason, startedAt);
        return Change.to(nominated(state, heir, transitionId, List.copyOf(heirs), journal));
    }

    /**
     * A takeover in {@code ASYNC}, where commits wait for nobody: legal only after a fencer has made sure that the primary acknowledges nothing
     * more, and on the very record that was read before it did. Its own agent, should it have started it again meanwhile, has written that
     * record when it opened it. Acknowledged commits that {@code heir} lacks are lost.
     */
    public static Change nominateFenced(
            ClusterState state, Copy heir, String transitionId, String reason, Instant startedAt) {
        if (state.durability() != Durability.ASYNC) {
            return Change.refused("durability is " + state.durability() + ": a certified standby needs no fencer");
        }
        if (!state.active()) {
            return Change.refused(
                    state.primary() + " is nominated and not active: another heir is nominated by renominate");
        }
        if (state.paused()) {
            return Change.refused("the cluster is paused: nobody takes over by himself until ha resume");
        }
        if (heir.node().equals(state.primary().node())) {
            return Change.refused(heir + " is on the node of the primary " + state.primary());
        }
        if (state.ordered(heir)) {
            return Change.refused(heir + " is about to be copied anew or restarted by a person's order");
        }
        Journal journal = new Journal(
                transitionId, TransitionKind.FAILOVER, state.primary(), null, List.of(heir), reason, startedAt);
        return Change.to(nominated(state, heir, transitionId, List.of(state.primary()), journal));
    }

    /**
     * Asks for a planned switchover: a journal, and nothing else. The primary stays active and its names stay as they are; its agent stops
     * its server, and only then the target is nominated ({@link #completeSwitchover}).
     */
    public static Change askSwitchover(
            ClusterState state, Copy target, String transitionId, String reason, Instant startedAt) {
        if (!state.active()) {
            return Change.refused(state.primary() + " is nominated and not active yet: a transition is under way");
        }
        if (state.transition() != null) {
            return Change.refused("transition " + state.transition().transitionId() + " is not finished");
        }
        if (state.durability() == Durability.ASYNC) {
            return Change.refused("durability is ASYNC: nobody is certified to hold every acknowledged commit");
        }
        if (state.ordered(target)) {
            return Change.refused(target + " is about to be copied anew or restarted by a person's order");
        }
        if (!state.inSync().contains(target)) {
            return Change.refused(
                    target + " is not certified to hold every acknowledged commit; certified are " + state.inSync());
        }
        return Change.to(state.withTransition(new Journal(
                transitionId, TransitionKind.SWITCHOVER, state.primary(), target, List.of(), reason, startedAt)));
    }

    /**
     * The commit point of a planned switchover. Safe at any moment, as every nomination of a certified standby is; that it waits for the
     * shutdown checkpoint keeps what no client was answered yet, and lets the former primary just follow.
     */
    public static Change completeSwitchover(ClusterState state, String transitionId) {
        Journal journal = asked(state, transitionId);
        if (journal == null || journal.target() == null) {
            return Change.refused("switchover " + transitionId + " is not under way any more");
        }
        return nominate(
                state,
                journal.target(),
                transitionId,
                TransitionKind.SWITCHOVER,
                journal.reason(),
                journal.startedAt());
    }

    /**
     * Gives a switchover up before its nomination: from now on nobody can complete it. The journal stays until the primary serves again,
     * so that its absence until then is not taken for a death.
     */
    public static Change undoSwitchover(ClusterState state, String transitionId, String reason) {
        Journal journal = asked(state, transitionId);
        if (journal == null) {
            return Change.refused("switchover " + transitionId + " is not under way any more");
        }
        if (journal.target() == null) {
            return Change.refused("switchover " + transitionId + " is being undone already");
        }
        return Change.to(state.withTransition(new Journal(
                transitionId, journal.kind(), journal.from(), null, List.of(), reason, journal.startedAt())));
    }

    private static @Nullable Journal asked(ClusterState state, String transitionId) {
        return state.preparing()
                .filter(journal -> journal.transitionId().equals(transitionId))
                .orElse(null);
    }

    /**
     * Another heir instead of a nominee that is not active. The caller has seen one of the causes; each further nominee doubles its
     * bound. Any heir is as safe as another; in which order they are tried is {@link #nextHeir}'s matter.
     */
    public static Change renominate(ClusterState state, Copy heir, RenominationCause cause, String transitionId) {
        if (state.active()) {
            return Change.refused(state.primary() + " is active already: " + cause + " does not count any more");
        }
        if (!state.heirs().contains(heir)) {
            return Change.refused(heir + " is not an heir; heirs are " + state.heirs());
        }
        if (heir.equals(state.primary())) {
            return Change.refused(heir + " is the nominee already");
        }
        Journal old = state.transition();
        if (old == null) {
            return Change.refused("no transition is under way: the first primary of a cluster has no other heir");
        }
        List<Copy> tried = new ArrayList<>(old.tried());
        tried.add(heir);
        Journal journal =
                new Journal(old.transitionId(), old.kind(), old.from(), null, tried, old.reason(), old.startedAt());
        return Change.to(nominated(state, heir, transitionId, state.heirs(), journal));
    }

    private static ClusterState nominated(
            ClusterState state, Copy heir, String transitionId, List<Copy> heirs, Journal journal) {
        ClusterState next = new ClusterState(
                state.clusterId(),
                state.systemIdentifier(),
                state.epoch() + 1,
                transitionId,
                state.timeline() + TIMELINES_PER_NOMINATION,
                heir,
                false,
                Set.of(),
                heirs,
                state.durability(),
                state.strictMinimum(),
                state.paused(),
                state.pauseEnd(),
                journal);
        return next.withFormat(state.format());
    }

    /**
     * The heir to try next, out of {@code able} in the order of preference: none twice before all of these were tried, the former primary
     * last. Those that are not able do not count: a dead heir that was never tried must not keep the living ones from their second try.
     */
    public static Optional<Copy> nextHeir(ClusterState state, List<Copy> able) {
        Journal journal = state.transition();
        if (state.active() || journal == null) {
            return Optional.empty();
        }
        Set<Copy> tried = triedThisRound(state, journal);
        List<Copy> others = able.stream()
                .filter(state.heirs()::contains)
                .filter(copy -> !copy.equals(state.primary()))
                .toList();
        List<Copy> open = others.stream().filter(copy -> !tried.contains(copy)).toList();
        return open.stream()
                .filter(copy -> !copy.equals(journal.from()))
                .findFirst()
                .or(() -> open.stream().findFirst())
                .or(() -> others.stream().min(Comparator.comparing(journal.tried()::lastIndexOf)));
    }

    /** The nominees since all heirs had been tried the last time; when all have been, a new round begins. */
    private static Set<Copy> triedThisRound(ClusterState state, Journal journal) {
        Set<Copy> tried = new TreeSet<>();
        for (Copy nominee : journal.tried()) {
            tried.add(nominee);
            if (tried.containsAll(state.heirs())) {
                tried.clear();
                tried.add(nominee);
            }
        }
        return tried;
    }

    /**
     * The nominee is out of recovery behind the gate and has answered a local write. Legal on the recorded timeline. One that was nominated
     * again while it already was out of recovery may stay on its own: the former primary on its old one, an earlier nominee on the one
     * that it was nominated for. Nobody else has taken these.
     */
    public static Change activate(ClusterState state, Copy by, int servedTimeline) {
        if (!state.primary().equals(by)) {
            return Change.refused(by + " is not nominated: " + state.primary() + " is");
        }
        if (state.active()) {
            return Change.refused(by + " is active already");
        }
        Journal journal = state.transition();
        if (servedTimeline != state.timeline() && (journal == null || !mayStayOn(servedTimeline, by, state, journal))) {
            return Change.refused(by + " is on timeline " + servedTimeline + ", the record wants " + state.timeline()
                    + ": another server may have taken it");
        }
        ClusterState next = new ClusterState(
                state.clusterId(),
                state.systemIdentifier(),
                state.epoch(),
                state.transitionId(),
                state.timeline(),
                by,
                true,
                Set.of(),
                List.of(),
                state.durability(),
                state.strictMinimum(),
                state.paused(),
                state.pauseEnd(),
                journal);
        return Change.to(next.withFormat(state.format()));
    }

    private static boolean mayStayOn(int timeline, Copy nominee, ClusterState state, Journal journal) {
        List<Copy> tried = journal.tried();
        int before = state.timeline() - tried.size() * TIMELINES_PER_NOMINATION;
        if (timeline <= before) {
            return nominee.equals(journal.from());
        }
        return IntStream.range(0, tried.size())
                .filter(turn -> tried.get(turn).equals(nominee))
                .anyMatch(turn -> timeline == before + (turn + 1) * TIMELINES_PER_NOMINATION);
    }

    /** Closes the journal of a transition whose steps are all done. */
    public static Change finish(ClusterState state, String transitionId) {
        Journal journal = state.transition();
        if (journal == null || !journal.transitionId().equals(transitionId)) {
            return Change.refused("transition " + transitionId + " is not under way");
        }
        if (!state.active()) {
            return Change.refused(state.primary() + " is not active yet");
        }
        if (journal.target() != null) {
            return Change.refused(journal.target() + " is not nominated yet: complete the switchover or undo it");
        }
        return Change.to(state.withoutTransition());
    }

    /**
     * Forbids takeovers until a person resumes, or allows them again. Certifying and decertifying go on either way, and a nomination that is
     * under way is carried to its end: the record must not rest between two primaries. Legal at any moment; whoever asks for it is a person.
     */
    public static Change pause(ClusterState state, boolean wanted) {
        return state.paused() == wanted && state.pauseEnd() == null
                ? Change.refused(wanted ? "the cluster is paused already" : "the cluster is not paused")
                : Change.to(state.withPaused(wanted));
    }

    /** The same until an end that needs no person. It takes the place of another such end, and never of a pause that has none. */
    public static Change pauseUntil(ClusterState state, PauseEnd end) {
        return state.paused() && state.pauseEnd() == null
                ? Change.refused(
                        "the cluster is paused already, until somebody resumes it: that is left to him, and to ha resume")
                : Change.to(state.withPauseUntil(end));
    }

    /** Allows takeovers again because the pause of that id has lasted as long as was asked for. Another pause stays. */
    public static Change endPause(ClusterState state, String id) {
        PauseEnd end = state.pauseEnd();
        return end == null || !end.id().equals(id)
                ? Change.refused("pause " + id + " is over already, or was replaced by another")
                : Change.to(state.withPaused(false));
    }

    /**
     * Another choice of what a commit waits for. The record comes first, as when a standby is decertified: the names follow. In
     * {@code ASYNC} nobody is certified any more. Legal also while the rest of a transition is carried out: a primary that waits behind the
     * gate of {@code STRICT} is not open yet, and this may be what opens it.
     */
    public static Change changeDurability(ClusterState state, Durability durability, int strictMinimum) {
        if (!state.active()) {
            return Change.refused(state.primary() + " is nominated and not active yet");
        }
        if (state.preparing().isPresent()) {
            return Change.refused("switchover " + state.preparing().get().transitionId() + " is under way");
        }
        int minimum = durability == Durability.STRICT ? strictMinimum : state.strictMinimum();
        if (state.durability() == durability && state.strictMinimum() == minimum) {
            return Change.refused("durability is " + durability + " already");
        }
        ClusterState uncertified = durability == Durability.ASYNC ? state.withInSync(Set.of()) : state;
        return Change.to(uncertified.withDurability(durability, minimum));
    }

    /** Why a node with this memory, or with none, must not obey the state; empty when it may. */
    public static Optional<String> disobeys(ClusterState state, @Nullable NodeMemory memory) {
        Optional<String> beyond = state.format().beyond(RecordFormat.UNDERSTOOD);
        if (beyond.isPresent() || memory == null) {
            return beyond;
        }
        if (!memory.clusterId().equals(state.clusterId())) {
            return Optional.of(
                    "the store holds cluster " + state.clusterId() + ", this node belongs to " + memory.clusterId()
                            + ": it was created anew or is another one; nothing is changed here. Put back the record of "
                            + memory.clusterId() + " (docs/operations.md)");
        }
        if (state.epoch() < memory.epoch()) {
            return Optional.of("the store is at epoch " + state.epoch() + ", this node has obeyed " + memory.epoch()
                    + ": the store was rolled back; nothing is changed here. Put back the record of epoch "
                    + memory.epoch() + " (docs/operations.md)");
        }
        if (state.epoch() == memory.epoch() && !state.transitionId().equals(memory.transitionId())) {
            return Optional.of("epoch " + state.epoch() + " of the store began with transition " + state.transitionId()
                    + ", this node obeyed another, " + memory.transitionId()
                    + ": the store was rolled back; nothing is changed here. Put back the record of that transition"
                    + " (docs/operations.md)");
        }
        if (!memory.systemIdentifier().isEmpty()
                && !state.systemIdentifier().isEmpty()
                && !memory.systemIdentifier().equals(state.systemIdentifier())) {
            return Optional.of("the store's system identifier is " + state.systemIdentifier()
                    + ", this node belongs to " + memory.systemIdentifier() + "; nothing is changed here");
        }
        return Optional.empty();
    }

    /**
     * Why this record is an old one although this node remembers nothing newer: another that lives has obeyed a later epoch. Either this node
     * is about to read the later record, or the store was rolled back while it was away.
     */
    public static Optional<String> outdated(ClusterState state, Collection<NodeStatus> nodes) {
        // Asked several times at each look, and nearly always in vain.
        boolean later = false;
        for (NodeStatus node : nodes) {
            later |= node.epoch() > state.epoch();
        }
        if (!later) {
            return Optional.empty();
        }
        return nodes.stream()
                .filter(node -> node.epoch() > state.epoch())
                .max(Comparator.comparingLong(NodeStatus::epoch).thenComparing(NodeStatus::node))
                .map(node -> node.node() + " has obeyed epoch " + node.epoch() + ", the record read here is of epoch "
                        + state.epoch() + ": an old one, by which nothing is changed here");
    }

    /** The copies that the record holds to something: none of their data may be touched. */
    public static Set<Copy> recordedCopies(ClusterState state) {
        Set<Copy> copies = new TreeSet<>(state.inSync());
        copies.addAll(state.heirs());
        copies.add(state.primary());
        return copies;
    }

    /**
     * The names of the active primary's server. {@code candidates} are standbys that are about to be proven, newest first; certified
     * ones are always waited for.
     */
    public static ServerNames namesWhenActive(ClusterState state, List<Copy> candidates) {
        List<Copy> copies = new ArrayList<>(candidates);
        for (Copy copy : state.inSync()) {
            if (!copies.contains(copy)) {
                copies.add(copy);
            }
        }
        return switch (state.durability()) {
            case ASYNC -> ServerNames.none();
            case AVAILABLE -> ServerNames.waitingFor(copies);
            case STRICT -> new ServerNames(state.inSync().size() < state.strictMinimum(), copies);
        };
    }

    /** The names once {@code standby} has been taken out of the record. */
    public static ServerNames namesAfterDecertifying(ClusterState state, Copy standby) {
        Set<Copy> left = new TreeSet<>(state.inSync());
        left.remove(standby);
        return namesWhenActive(state.withInSync(left), List.of());
    }

    private static Optional<String> notActivePrimary(ClusterState state, Copy by) {
        if (!state.primary().equals(by)) {
            return Optional.of(
                    by + " is not the primary any more: " + state.primary() + " is, in epoch " + state.epoch());
        }
        return state.active() ? Optional.empty() : Optional.of(by + " is nominated and not active yet");
    }
}
