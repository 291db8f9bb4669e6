package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.TransitionKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every legal change of the emergency. It is written by compare-and-set like the record, and beside it: none of these changes touches who
 * may acknowledge a write, so the one safety rule does not depend on any of them.
 */
public final class EmergencyProtocol {
    /**
     * A legal change of phase.
     *
     * @param from null: there is none, or the last one has ended
     * @param to what follows
     * @param comment when
     */
    public record Row(@Nullable EmergencyPhase from, EmergencyPhase to, String comment) {}

    /** All of them; what is not here is refused. */
    public static final List<Row> ROWS = List.of(
            new Row(null, EmergencyPhase.ASKED, "nobody on site can serve, seen by more than one observer"),
            new Row(null, EmergencyPhase.WAKING, "declared by a person, rehearsed, or no approval is needed"),
            new Row(EmergencyPhase.ASKED, EmergencyPhase.WAKING, "approved, declared, or the stated default says so"),
            new Row(EmergencyPhase.ASKED, EmergencyPhase.DECLINED, "denied, or nobody has answered in time"),
            new Row(EmergencyPhase.ASKED, EmergencyPhase.ENDED, "somebody on site serves again"),
            new Row(EmergencyPhase.DECLINED, EmergencyPhase.WAKING, "approved after all, or declared"),
            new Row(EmergencyPhase.DECLINED, EmergencyPhase.ENDED, "somebody on site serves again"),
            new Row(EmergencyPhase.WAKING, EmergencyPhase.SERVING, "the environment serves as it should"),
            new Row(
                    EmergencyPhase.WAKING,
                    EmergencyPhase.RETURNING,
                    "a person asks for the way back; a rehearsal is over"),
            new Row(EmergencyPhase.SERVING, EmergencyPhase.RETURNING, "a person asks for the way back"),
            new Row(
                    EmergencyPhase.RETURNING,
                    EmergencyPhase.WAKING,
                    "declared again: the site is lost on the way back"),
            new Row(EmergencyPhase.RETURNING, EmergencyPhase.CLEARING, "clients have been led home and have left"),
            new Row(
                    EmergencyPhase.CLEARING,
                    EmergencyPhase.ENDED,
                    "nothing waits elsewhere, and the environment sleeps"));

    private EmergencyProtocol() {}

    /** Asks for one, or begins it where no approval is needed. */
    public static EmergencyChange ask(
            ClusterState state, @Nullable Emergency now, String id, boolean approved, String reason, Instant at) {
        EmergencyPhase to = approved ? EmergencyPhase.WAKING : EmergencyPhase.ASKED;
        return begin(state, now, id, TransitionKind.EMERGENCY, to, reason, approved ? "the rules" : "", at);
    }

    /** Begins a rehearsal. */
    public static EmergencyChange rehearse(
            ClusterState state, @Nullable Emergency now, String id, String by, Instant at) {
        return begin(state, now, id, TransitionKind.DRILL, EmergencyPhase.WAKING, "a rehearsal", by, at);
    }

    private static EmergencyChange begin(
            ClusterState state,
            @Nullable Emergency now,
            String id,
            TransitionKind kind,
            EmergencyPhase to,
            String reason,
            String by,
            Instant at) {
        return now != null && now.open()
                ? EmergencyChange.refused(now.summary() + " is not over")
                : EmergencyChange.to(
                        new Emergency(id, kind, to, state.clusterId(), state.epoch(), reason, by, false, at, ""));
    }

    /**
     * A person declares it, by a token that names the cluster and the epoch. A rehearsal that is under way goes back to sleep first.
     *
     * @param inHand whether it is written by compare-and-set; if not, it holds on the declaring node alone until the store is back
     */
    public static EmergencyChange declare(
            ClusterState state,
            @Nullable Emergency now,
            Declaration declaration,
            String id,
            boolean inHand,
            Instant at) {
        Optional<String> wrong = mismatch(declaration, state.clusterId(), state.epoch());
        if (wrong.isPresent()) {
            return EmergencyChange.refused(wrong.get());
        }
        String reason = "declared by " + declaration.by();
        if (now != null && now.open()) {
            return now.rehearsal()
                    ? EmergencyChange.refused(now.summary() + " is not over: ask it back first (ha gcp failback)")
                    : move(now, EmergencyPhase.WAKING, reason, declaration.by(), at);
        }
        return EmergencyChange.to(new Emergency(
                id,
                TransitionKind.EMERGENCY,
                EmergencyPhase.WAKING,
                state.clusterId(),
                state.epoch(),
                reason,
                declaration.by(),
                !inHand,
                at,
                ""));
    }

    /** Why a declaration is not for this cluster at this epoch; empty when it is. */
    public static Optional<String> mismatch(Declaration declaration, String clusterId, long epoch) {
        return declaration.clusterId().equals(clusterId) && declaration.epoch() == epoch
                ? Optional.empty()
                : Optional.of("the declaration names cluster " + declaration.clusterId() + ", epoch "
                        + declaration.epoch() + ", but this is " + clusterId + ", epoch " + epoch
                        + ": declare it with "
                        + new Declaration(clusterId, epoch, declaration.by()).token());
    }

    /** Lets it come into another phase, if that is a legal one. */
    public static EmergencyChange move(Emergency now, EmergencyPhase to, String reason, String by, Instant at) {
        boolean legal = ROWS.stream().anyMatch(row -> row.from() == now.phase() && row.to() == to);
        return legal
                ? EmergencyChange.to(new Emergency(
                        now.id(),
                        now.kind(),
                        to,
                        now.clusterId(),
                        now.epoch(),
                        reason,
                        by.isEmpty() ? now.by() : by,
                        now.declared(),
                        at,
                        ""))
                : EmergencyChange.refused(now.summary() + ": it cannot become " + to + " from there");
    }
}
