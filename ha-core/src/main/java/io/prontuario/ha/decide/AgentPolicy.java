package io.prontuario.ha.decide;

import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.StandbyHealth;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a data node's agent does next with its own server: a pure function of the view, one duty at a time.
 *
 * <p>The record says who this copy is; each case below is one row of "who am I by the record, how is my server".
 */
public final class AgentPolicy {

    /** A standby outside the in-sync set that has had no stream for this long asks whether its log still fits. */
    private static final Duration STREAM_PATIENCE = Duration.ofSeconds(2);

    /** A rejoin comes after everything that clients wait for: not before the primary has been active for so long … */
    private static final Duration REJOIN_DELAY = Duration.ofMillis(500);
    /** … and, while the transition is unfinished, not before it has been for so long. */
    private static final Duration TRANSITION_PATIENCE = Duration.ofSeconds(3);

    private AgentPolicy() {}

    public static AgentDecision decide(ClusterView view) {
        if (view.role() != NodeRole.DATA) {
            return AgentDecision.of(Duty.REST, "this node has no server");
        }
        ClusterState state = view.state();
        if (state == null) {
            return AgentDecision.of(Duty.HOLD, "no cluster state that could be read: the server is left as it is");
        }
        Optional<String> disobey = Protocol.disobeys(state, view.memory());
        if (disobey.isPresent()) {
            return AgentDecision.alarm(disobey.get());
        }
        // No alarm: mostly the later record is about to be read here, and whoever remembers it has raised one.
        Optional<String> outdated = Protocol.outdated(state, view.nodes().values());
        if (outdated.isPresent()) {
            return AgentDecision.of(Duty.HOLD, outdated.get());
        }
        DataStatus local = view.local();
        if (!state.systemIdentifier().isEmpty()
                && !local.systemIdentifier().isEmpty()
                && !state.systemIdentifier().equals(local.systemIdentifier())) {
            return AgentDecision.alarm("the data directory belongs to another cluster: system identifier "
                    + local.systemIdentifier() + ", the record has " + state.systemIdentifier()
                    + ". Point data at this cluster's directory, or at an empty one");
        }
        Copy copy = local.copy();
        if (copy == null) {
            return withoutCopy(view, state);
        }
        if (state.primary().equals(copy)) {
            return state.active() ? asPrimary(view, state, copy) : asNominee(state, local);
        }
        if (state.primary().node().equals(view.self())) {
            return AgentDecision.alarm("the record names " + state.primary() + " as primary, but the data here is "
                    + copy + ": it was replaced and may not be promoted. Put the data of " + state.primary() + " back");
        }
        return state.active() ? asStandby(view, state, copy) : asHeir(local);
    }

    private static AgentDecision withoutCopy(ClusterView view, ClusterState state) {
        if (!state.active()) {
            return AgentDecision.of(Duty.HOLD, "no usable data here, and no active primary to copy from");
        }
        if (state.primary().node().equals(view.self())) {
            return view.local().mode() == ServerMode.NONE ? dataGone(state) : idGone(state.primary());
        }
        return rejoin(view, state, "there is no usable data here");
    }

    /** Whether what lies here is what the record means only a person can know; until then it is no primary's. */
    private static AgentDecision idGone(Copy recorded) {
        return AgentDecision.alarm(
                "the record names " + recorded + ", but no copy id lies beside the data here: if that is its"
                        + " data as it last was, write " + recorded.id()
                        + " into the file copy in the folder beside the data directory, whose name"
                        + " ends in .ha");
    }

    private static AgentDecision dataGone(ClusterState state) {
        return AgentDecision.alarm("the record names " + state.primary() + ", but its data is not here any more");
    }

    /** The record must not hold a copy of this node while its data changes; so out of it first. */
    private static AgentDecision rejoin(ClusterView view, ClusterState state, String reason) {
        Duration delay = state.transition() == null ? REJOIN_DELAY : TRANSITION_PATIENCE;
        if (view.activeFor().compareTo(delay) < 0) {
            return AgentDecision.of(Duty.HOLD, reason + "; waiting until the transition is finished");
        }
        Optional<Copy> recorded = Protocol.recordedCopies(state).stream()
                .filter(copy -> copy.node().equals(view.self()))
                .findFirst();
        return recorded.map(copy -> AgentDecision.about(Duty.WITHDRAW, copy, ServerNames.gate(), reason))
                .orElseGet(() -> AgentDecision.of(Duty.REJOIN, reason));
    }

