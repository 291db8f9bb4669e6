package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.ViewFixture.copy;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.TransitionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Every change of the record that {@link Protocol} knows, named as its method there: who writes it, and what must have been seen before. */
enum RecordChange {
    IDENTIFY("identify", "the first primary's `ha init`", "its data directory exists"),
    ACTIVATE(
            "activate",
            "the nominee's agent",
            "out of recovery behind the gate, on the recorded timeline, and a local write was answered"),
    CERTIFY(
            "certify",
            "the active primary's agent",
            "commits were seen waiting for the standby, then a token was read on it: it holds every acknowledged commit"),
    DECERTIFY(
            "decertify",
            "the active primary's agent",
            "a commit waits for the standby in vain, and another node has just reached this primary; its name leaves the names"
                    + " only afterwards"),
    WITHDRAW("withdraw", "a standby's own agent", "its data is about to be rewound or copied anew"),
    CONDEMN(
            "condemn",
            "a person: `ha reinit`",
            "the plan's conditions hold. The primary's agent decertifies the copy, then its own agent replaces it"),
    REPLACED(
            "replaced",
            "a standby's own agent",
            "the condemned copy's data is gone, and another copy follows in its place"),
    RESTART(
            "restart",
            "a person: `ha restart`",
            "the plan's conditions hold. The primary's agent decertifies the copy, then its own agent restarts its server"),
    RESTARTED("restarted", "a standby's own agent", "the server that was to be restarted has been started again"),
    NOMINATE(
            "nominate",
            "the coordinator, with its term",
            "any suspicion: the primary counts as dead. The commit point of a takeover"),
    NOMINATE_FENCED(
            "nominateFenced",
            "the coordinator, with its term, in ASYNC",
            "the primary counts as dead, and a fencer has made sure that it acknowledges nothing more since this record was read"),
    NOMINATE_ACCEPTING_LOSS(
            "nominateAcceptingLoss",
            "a person: `ha failover --accept-loss`",
            "the primary does not serve and will not; commits that the nominee does not hold are given up"),
    ASK_SWITCHOVER("askSwitchover", "a person: `ha switchover`", "the plan's conditions hold"),
    COMPLETE_SWITCHOVER(
            "completeSwitchover",
            "the coordinator, with its term",
            "the primary's server has stopped cleanly and the target holds its shutdown checkpoint. The commit point of a switchover"),
    UNDO_SWITCHOVER(
            "undoSwitchover",
            "the coordinator, with its term, or the primary's agent",
            "the target cannot take over, the stop does not end, or nothing moves; the former primary starts again under its old names"),
    RENOMINATE("renominate", "the coordinator, with its term", "the nominee refused, is silent, or makes no progress"),
    FINISH(
            "finish",
            "the coordinator, with its term",
            "the new primary is open, or after an undone switchover the old one is again, and all that leads clients there was seen to"),
    PAUSE(
            "pause",
            "a person: `ha pause`, `ha resume`",
            "nothing. While paused no FAILOVER is nominated; all else goes on"),
    PAUSE_UNTIL("pauseUntil", "a person: `ha pause --for`", "nothing. As `pause`, and it ends without a person"),
    END_PAUSE(
            "endPause",
            "the coordinator, with its term",
            "it has seen this pause for as long as was asked for, by its own ticker"),
    CHANGE_DURABILITY(
            "changeDurability",
            "a person: `ha durability`",
            "nothing. The primary's agent brings the names in line afterwards");

    private static final PauseEnd END = new PauseEnd("p1", Duration.ofMinutes(30), Instant.EPOCH);

    private final String method;
    private final String writer;
    private final String condition;

    RecordChange(String method, String writer, String condition) {
        this.method = method;
        this.writer = writer;
        this.condition = condition;
    }

    /** Its name in {@link Protocol}. */
    String method() {
        return method;
    }

    String writer() {
        return writer;
    }

    /** What whoever writes it has seen; the record alone cannot tell. */
    String condition() {
        return condition;
    }

    /** All ways of trying it in a state, legal or not. */
    List<Change> tries(ClusterState state) {
        String next = "t" + (state.epoch() + 1);
        return switch (this) {
            case IDENTIFY -> by(copy -> Protocol.identify(state, copy, "7300000000000000001"));
            case ACTIVATE ->
                Stream.of(1, state.timeline())
                        .flatMap(timeline -> by(copy -> Protocol.activate(state, copy, timeline)).stream())
                        .toList();
            case CERTIFY -> pairs((primary, standby) -> Protocol.certify(state, primary, standby));
            case DECERTIFY -> pairs((primary, standby) -> Protocol.decertify(state, primary, standby));
            case WITHDRAW -> by(copy -> Protocol.withdraw(state, copy));
            case CONDEMN -> by(copy -> Protocol.condemn(state, copy, "o1"));
            case REPLACED -> by(copy -> Protocol.replaced(state, copy, new Copy(copy.node(), "ffff")));
            case RESTART -> by(copy -> Protocol.restart(state, copy, "o1"));
            case RESTARTED -> by(copy -> Protocol.restarted(state, copy));
            case NOMINATE ->
                by(copy -> Protocol.nominate(state, copy, next, TransitionKind.FAILOVER, "dead", Instant.EPOCH));
            case NOMINATE_FENCED -> by(copy -> Protocol.nominateFenced(state, copy, next, "dead", Instant.EPOCH));
            case NOMINATE_ACCEPTING_LOSS ->
                by(copy -> Protocol.nominateAcceptingLoss(state, copy, next, "given up", Instant.EPOCH));
            case ASK_SWITCHOVER -> by(copy -> Protocol.askSwitchover(state, copy, next, "planned", Instant.EPOCH));
            case COMPLETE_SWITCHOVER -> List.of(Protocol.completeSwitchover(state, journalOf(state)));
            case UNDO_SWITCHOVER -> List.of(Protocol.undoSwitchover(state, journalOf(state), "why"));
            case RENOMINATE -> by(copy -> Protocol.renominate(state, copy, RenominationCause.SILENT, next));
            case FINISH -> List.of(Protocol.finish(state, journalOf(state)));
            case CHANGE_DURABILITY ->
                Stream.of(Durability.values())
                        .map(durability -> Protocol.changeDurability(state, durability, 1))
                        .toList();
            case PAUSE_UNTIL -> List.of(Protocol.pauseUntil(state, END));
            case END_PAUSE -> List.of(Protocol.endPause(state, END.id()), Protocol.endPause(state, "another"));
            case PAUSE -> List.of(Protocol.pause(state, true), Protocol.pause(state, false));
        };
    }

    private static String journalOf(ClusterState state) {
        Journal journal = state.transition();
        return journal == null ? "t0" : journal.transitionId();
    }

    private static List<Change> by(Function<Copy, Change> change) {
        return Stream.of(copy("a"), copy("b"), copy("c")).map(change).toList();
    }

    private interface OfTwo {
        Change of(Copy one, Copy other);
    }

    private static List<Change> pairs(OfTwo change) {
        List<Copy> all = List.of(copy("a"), copy("b"), copy("c"));
        return all.stream()
                .flatMap(one -> all.stream().map(other -> change.of(one, other)))
                .toList();
    }
}
