package io.prontuario.ha.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a step ended. A value, never an exception.
 *
 * @param kind how
 * @param detail one line for a person: names the thing, the value, the limit and the next move; may be empty for DONE
 * @param again when to ask again, for {@link Kind#IN_PROGRESS} and {@link Kind#RETRY}; null otherwise
 * @param memo what the strategy wants to be handed back with the next call of the same step, such as the id of an operation that runs
 *     elsewhere; empty when nothing. A help, never the truth: the next caller may have lost it and must get the same end state
 */
public record Outcome(Kind kind, String detail, @Nullable Duration again, String memo) {
    /** Longest memo, in characters: it is meant to be journaled in the record. */
    public static final int LONGEST_MEMO = 500;

    public Outcome {
        if (memo.length() > LONGEST_MEMO) {
            throw new IllegalArgumentException(
                    "a memo of " + memo.length() + " characters, at most " + LONGEST_MEMO + " are journaled: " + memo);
        }
    }

    /** Without a memo. */
    public Outcome(Kind kind, String detail, @Nullable Duration again) {
        this(kind, detail, again, "");
    }

    /** How a step ended. */
    public enum Kind {
        /** It was done by this call and was seen to hold. */
        DONE,
        /** It held already; nothing was changed. */
        ALREADY_SO,
        /** It goes on; ask again. */
        IN_PROGRESS,
        /** Not now, nothing was changed; try again later. */
        RETRY,
        /** It cannot be done here; trying again without a change is pointless. */
        REFUSED,
        /** It may have happened: observe before anything else. */
        UNKNOWN
    }

    /** Done by this call and seen to hold. */
    public static Outcome done(String detail) {
        return new Outcome(Kind.DONE, detail, null);
    }

    /** It held already; nothing was changed. */
    public static Outcome alreadySo(String detail) {
        return new Outcome(Kind.ALREADY_SO, detail, null);
    }

    /** It goes on; ask again after {@code again}. */
    public static Outcome inProgress(String detail, Duration again) {
        return new Outcome(Kind.IN_PROGRESS, detail, again);
    }

    /** Not now, and nothing was changed; try again after {@code again}. */
    public static Outcome retry(String detail, Duration again) {
        return new Outcome(Kind.RETRY, detail, again);
    }

    /** It cannot be done here; {@code detail} says what has to change first. */
    public static Outcome refused(String detail) {
        return new Outcome(Kind.REFUSED, detail, null);
    }

    /** It may have happened, and nobody has seen whether. */
    public static Outcome unknown(String detail) {
        return new Outcome(Kind.UNKNOWN, detail, null);
    }

    /** The same, to be handed {@code text} back with the next call of the step. */
    public Outcome withMemo(String text) {
        return new Outcome(kind, detail, again, text);
    }

    /** Whether what was asked for holds now. */
    public boolean holds() {
        return switch (kind) {
            case DONE, ALREADY_SO -> true;
            case IN_PROGRESS, RETRY, REFUSED, UNKNOWN -> false;
        };
    }
}
