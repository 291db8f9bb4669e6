package io.prontuario.ha.model;

import java.time.Duration;

/**
 * One observer's view of the primary's host.
 *
 * @param observer the node that looked
 * @param target the node that was looked for
 * @param means how it looked, for people: {@code receiver}, {@code probe}, {@code proxy check}
 * @param answer what it saw
 * @param lastReachedAge how long ago the target was last reached by this means; a large value when never
 * @param byProxy a proxy has looked, and so reached the agent, which says nothing of the way to its server
 */
public record Sighting(
        NodeName observer, NodeName target, String means, Answer answer, Duration lastReachedAge, boolean byProxy) {

    /** One that looked for the server itself. */
    public Sighting(NodeName observer, NodeName target, String means, Answer answer, Duration lastReachedAge) {
        this(observer, target, means, answer, lastReachedAge, false);
    }
}
