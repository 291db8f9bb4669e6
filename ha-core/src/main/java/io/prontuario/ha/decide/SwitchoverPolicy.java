package io.prontuario.ha.decide;

import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.TransitionKind;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is particular to a planned switchover: all of it lies before the nomination. From then on it is a takeover like any other.
 *
 * <p>The primary's agent gets its server ready, asks everybody to hold, and stops it cleanly when nobody uses it any more; the coordinator nominates the target once that holds the shutdown checkpoint. Until then
 * it can be undone by whoever finds a reason; first in the record, so that nobody nominates any more, then by starting the server again
 * under its old names. When the store does not answer the server is started all the same: its names hold the target, so if that was
 * nominated meanwhile and has left, nothing is acknowledged here.
 */
public final class SwitchoverPolicy {
    /** How long an election takes at most once the session of a lost coordinator has ended. */
    private static final Duration ELECTION = Duration.ofSeconds(1);

    /** … and how long after that the record has to be changed, so that it says first that the switchover is undone. */
    private static final Duration UNDOING = Duration.ofSeconds(2);

    /** A server that is down in the middle and was not stopped cleanly: so long its agent has to say that it was after all. */
    static final Duration MOMENT = Duration.ofMillis(300);

    /** Transactions that are under way when everybody is asked to hold have so long to end. */
    static final Duration DRAIN = Duration.ofSeconds(5);

    private SwitchoverPolicy() {}

    /** A server that was stopped waits so long for the nomination of the target: if the coordinator is lost, for that of the next one. */
    static Duration nominationPatience(Limits limits) {
        return limits.sessionTime().plus(ELECTION);
    }

    /** … and, when the store seems to be there but the record cannot be changed, so long until it is started all the same. */
    private static Duration lastPatience(Limits limits) {
        return nominationPatience(limits).plus(UNDOING);
    }

    /** What the agent of the primary does, {@code otherwise} being what it would do without a switchover. */
    static AgentDecision asPrimary(ClusterView view, ClusterState state, Journal journal, AgentDecision otherwise) {
        DataStatus local = view.local();
        return switch (local.condition()) {
            case UNKNOWN, STARTING, HUNG -> otherwise;
            case DOWN -> local.mode() == ServerMode.PRIMARY ? down(view, state, journal, otherwise) : otherwise;
            case RUNNING ->
                local.mode() == ServerMode.PRIMARY && journal.target() != null
                        ? running(view, state, journal, journal.target(), otherwise)
                        : otherwise;
        };
    }

    private static AgentDecision running(
            ClusterView view, ClusterState state, Journal journal, Copy target, AgentDecision otherwise) {
        boolean storeAway = view.storeConnectedFor().isZero();
        if (view.startedAgain()) {
            if (!storeAway) {
                return AgentDecision.of(Duty.UNDO, "the store did not answer in the middle of it");
            }
            ServerNames old = ServerNames.understood(view.local().namesInFile()).orElse(ServerNames.gate());
            return view.openedEpoch() == state.epoch() || !old.cover(state.inSync())
                    ? AgentDecision.of(Duty.HOLD, "the switchover is undone here; the store does not know it yet")
                    : AgentDecision.names(Duty.OPEN_AGAIN, old, "serves under its old names until the store is back");
        }
        if (!state.inSync().contains(target)) {
            return AgentDecision.of(Duty.UNDO, target + " is not certified any more");
        }
        if (storeAway) {
            return AgentDecision.of(Duty.HOLD, "the switchover does not begin while the store does not answer");
        }
        return switch (otherwise.duty()) {
            // All is well, or a further standby would be certified, which can wait.
            case REST, CERTIFY -> stop(view, journal, target);
            case HOLD,
                    START_PRIMARY,
                    START_STANDBY,
                    START_AS_IT_WAS,
                    STOP,
                    PROMOTE,
                    OPEN,
                    DECERTIFY,
                    SET_NAMES,
                    MEND_SETTINGS,
                    WITHDRAW,
                    REJOIN,
                    REPLACED,
                    RESTART,
                    PREPARE_STOP,
                    STOP_CLEANLY,
                    START_AGAIN,
                    OPEN_AGAIN,
                    UNDO,
                    ATTEND -> otherwise;
        };
    }

