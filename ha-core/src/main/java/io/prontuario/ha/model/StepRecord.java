package io.prontuario.ha.model;

import java.time.Duration;
import java.time.Instant;

/**
 * One step of a transition as it happened, for the history.
 *
 * @param transitionId the transition it belongs to
 * @param epoch the epoch of the transition
 * @param node where it ran
 * @param step its name, such as {@code detected}, {@code nominated}, {@code promoted}
 * @param outcome how it ended, in one word
 * @param started when it started, by that node's wall clock; for people, never for deciding
 * @param took how long it took, by that node's ticker
 * @param detail one line, may be empty
 */
public record StepRecord(
        String transitionId,
        long epoch,
        NodeName node,
        String step,
        String outcome,
        Instant started,
        Duration took,
        String detail) {}
