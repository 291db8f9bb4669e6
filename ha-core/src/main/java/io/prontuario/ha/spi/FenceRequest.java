package io.prontuario.ha.spi;

import io.prontuario.ha.model.Copy;
import java.time.Duration;

/**
 * Whom to fence.
 *
 * @param clusterId of which cluster
 * @param epoch in which it is the primary
 * @param primary the node, and the copy on it
 * @param reason why, as a sentence
 * @param limit how long the call may take
 */
public record FenceRequest(String clusterId, long epoch, Copy primary, String reason, Duration limit) {}
