package io.prontuario.ha.examples.faults;

import java.time.Duration;

/**
 * One fault of a schedule.
 *
 * @param kind what
 * @param target to whom
 * @param after when, counted from the beginning of its round
 * @param hold how long
 */
record PlannedFault(FaultKind kind, Target target, Duration after, Duration hold) {}
