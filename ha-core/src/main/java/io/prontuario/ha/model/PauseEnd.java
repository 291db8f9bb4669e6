package io.prontuario.ha.model;

import java.time.Duration;
import java.time.Instant;

/**
 * That a pause of the cluster ends by itself. The length counts, measured by whoever coordinates since it has seen the pause: clocks of
 * different machines need not agree for that. A coordinator whose process was started in the middle measures from its start, so a pause may
 * last longer than was asked for, and never shorter.
 *
 * @param id unique to this pause
 * @param after how long it lasts
 * @param about when that will be, by the clock of whoever asked; for people, never for deciding
 */
public record PauseEnd(String id, Duration after, Instant about) {
    public PauseEnd {
        if (after.isNegative() || after.isZero()) {
            throw new IllegalArgumentException("a pause of " + after + " is none: give more than zero");
        }
    }
}
