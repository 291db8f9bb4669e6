package io.prontuario.ha.model;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transition that is under way, in the record itself, so that another coordinator can carry on.
 *
 * @param transitionId unique; nominations of the same transition share it
 * @param kind what sort
 * @param from the primary before the transition
 * @param target whom a planned switchover is for, until that is nominated; null otherwise, and when it is being undone
 * @param tried the nominees so far, in order; empty before the first nomination
 * @param reason why it was begun, as a sentence
 * @param startedAt wall time of the first nomination, for people
 */
public record Journal(
        String transitionId,
        TransitionKind kind,
        Copy from,
        @Nullable Copy target,
        List<Copy> tried,
        String reason,
        Instant startedAt) {
    public Journal {
        tried = List.copyOf(tried);
    }

    /** Whether it is a planned switchover that was asked for, or is being undone, and nobody has been nominated in it. */
    public boolean beforeNomination() {
        return kind == TransitionKind.SWITCHOVER && tried.isEmpty();
    }
}
