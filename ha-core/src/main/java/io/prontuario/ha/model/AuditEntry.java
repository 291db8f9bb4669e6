package io.prontuario.ha.model;

import java.time.Instant;

/**
 * One thing that somebody has decided, done, refused or allowed.
 *
 * @param at when, by the clock of whoever says it
 * @param who a node, or a person as far as it is known
 * @param kind what sort of thing
 * @param what in a few words
 * @param why the reason that was given; may be empty
 * @param evidence the values it rests on, or how it ended; may be empty
 */
public record AuditEntry(Instant at, String who, Kind kind, String what, String why, String evidence) {
    /** Sorts of entries. */
    public enum Kind {
        /** A node has decided to do something. */
        DECISION,
        /** A step of a transition has ended. */
        STEP,
        /** Something was asked for, or called for, and not done. */
        REFUSAL,
        /** A person was called. */
        ALARM,
        /** A person has allowed something. */
        APPROVAL,
        /** A person has asked for something. */
        OPERATOR
    }

    /** The evidence of a step's entry: the same for a step wherever it is read. */
    public static String evidence(StepRecord step) {
        return "epoch " + step.epoch() + ", transition " + step.transitionId() + ", began " + step.started() + ", took "
                + step.took().toNanos() + " ns";
    }
}