    private static AgentDecision asPrimary(ClusterView view, ClusterState state, Copy copy) {
        DataStatus local = view.local();
        if (local.mode() == ServerMode.STANDBY && local.timeline() > 0 && local.timeline() != state.timeline()) {
            // Out of recovery it would write on the timeline that it has followed, which may be somebody else's: the
            // record seen here may be old.
            return AgentDecision.alarm(copy + " is the primary by the record, but its server is a standby on timeline "
                    + local.timeline() + ", not on the record's " + state.timeline()
                    + ": somebody has restarted it so. Stop it, remove its standby.signal and start it by hand if it has"
                    + " followed nobody");
        }
        AgentDecision usual = byCondition(view, state, copy);
        return state.preparing()
                .map(journal -> SwitchoverPolicy.asPrimary(view, state, journal, usual))
                .orElse(usual);
    }

    private static AgentDecision byCondition(ClusterView view, ClusterState state, Copy copy) {
        DataStatus local = view.local();
        return switch (local.condition()) {
            case UNKNOWN, STARTING -> unclear(local);
            case HUNG -> AgentDecision.alarm("the server hangs: " + local.detail());
            case DOWN -> primaryDown(view, state);
            case RUNNING ->
                switch (local.mode()) {
                    case PRIMARY -> serving(view, state);
                    case STANDBY ->
                        AgentDecision.of(Duty.STOP, copy + " is the primary by the record and runs in recovery");
                    case NONE -> AgentDecision.alarm("a server runs here without a usable data directory");
                };
        };
    }

    /** It will answer in a moment, or it answers something that says nothing about its life and that a person has to mend. */
    private static AgentDecision unclear(DataStatus local) {
        return local.condition() == ServerCondition.UNKNOWN && !local.detail().isEmpty()
                ? AgentDecision.alarm("the server cannot be asked: " + local.detail())
                : AgentDecision.of(Duty.HOLD, "the server is starting");
    }

    private static AgentDecision primaryDown(ClusterView view, ClusterState state) {
        if (view.local().mode() == ServerMode.NONE) {
            return dataGone(state);
        }
        if (state.inSync().isEmpty()) {
            return AgentDecision.of(Duty.START_PRIMARY, "the server is down and nobody else may take over");
        }
        if (state.paused()) {
            return AgentDecision.of(
                    Duty.START_PRIMARY, "the server is down and the cluster is paused: nobody takes over");
        }
        if (view.localDownFor().compareTo(view.limits().restartGrace()) >= 0) {
            return AgentDecision.of(
                    Duty.START_PRIMARY,
                    "the server has been down for " + view.localDownFor().toMillis() + " ms and nobody has taken over");
        }
        if (nobodyCanTakeOver(view, state)) {
            return AgentDecision.of(
                    Duty.START_PRIMARY,
                    "the server is down and nobody can take over: none of " + state.inSync()
                            + " has an agent with a standby running");
        }
        return AgentDecision.of(Duty.HOLD, "the server is down: waiting for " + state.inSync() + " to take over");
    }

    /**
     * A restart in place breaks no promise at any time: the names go on holding the certified, and once one of them is nominated nothing is
     * acknowledged here. It is needless at worst. So what is known of the others is reason enough, once it has been known for as long as
     * a host may be silent: just after both machines were switched on, the other agent may be about to appear.
     */
    private static boolean nobodyCanTakeOver(ClusterView view, ClusterState state) {
        Duration enough = view.limits().suspicionTime();
        return Candidates.rank(view, state.inSync()).isEmpty()
                && view.localDownFor().compareTo(enough) >= 0
                && view.storeConnectedFor().compareTo(enough) >= 0;
    }