    /**
     * First what can be done while it serves, then everybody holds, and the stop when nobody uses the server any more: clients that wait
     * do not fail, and a transaction that does not end is a reason not to switch over now.
     */
    private static AgentDecision stop(ClusterView view, Journal journal, Copy target) {
        String switchover = "switchover " + journal.transitionId() + " to " + target;
        Duration wantedFor = view.holdWantedFor();
        if (wantedFor == null) {
            return AgentDecision.of(Duty.PREPARE_STOP, switchover);
        }
        String busy = view.nodes().values().stream()
                .filter(status -> !status.leaving() && status.hold().keepsWaiting(journal.transitionId()))
                .map(status -> status.node() + " "
                        + (status.hold().waitsFor().isEmpty()
                                ? "has not said that it holds"
                                : status.hold().waitsFor()))
                .sorted()
                .collect(Collectors.joining("; "));
        if (busy.isEmpty()) {
            return AgentDecision.of(Duty.STOP_CLEANLY, switchover);
        }
        return wantedFor.compareTo(DRAIN) >= 0
                ? AgentDecision.of(Duty.UNDO, "the pools were not drained within " + DRAIN.toMillis() + " ms: " + busy)
                : AgentDecision.of(Duty.HOLD, switchover + ": the pools hold; " + busy);
    }

    /**
     * The switchover for which this node's pools hold, if any: from the moment when the primary's agent asks for it until somebody serves or
     * it is undone. Who missed that moment holds as well once a target is nominated, for there is nobody to go to.
     */
    public static Optional<String> holding(ClusterView view) {
        ClusterState state = view.state();
        Journal journal = state == null ? null : state.transition();
        if (state == null || journal == null || journal.kind() != TransitionKind.SWITCHOVER) {
            return Optional.empty();
        }
        String id = journal.transitionId();
        boolean wanted = journal.target() != null
                && view.status(state.primary().node())
                        .filter(status -> status.hold().wanted().equals(id))
                        .isPresent();
        return wanted || !state.active() ? Optional.of(id) : Optional.empty();
    }

    private static AgentDecision down(ClusterView view, ClusterState state, Journal journal, AgentDecision otherwise) {
        boolean names = ServerNames.understood(view.local().namesInFile())
                .filter(inFile -> inFile.cover(state.inSync()))
                .isPresent();
        if (journal.target() == null) {
            return names ? AgentDecision.of(Duty.START_AGAIN, journal.reason()) : otherwise;
        }
        if (view.local().shutdownPosition() == 0) {
            // It died by itself: an ordinary takeover.
            return otherwise;
        }
        Duration since = view.localDownFor();
        boolean storeAway = view.storeConnectedFor().isZero();
        boolean longEnough =
                since.compareTo(storeAway ? view.limits().sessionTime() : lastPatience(view.limits())) >= 0;
        if (longEnough) {
            return names
                    ? AgentDecision.of(
                            Duty.START_AGAIN,
                            "stopped for " + since.toMillis() + " ms, and the record could not be changed")
                    : otherwise;
        }
        Duration patience = nominationPatience(view.limits());
        if (!storeAway && since.compareTo(patience) >= 0) {
            return AgentDecision.of(
                    Duty.UNDO,
                    journal.target() + " was not nominated within " + patience.toMillis()
                            + " ms after the server had stopped");
        }
        return AgentDecision.of(Duty.HOLD, "stopped cleanly: waiting for the nomination of " + journal.target());
    }

