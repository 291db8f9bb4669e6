package io.prontuario.ha.postgres.pool;

import java.time.Duration;

/**
 * What a {@link FailoverDataSource} has done so far. What HikariCP counts it counts itself, for each epoch's pool: see
 * {@link PoolSettings#hikari}.
 *
 * @param epoch whose primary connections lead to; 0 while there is none
 * @param lent connections lent at this moment
 * @param holding borrowers held at this moment
 * @param held borrowers that have been held
 * @param heldTime how long, all together
 * @param longestHeld how long the longest of them
 * @param evicted connections that were ended because their server was no primary any more, or broke
 * @param inDoubt commits whose outcome was open
 */
public record PoolFigures(
        long epoch,
        int lent,
        int holding,
        long held,
        Duration heldTime,
        Duration longestHeld,
        long evicted,
        long inDoubt) {}
