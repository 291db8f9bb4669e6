package io.prontuario.ha.model;

import java.time.Instant;
import java.util.List;

/**
 * The transition that is under way, in the record itself, so that another coordinator can carry on.
 *
 * @param transitionId unique; nominations of the same transition share it
 * @param kind what sort
 * @param from the primary before the transition
 * @param tried the nominees so far, in order
 * @param reason why it was begun, as a sentence
 * @param startedAt wall time of the first nomination, for people
 */
public record Journal(
        String transitionId, TransitionKind kind, Copy from, List<Copy> tried, String reason, Instant startedAt) {
    public Journal {
        tried = List.copyOf(tried);
    }
}
