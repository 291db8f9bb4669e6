package io.prontuario.ha.model;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern EVIDENCE =
            Pattern.compile("epoch (\\d{1,18}), transition (\\S+), began (\\S+), took (-?\\d{1,18}) ns");

    /** The step that this entry tells of, as far as it tells it: of a long detail it has the beginning. Empty when it tells of none. */
    public Optional<StepRecord> step() {
        Matcher values = EVIDENCE.matcher(evidence);
        int space = what.lastIndexOf(' ');
        if ((kind != Kind.STEP && kind != Kind.REFUSAL) || space < 0 || !values.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StepRecord(
                    values.group(2),
                    Long.parseLong(values.group(1)),
                    new NodeName(who),
                    what.substring(0, space),
                    what.substring(space + 1),
                    Instant.parse(values.group(3)),
                    Duration.ofNanos(Long.parseLong(values.group(4))),
                    why));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            // Written by somebody else in these words.
            return Optional.empty();
        }
    }

    /** The evidence of a step's entry: the same for a step wherever it is read. */
    public static String evidence(StepRecord step) {
        return "epoch " + step.epoch() + ", transition " + step.transitionId() + ", began " + step.started() + ", took "
                + step.took().toNanos() + " ns";
    }
}
