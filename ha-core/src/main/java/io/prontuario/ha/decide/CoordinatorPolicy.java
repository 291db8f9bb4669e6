package io.prontuario.ha.decide;

import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.Sighting;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the coordinator does next: a pure function of the view and of what the failover policy decided about it.
 *
 * <p>Before the nomination the policy has the word; after it there is only forward.
 */
public final class CoordinatorPolicy {

    private CoordinatorPolicy() {}

    public static CoordinatorDecision decide(ClusterView view, Decision policy) {
        ClusterState state = view.state();
        if (!view.leading() || state == null) {
            return CoordinatorDecision.of(Move.REST, "this node does not coordinate");
        }
        Optional<String> disobeyed = Protocol.disobeys(state, view.memory());
        if (disobeyed.isPresent()) {
            return CoordinatorDecision.of(Move.HOLD, disobeyed.get());
        }
        Optional<String> outdated = Protocol.outdated(state, view.nodes().values());
        if (outdated.isPresent()) {
            return CoordinatorDecision.of(Move.REST, outdated.get());
        }
        if (!state.active()) {
            return forward(view, state);
        }
        Optional<Journal> preparing = state.preparing();
        if (preparing.isPresent()) {
            return SwitchoverPolicy.move(view, state, preparing.get(), policy);
        }
        Optional<PauseEnd> over = Optional.ofNullable(state.pauseEnd())
                .filter(end -> view.pausedFor().compareTo(end.after()) >= 0);
        if (over.isPresent()) {
            return CoordinatorDecision.of(
                    Move.RESUME, "the pause of " + over.get().after().toSeconds() + " s is over");
        }
        // A dead primary is more urgent than the rest of the last transition: traffic flips again with the next one.
        CoordinatorDecision about = aboutPrimary(state, policy);
        if (about.move() == Move.REST && state.transition() != null) {
            return CoordinatorDecision.of(
                    Move.CARRY_ON, "transition " + state.transition().transitionId() + " is not finished");
        }
        return about;
    }

    /** Without a planned switchover. */
    static CoordinatorDecision aboutPrimary(ClusterState state, Decision policy) {
        return switch (policy.kind()) {
            case STAY -> CoordinatorDecision.of(Move.REST, policy.reason());
            case HOLD_AND_ALERT, NEEDS_APPROVAL -> CoordinatorDecision.of(Move.HOLD, policy.reason());
            case FAIL_OVER ->
                state.paused()
                        ? CoordinatorDecision.of(
                                Move.HOLD, policy.reason() + "; no takeover: the cluster is paused (ha resume)")
                        : new CoordinatorDecision(
                                Move.NOMINATE, Objects.requireNonNull(policy.to()), null, policy.reason());
        };
    }

    private static CoordinatorDecision forward(ClusterView view, ClusterState state) {
        Copy nominee = state.primary();
        Optional<NodeStatus> agent = view.status(nominee.node());
        if (agent.filter(NodeStatus::leaving).isPresent()) {
            return another(
                    view,
                    state,
                    RenominationCause.REFUSED,
                    "the agent of " + nominee + " has left: nobody promotes it");
        }
        Optional<String> refusal = agent.filter(status -> status.epoch() == state.epoch())
                .map(NodeStatus::refusal)
                .filter(text -> !text.isEmpty());
        if (refusal.isPresent()) {
            return another(view, state, RenominationCause.REFUSED, nominee + " refused: " + refusal.get());
        }
        if (state.transition() != null && Candidates.isGone(view, nominee)) {
            return another(
                    view, state, RenominationCause.REFUSED, "the data of " + nominee + " is not on its node any more");
        }
        if (agent.isEmpty() && silent(view, nominee)) {
            return another(
                    view,
                    state,
                    RenominationCause.SILENT,
                    nominee + " has been silent for "
                            + view.limits().suspicionTime().toMillis() + " ms");
        }
        Duration bound = bound(view, state);
        if (view.nomineeStalledFor().compareTo(bound) >= 0) {
            return another(
                    view,
                    state,
                    RenominationCause.NO_PROGRESS,
                    nominee + " has made no progress for " + bound.toMillis() + " ms");
        }
        return CoordinatorDecision.of(Move.AWAIT, nominee + " is nominated in epoch " + state.epoch());
    }

    /** Doubles with each nominee that was tried, so that a slow but sound one gets its chance in the end. */
    private static Duration bound(ClusterView view, ClusterState state) {
        Journal journal = state.transition();
        int tried = journal == null ? 1 : Math.max(1, journal.tried().size());
        return view.limits().promotionTimeout().multipliedBy(1L << Math.min(tried - 1, 10));
    }

    private static boolean silent(ClusterView view, Copy nominee) {
        List<Sighting> said = view.sightings().stream()
                .filter(sighting -> sighting.target().equals(nominee.node()))
                .filter(sighting -> sighting.answer() != Answer.UNKNOWN)
                .toList();
        return !said.isEmpty()
                && said.stream()
                        .allMatch(sighting -> sighting.answer() == Answer.UNREACHED
                                && sighting.lastReachedAge()
                                                .compareTo(view.limits().suspicionTime())
                                        >= 0);
    }

    private static CoordinatorDecision another(
            ClusterView view, ClusterState state, RenominationCause cause, String why) {
        List<Copy> alive = state.heirs().stream()
                .filter(heir -> Candidates.mayBeAsked(view, heir) && !barred(view, state, heir))
                .toList();
        return Protocol.nextHeir(state, Candidates.heirs(view, alive))
                .map(heir -> new CoordinatorDecision(Move.RENOMINATE, heir, cause, why))
                .orElseGet(() -> CoordinatorDecision.of(
                        Move.HOLD,
                        why + "; no other heir is alive with its data: " + state.heirs() + tagged(view, state)));
    }

    /** Not the former primary: taken back it fails over to nobody, since it was the primary already. */
    private static boolean barred(ClusterView view, ClusterState state, Copy heir) {
        Journal journal = state.transition();
        boolean former = journal != null && heir.equals(journal.from());
        return !former && Candidates.barred(view, heir.node());
    }

    private static String tagged(ClusterView view, ClusterState state) {
        List<Copy> tagged =
                state.heirs().stream().filter(heir -> barred(view, state, heir)).toList();
        return tagged.isEmpty() ? "" : "; tagged noFailover: " + tagged;
    }
}
