package io.prontuario.ha.decide;

import io.prontuario.ha.model.Copy;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator does next, and why.
 *
 * @param move what
 * @param subject who is to be nominated; null otherwise
 * @param cause why the present nominee is replaced, for RENOMINATE; null otherwise
 * @param reason a sentence for a person
 */
public record CoordinatorDecision(
        Move move, @Nullable Copy subject, @Nullable RenominationCause cause, String reason) {

    /** What a coordinator can do. */
    public enum Move {
        /** All is well. */
        REST,
        /** Something is wrong and nobody may take over. */
        HOLD,
        /** Write the nomination: the commit point of a takeover. */
        NOMINATE,
        /** A planned switchover before its nomination: the primary's agent is at work. */
        PREPARE,
        /** Nominate the target of a planned switchover. */
        SWITCH_OVER,
        /** Write that a planned switchover is undone. */
        UNDO,
        /** Nominate another heir. */
        RENOMINATE,
        /** Nominated, not yet active: the nominee's agent is at work. */
        AWAIT,
        /** Active, but the journal is open: bring the traffic to the new primary, then close the journal. */
        CARRY_ON,
        /** Write that a pause is over: it has lasted as long as was asked for. */
        RESUME
    }

    static CoordinatorDecision of(Move move, String reason) {
        return new CoordinatorDecision(move, null, null, reason);
    }
}