    /** What the coordinator does before the nomination. */
    static CoordinatorDecision move(ClusterView view, ClusterState state, Journal journal, Decision policy) {
        if (view.storeConnectedFor().compareTo(view.limits().sessionTime()) < 0) {
            // Whoever was cut off knows how things were: the primary may have been started again since.
            return CoordinatorDecision.of(
                    Move.PREPARE,
                    "connected to the store for only "
                            + view.storeConnectedFor().toMillis() + " ms");
        }
        Copy old = state.primary();
        Optional<DataStatus> server = view.status(old.node()).map(NodeStatus::data);
        ServerCondition condition = server.map(DataStatus::condition).orElse(ServerCondition.UNKNOWN);
        boolean down = condition == ServerCondition.DOWN;
        Duration stalled = view.nomineeStalledFor();
        Copy target = journal.target();
        if (target == null) {
            return undone(view, state, policy, condition, stalled);
        }
        long shutdown = server.map(DataStatus::shutdownPosition).orElse(0L);
        // One that stops answers nobody any more; that its agent says so is what tells it from a dead one.
        boolean expected =
                condition == ServerCondition.STARTING || (down && (shutdown > 0 || stalled.compareTo(MOMENT) < 0));
        if (policy.kind() == Decision.Kind.FAIL_OVER && !expected) {
            return CoordinatorPolicy.aboutPrimary(state, policy);
        }
        Optional<String> unfit = unfit(view, state, target);
        if (unfit.isPresent()) {
            return CoordinatorDecision.of(Move.UNDO, unfit.get());
        }
        if (shutdown == 0 && view.status(old.node()).filter(NodeStatus::leaving).isPresent()) {
            return CoordinatorDecision.of(Move.UNDO, "the agent of " + old + " has left before its server was stopped");
        }
        if (stalled.compareTo(view.limits().promotionTimeout()) >= 0) {
            return CoordinatorDecision.of(
                    Move.UNDO,
                    "no progress for " + stalled.toMillis() + " ms: "
                            + (down
                                    ? target + " has not received the shutdown checkpoint of " + old
                                    : old + " was not stopped"));
        }
        if (down && shutdown > 0) {
            return Candidates.received(view, target) > shutdown
                    ? new CoordinatorDecision(
                            Move.SWITCH_OVER,
                            target,
                            null,
                            old + " has stopped, " + target + " holds its shutdown checkpoint")
                    : CoordinatorDecision.of(Move.PREPARE, old + " has stopped: waiting for its last log on " + target);
        }
        return CoordinatorDecision.of(Move.PREPARE, "switchover to " + target + ": " + old + " stops its server");
    }

    /**
     * Whoever looked at the primary in the meantime has seen nobody: that is no death as long as its agent is at work. Nor is the journal
     * closed before it was seen to serve, for then what was seen in the meantime would count.
     */
    private static CoordinatorDecision undone(
            ClusterView view, ClusterState state, Decision policy, ServerCondition condition, Duration stalled) {
        boolean dead = policy.kind() == Decision.Kind.FAIL_OVER;
        boolean atWork = switch (condition) {
            case DOWN, STARTING, RUNNING -> stalled.compareTo(view.limits().restartGrace()) < 0;
            case UNKNOWN, HUNG -> false;
        };
        if (dead && !atWork) {
            return CoordinatorPolicy.aboutPrimary(state, policy);
        }
        return CoordinatorDecision.of(
                dead || condition == ServerCondition.DOWN ? Move.PREPARE : Move.CARRY_ON,
                "the switchover is undone: the former order is restored");
    }

    /** Why the target could not take over now; empty when it could. */
    private static Optional<String> unfit(ClusterView view, ClusterState state, Copy target) {
        if (!state.inSync().contains(target)) {
            return Optional.of(target + " is not certified any more");
        }
        Optional<NodeStatus> agent = view.status(target.node());
        if (agent.isEmpty()) {
            return Optional.of("the agent of " + target + " is gone");
        }
        if (agent.get().leaving()) {
            return Optional.of("the agent of " + target + " is closing");
        }
        if (!Candidates.holds(view, target)) {
            return Optional.of("the data of " + target + " is not on its node any more");
        }
        return Candidates.canPromote(view, target)
                ? Optional.empty()
                : Optional.of("the server of " + target + " does not run as a standby");
    }
}