    private static AgentDecision serving(ClusterView view, ClusterState state) {
        ServerNames wanted = Protocol.namesWhenActive(state, List.of());
        String setting = wanted.setting();
        // What the record wants covers whom it holds.
        Optional<AgentDecision> uncovered =
                setting.equals(view.local().namesInFile()) ? Optional.empty() : uncovered(view, state);
        if (uncovered.isPresent()) {
            return uncovered.get();
        }
        Optional<AgentDecision> hazardous = hazardous(view, state);
        if (hazardous.isPresent()) {
            return hazardous.get();
        }
        Optional<AgentDecision> doubled = doubledName(view, state);
        if (doubled.isPresent()) {
            return doubled.get();
        }
        Optional<AgentDecision> beside = besideSlot(view, state);
        if (beside.isPresent()) {
            return beside.get();
        }
        Optional<AgentDecision> ordered = ordered(state);
        if (ordered.isPresent()) {
            return ordered.get();
        }
        Optional<AgentDecision> barred = barred(view, state);
        if (barred.isPresent()) {
            return barred.get();
        }
        Optional<AgentDecision> lost = lostStandby(view, state);
        if (lost.isPresent()) {
            return lost.get();
        }
        // Behind the gate there is nothing to open: what opens it is a certificate.
        if (!wanted.gated() && view.openedEpoch() != state.epoch()) {
            return AgentDecision.names(Duty.OPEN, wanted, "primary of epoch " + state.epoch() + " by the record");
        }
        // Before any proof: a proof may only add to the names. What they hold beyond the record may be a certificate
        // whose
        // write was not answered, and only an affirmed record tells that it is none.
        DataStatus local = view.local();
        if (!setting.equals(local.namesInFile()) || !setting.equals(local.namesInEffect())) {
            return AgentDecision.names(
                    Duty.SET_NAMES,
                    wanted,
                    "names are '" + local.namesInEffect() + "' (file '" + local.namesInFile() + "'), the record wants '"
                            + setting + "'");
        }
        if (!local.hazards().isEmpty()) {
            return mend(local);
        }
        Optional<Copy> candidate = candidate(view, state);
        if (candidate.isPresent() && state.durability() != Durability.ASYNC) {
            Copy standby = candidate.get();
            return AgentDecision.about(
                    Duty.CERTIFY,
                    standby,
                    Protocol.namesWhenActive(state, List.of(standby)),
                    standby + " streams and is not certified");
        }
        if (wanted.gated()) {
            return AgentDecision.of(
                    Duty.HOLD,
                    "writes wait: " + state.inSync().size() + " of " + state.strictMinimum()
                            + " standbys are certified");
        }
        return AgentDecision.of(Duty.REST, "serving as primary of epoch " + state.epoch());
    }

    /**
     * Commits that do not wait may be missing on every standby, and one that does not flush may lose what it has acknowledged: the
     * certificate goes first, since an interruption between the two must not leave one that lies, and is earned anew once all is put right.
     * Without the store nobody's certificate can go; then at least no further commit is to be acknowledged alone.
     */
    private static Optional<AgentDecision> hazardous(ClusterView view, ClusterState state) {
        DataStatus local = view.local();
        if (local.hazards().contains(Hazard.UNWAITED)
                && view.storeConnectedFor().isZero()) {
            return Optional.of(mend(local));
        }
        for (Copy copy : state.inSync()) {
            if (local.hazards().contains(Hazard.UNWAITED)) {
                return Optional.of(hazard(state, copy, "commits do not wait for " + copy + ": " + local.detail()));
            }
            if (unflushed(view, copy)) {
                return Optional.of(
                        hazard(state, copy, copy + " may lose what it has acknowledged: its server does not flush"));
            }
        }
        return Optional.empty();
    }

    private static AgentDecision decertify(ClusterState state, Copy copy, String reason) {
        return AgentDecision.about(Duty.DECERTIFY, copy, Protocol.namesAfterDecertifying(state, copy), reason);
    }

    private static AgentDecision hazard(ClusterState state, Copy copy, String reason) {
        return new AgentDecision(Duty.DECERTIFY, copy, Protocol.namesAfterDecertifying(state, copy), reason, true);
    }

    private static boolean unflushed(ClusterView view, Copy copy) {
        return view.status(copy.node())
                .map(NodeStatus::data)
                .filter(data -> copy.equals(data.copy()) && data.hazards().contains(Hazard.UNFLUSHED))
                .isPresent();
    }

