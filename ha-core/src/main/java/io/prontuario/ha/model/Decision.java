package io.prontuario.ha.model;

import org.jspecify.annotations.Nullable;

/**
 * What a policy decides about the primary.
 *
 * @param kind what
 * @param to who takes over, for FAIL_OVER and NEEDS_APPROVAL; null otherwise
 * @param reason why, as a sentence for a person, with the values it rests on
 */
public record Decision(Kind kind, @Nullable Copy to, String reason) {
    /** What can be decided. */
    public enum Kind {
        /** All is well. */
        STAY,
        /** Let {@code to} take over. */
        FAIL_OVER,
        /** Something is wrong and nobody may take over: a person should know. */
        HOLD_AND_ALERT,
        /** {@code to} would take over once a person or an approver agrees. */
        NEEDS_APPROVAL
    }

    /** All is well. */
    public static Decision stay(String reason) {
        return new Decision(Kind.STAY, null, reason);
    }

    /** Let {@code to} take over. */
    public static Decision failOver(Copy to, String reason) {
        return new Decision(Kind.FAIL_OVER, to, reason);
    }

    /** {@code to} would take over once a person agrees. */
    public static Decision needsApproval(Copy to, String reason) {
        return new Decision(Kind.NEEDS_APPROVAL, to, reason);
    }

    /** Something is wrong and nobody may take over. */
    public static Decision hold(String reason) {
        return new Decision(Kind.HOLD_AND_ALERT, null, reason);
    }
}
