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
 */
public record Sighting(NodeName observer, NodeName target, String means, Answer answer, Duration lastReachedAge) {}