    private static AgentDecision mend(DataStatus local) {
        return new AgentDecision(
                Duty.MEND_SETTINGS,
                null,
                ServerNames.gate(),
                "somebody has changed a setting: " + local.detail(),
                true);
    }

    /**
     * Names that do not cover a certified standby: somebody else changed them, or the record was rolled back. Commits were
     * acknowledged without it, so widening the names again is not enough: the certificate goes and is earned anew.
     */
    private static Optional<AgentDecision> uncovered(ClusterView view, ClusterState state) {
        String inFile = view.local().namesInFile();
        return state.inSync().stream()
                .filter(copy -> !covers(inFile, copy))
                .findFirst()
                .map(copy -> new AgentDecision(
                        Duty.DECERTIFY,
                        copy,
                        Protocol.namesAfterDecertifying(state, copy),
                        "names '" + inFile + "' do not wait for " + copy
                                + ", which is certified: somebody else changed them, or the record is an old one",
                        true));
    }

    private static boolean covers(String setting, Copy copy) {
        try {
            return ServerNames.parse(setting).cover(Set.of(copy));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * Two connections under a certified name: one of them acknowledges for the other. Which is which cannot be seen from here, so the
     * certificate goes; a new proof ends the older connection first.
     */
    private static Optional<AgentDecision> doubledName(ClusterView view, ClusterState state) {
        if (view.local().attached().size() < 2) {
            return Optional.empty();
        }
        return state.inSync().stream()
                .filter(copy -> view.local().attached().stream()
                                .filter(standby -> standby.copy().equals(copy))
                                .count()
                        > 1)
                .findFirst()
                .map(copy -> decertify(state, copy, "several connections call themselves " + copy));
    }

    /** Where commits wait for several, a second connection of one that has no slot would count as another of them. */
    private static Optional<AgentDecision> besideSlot(ClusterView view, ClusterState state) {
        if (state.inSync().size() < 2) {
            return Optional.empty();
        }
        return view.local().attached().stream()
                .filter(standby -> standby.besideSlot() && state.inSync().contains(standby.copy()))
                .map(AttachedStandby::copy)
                .findFirst()
                .map(copy -> decertify(
                        state,
                        copy,
                        copy
                                + " does not stream through its slot, and would count twice if it connected again: ha restart "
                                + copy.node()));
    }

    /** Before its own agent touches it, and while it still streams: so no commit waits for one that has left. */
    private static Optional<AgentDecision> ordered(ClusterState state) {
        if (state.condemned().isEmpty() && state.restarting().isEmpty()) {
            return Optional.empty();
        }
        return state.inSync().stream()
                .filter(state::ordered)
                .findFirst()
                .map(copy -> decertify(
                        state,
                        copy,
                        "a person wants " + copy
                                + (state.condemned().contains(copy) ? " copied anew" : "'s server restarted")));
    }

    /** It would not take over, so nothing has to wait for it; and in STRICT it is not one of those that would. */
    private static Optional<AgentDecision> barred(ClusterView view, ClusterState state) {
        for (Copy copy : state.inSync()) {
            if (Candidates.barred(view, copy.node())) {
                return Optional.of(decertify(state, copy, copy.node() + " is tagged noFailover"));
            }
        }
        return Optional.empty();
    }

    private static Optional<AgentDecision> lostStandby(ClusterView view, ClusterState state) {
        for (StandbyHealth standby : view.standbys()) {
            if (!state.inSync().contains(standby.copy())) {
                continue;
            }
            boolean gone = standby.goneFor().compareTo(view.limits().reconnectGrace()) > 0;
            boolean stalled = standby.stalledFor().compareTo(view.limits().standbyTimeout()) > 0;
            if (!gone && !stalled) {
                continue;
            }
            String seen = gone
                    ? standby.copy() + " has been disconnected for "
                            + standby.goneFor().toMillis() + " ms while a commit waits"
                    : "a commit has waited " + standby.stalledFor().toMillis() + " ms for " + standby.copy();
            if (!view.observedByOther()) {
                // A primary that nobody else can reach must not become the last replica standing: the others may be
                // about to take over, and they are right.
                return Optional.of(AgentDecision.of(
                        Duty.HOLD,
                        seen + "; not taken out of the in-sync set: no other node has just reached this server"));
            }
            return Optional.of(AgentDecision.about(
                    Duty.DECERTIFY, standby.copy(), Protocol.namesAfterDecertifying(state, standby.copy()), seen));
        }
        return Optional.empty();
    }

    /** A standby that streams under a name which its own agent also publishes, and that is not certified yet. */
    private static Optional<Copy> candidate(ClusterView view, ClusterState state) {
        for (AttachedStandby standby : view.local().attached()) {
            Copy copy = standby.copy();
            if (standby.streaming()
                    && !state.inSync().contains(copy)
                    && !state.ordered(copy)
                    && !view.pausedCertification().contains(copy)
                    && Candidates.canPromote(view, copy)
                    && !unflushed(view, copy)
                    && !Candidates.barred(view, copy.node())) {
                return Optional.of(copy);
            }
        }
        return Optional.empty();
    }

    private static AgentDecision asNominee(ClusterState state, DataStatus local) {
        if (local.runsAs(ServerMode.STANDBY) && local.timeline() >= state.timeline()) {
            // It would take an id that is nobody's by the record, and that somebody else may have taken.
            return AgentDecision.alarm("nominated for timeline " + state.timeline() + ", but the server is on timeline "
                    + local.timeline() + " already: somebody has promoted it before. Another heir has to take over");
        }
        return switch (local.condition()) {
            case UNKNOWN, STARTING -> unclear(local);
            case HUNG -> AgentDecision.alarm("nominated, but the server hangs: " + local.detail());
            case DOWN, RUNNING -> AgentDecision.of(Duty.PROMOTE, "nominated");
        };
    }

    /** Until the nominee is active an heir keeps server, data, names and upstream as they are; it may be needed. */
    private static AgentDecision asHeir(DataStatus local) {
        if (acknowledgesAlone(local)) {
            return shut();
        }
        return switch (local.condition()) {
            case DOWN ->
                local.mode() == ServerMode.STANDBY
                        ? AgentDecision.of(Duty.START_AS_IT_WAS, "an heir whose server is down")
                        : AgentDecision.of(Duty.REST, "former primary, kept as it is until the nominee is active");
            case UNKNOWN, STARTING, RUNNING, HUNG ->
                AgentDecision.of(Duty.REST, "kept as it is until the nominee is active");
        };
    }

    /**
     * A former primary whose commits wait for nobody. Otherwise they wait for the one that took over; when a person let somebody take over
     * whom nobody certified, they may not, and to tell clients that reach it here that their writes are kept would be a lie.
     */
    private static boolean acknowledgesAlone(DataStatus local) {
        return local.runsAs(ServerMode.PRIMARY)
                && (local.namesInFile().isEmpty() || local.namesInEffect().isEmpty());
    }

    private static AgentDecision shut() {
        return AgentDecision.names(
                Duty.SET_NAMES, ServerNames.gate(), "not the primary any more, and its commits wait for nobody");
    }

    private static AgentDecision asStandby(ClusterView view, ClusterState state, Copy copy) {
        DataStatus local = view.local();
        // Before everything else, an order to copy it anew included: that may be refused for a long time.
        if (acknowledgesAlone(local)) {
            return shut();
        }
        // A certified one waits until the primary's agent has taken it out, and does all that a certified one does
        // meanwhile: the primary may be lost before that, and a withdrawal by itself would leave commits waiting for
        // one that has left.
        if (state.condemned().contains(copy) && !state.inSync().contains(copy)) {
            return rejoin(view, state, "to be copied anew, by a person's order");
        }
        return switch (local.condition()) {
            case UNKNOWN, STARTING -> unclear(local);
            case HUNG ->
                // Deposed, it is of no use to anybody as it is, and what it holds is nobody's loss. A standby that
                // hangs
                // may still hold what the primary lets clients have.
                local.mode() == ServerMode.PRIMARY
                        ? rejoin(
                                view,
                                state,
                                "deposed while it hung: " + state.primary() + " is the primary of epoch "
                                        + state.epoch())
                        : hangs(view, state, copy);
            case DOWN -> standbyDown(view, state, copy);
            case RUNNING ->
                switch (local.mode()) {
                    case PRIMARY ->
                        rejoin(
                                view,
                                state,
                                "deposed: " + state.primary() + " is the primary of epoch " + state.epoch());
                    case NONE -> AgentDecision.alarm("a server runs here without a usable data directory");
                    case STANDBY -> following(view, state, copy);
                };
        };
    }

    /**
     * What is certified is a beginning of the primary's log, and nobody else has written to it since: it needs no comparison, for which the
     * primary would have to answer. When that is lost for good, this may be the only copy that can take over, and only a running one can.
     */
    private static AgentDecision standbyDown(ClusterView view, ClusterState state, Copy copy) {
        if (view.local().mode() != ServerMode.STANDBY || view.rejoinNeeded()) {
            return rejoin(view, state, "its log may not fit that of " + state.primary());
        }
        if (toRestart(state, copy)) {
            return restart(copy);
        }
        return state.inSync().contains(copy)
                ? AgentDecision.of(Duty.START_AS_IT_WAS, "certified standby of " + state.primary() + " that is down")
                : AgentDecision.of(Duty.START_STANDBY, "standby of " + state.primary() + " by the record");
    }

    private static AgentDecision hangs(ClusterView view, ClusterState state, Copy copy) {
        return toRestart(state, copy)
                ? restart(copy)
                : AgentDecision.alarm("the standby hangs: " + view.local().detail() + "; ha restart " + view.self()
                        + " ends it by force and starts it again");
    }

    /** A certified one goes on as it is until the primary's agent has taken it out: no commit waits for one that stops. */
    private static boolean toRestart(ClusterState state, Copy copy) {
        return state.restarting().contains(copy) && !state.inSync().contains(copy);
    }

    private static AgentDecision restart(Copy copy) {
        return AgentDecision.about(Duty.RESTART, copy, ServerNames.gate(), "to be restarted, by a person's order");
    }

    /**
     * The primary counts as dead and nobody is certified to hold what it held: then any standby may have to take over, and nobody is nominated
     * while its agent is about to replace its data. The primary could not be asked where the histories part in any case.
     */
    private static boolean mayBeAllThatIsLeft(ClusterView view, ClusterState state) {
        return state.durability() == Durability.ASYNC
                && state.active()
                && Detection.verdict(view, state).kind() == Verdict.Kind.DEAD;
    }

    private static AgentDecision following(ClusterView view, ClusterState state, Copy copy) {
        DataStatus local = view.local();
        boolean certified = state.inSync().contains(copy);
        if (view.rejoinNeeded()) {
            return rejoin(view, state, "its log does not fit that of " + state.primary());
        }
        if (toRestart(state, copy)) {
            return restart(copy);
        }
        if (!certified && view.notStreamingFor().compareTo(STREAM_PATIENCE) > 0 && !mayBeAllThatIsLeft(view, state)) {
            return rejoin(
                    view,
                    state,
                    "no stream from " + state.primary() + " for "
                            + view.notStreamingFor().toMillis() + " ms");
        }
        String gate = ServerNames.gate().setting();
        if (!gate.equals(local.namesInFile()) || !gate.equals(local.namesInEffect())) {
            return AgentDecision.names(Duty.SET_NAMES, ServerNames.gate(), "a standby rests behind the gate");
        }
        if (!local.hazards().isEmpty()) {
            return mend(local);
        }
        for (StandbyTask task : StandbyTask.values()) {
            for (Copy former : task.in(state)) {
                if (former.node().equals(copy.node()) && !former.equals(copy)) {
                    return AgentDecision.about(
                            Duty.REPLACED, former, ServerNames.gate(), copy + " is in the place of " + former);
                }
            }
        }
        boolean target = state.switchingTo().filter(copy::equals).isPresent();
        Receiver receiver = local.receiver();
        if (target && receiver != null && receiver.streaming()) {
            return AgentDecision.of(
                    Duty.ATTEND, "target of a switchover: receiving the last log of " + state.primary());
        }
        return AgentDecision.of(
                Duty.REST, (certified ? "certified" : "not yet certified") + " standby of " + state.primary());
    }
}
