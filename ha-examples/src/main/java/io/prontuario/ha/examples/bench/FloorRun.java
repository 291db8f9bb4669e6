package io.prontuario.ha.examples.bench;

import java.time.Duration;

/**
 * One run of the floor.
 *
 * @param outage what the prober saw
 * @param promoted from the kill until the standby was out of recovery
 * @param flipped how long the proxy's flip took
 * @param lost acknowledged writes that are missing
 */
public record FloorRun(Duration outage, Duration promoted, Duration flipped, int lost) {}
