package io.prontuario.ha.decide;

import io.prontuario.ha.decide.EmergencyDecision.Move;
import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.Verdict;
import java.util.Optional;

/**
 * What is done next about a lost site: a pure function. It begins nothing without the record in hand, and goes on without it only as far as
 * a person has declared.
 */
public final class EmergencyPolicy {

    private EmergencyPolicy() {}

    public static EmergencyDecision decide(EmergencyView view) {
        ClusterState state = view.cluster().state();
        if (view.inHand() && state != null) {
            Optional<String> disobeyed = Protocol.disobeys(state, view.cluster().memory());
            if (disobeyed.isPresent()) {
                return EmergencyDecision.of(Move.HOLD, disobeyed.get());
            }
        }
        Emergency now = view.emergency();
        if (now == null || !now.open()) {
            return view.inHand() ? asks(view) : EmergencyDecision.of(Move.REST, "no emergency");
        }
        if (!view.inHand() && !now.declared()) {
            return EmergencyDecision.of(
                    Move.HOLD,
                    now.summary() + ". It does not go on without the store: a person may declare it"
                            + " (ha gcp declare) on the node that is left");
        }
        return switch (now.phase()) {
            case ASKED -> asked(view, now);
            case DECLINED ->
                siteServes(view)
                        ? EmergencyDecision.of(
                                Move.END, SiteLoss.verdict(view.cluster()).reason())
                        : EmergencyDecision.of(
                                Move.HOLD,
                                "an emergency was asked for and " + now.reason() + ". ha approve still grants it");
            case WAKING -> waking(view, now);
            case SERVING -> serving(view, now);
            case RETURNING -> returning(view, now);
            case CLEARING ->
                view.inHand()
                        ? EmergencyDecision.of(Move.CLEAR, now.reason())
                        : EmergencyDecision.of(Move.HOLD, "the way back waits for the store");
            case ENDED -> EmergencyDecision.of(Move.REST, "no emergency");
        };
    }

    private static EmergencyDecision asks(EmergencyView view) {
        Verdict verdict = SiteLoss.verdict(view.cluster());
        return switch (verdict.kind()) {
            case DEAD ->
                view.lostFor().compareTo(view.rules().after()) >= 0
                        ? EmergencyDecision.of(
                                Move.ASK,
                                verdict.reason() + ", for "
                                        + view.rules().after().toSeconds() + " s")
                        : EmergencyDecision.of(Move.REST, verdict.reason());
            case ALIVE, CUT_OFF, UNCERTAIN -> EmergencyDecision.of(Move.REST, verdict.reason());
        };
    }

    private static EmergencyDecision asked(EmergencyView view, Emergency now) {
        if (siteServes(view)) {
            return EmergencyDecision.of(
                    Move.END, SiteLoss.verdict(view.cluster()).reason());
        }
        ApprovalAnswer answer = view.answer();
        return switch (answer.kind()) {
            case GRANTED -> new EmergencyDecision(Move.GRANT, "approved by " + answer.by(), answer.by());
            case DENIED -> new EmergencyDecision(Move.DECLINE, "denied by " + answer.by(), answer.by());
            case NOT_YET -> unanswered(view, now);
        };
    }

    private static EmergencyDecision unanswered(EmergencyView view, Emergency now) {
        long seconds = view.rules().approvalTime().toSeconds();
        if (view.phaseFor().compareTo(view.rules().approvalTime()) < 0) {
            return EmergencyDecision.of(
                    Move.HOLD,
                    "an approval is awaited (ha approve): " + now.reason() + ". Without an answer in " + seconds + " s "
                            + (view.rules().goWithoutAnswer() ? "it is granted" : "it is declined"));
        }
        return view.rules().goWithoutAnswer()
                ? new EmergencyDecision(
                        Move.GRANT, "nobody has answered in " + seconds + " s, and the rules say to go", "the rules")
                : EmergencyDecision.of(Move.DECLINE, "nobody has answered in " + seconds + " s");
    }

    private static EmergencyDecision waking(EmergencyView view, Emergency now) {
        if (now.rehearsal()) {
            if (!view.refused().isEmpty()) {
                return EmergencyDecision.of(Move.TURN_BACK, "given up: " + view.refused());
            }
            return view.phaseFor().compareTo(view.rules().drillLimit()) < 0
                    ? EmergencyDecision.of(Move.WAKE, now.reason())
                    : EmergencyDecision.of(
                            Move.TURN_BACK,
                            "given up: not within " + view.rules().drillLimit().toSeconds() + " s");
        }
        // A server that runs on site and is no primary does not count here: whoever approved has given it up.
        Optional<String> serves = view.inHand() ? SiteLoss.primaryServes(view.cluster()) : Optional.empty();
        return serves.map(primary -> EmergencyDecision.of(
                        Move.HOLD,
                        primary + " serves on site: nobody more is led away. ha gcp failback puts the environment to"
                                + " sleep again"))
                .orElseGet(() -> EmergencyDecision.of(Move.WAKE, now.reason()));
    }

    private static EmergencyDecision serving(EmergencyView view, Emergency now) {
        if (now.rehearsal()) {
            return EmergencyDecision.of(Move.TURN_BACK, "it has served");
        }
        Optional<String> against = SiteLoss.againstReturn(view.cluster());
        return EmergencyDecision.of(
                Move.WATCH,
                against.isPresent() || !view.inHand()
                        ? "the environment serves"
                        : "the environment serves, and the site is well again: ha gcp failback leads clients home");
    }

    private static EmergencyDecision returning(EmergencyView view, Emergency now) {
        if (!view.inHand()) {
            return EmergencyDecision.of(Move.HOLD, "the way back waits for the store");
        }
        Optional<String> against = now.rehearsal() ? Optional.empty() : SiteLoss.againstReturn(view.cluster());
        return against.isPresent()
                ? EmergencyDecision.of(Move.HOLD, "clients stay where they are: " + against.get())
                : EmergencyDecision.of(Move.LEAD_HOME, now.reason());
    }

    private static boolean siteServes(EmergencyView view) {
        return view.inHand() && SiteLoss.verdict(view.cluster()).kind() == Verdict.Kind.ALIVE;
    }
}
