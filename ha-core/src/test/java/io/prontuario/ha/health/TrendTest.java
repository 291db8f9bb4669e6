package io.prontuario.ha.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** When a disk will be full. */
class TrendTest {
    private static Trend after(int minutes, IntToDoubleFunction left) {
        Trend trend = new Trend();
        for (int minute = 0; minute <= minutes; minute++) {
            trend.saw(Duration.ofMinutes(minute).toNanos(), left.applyAsDouble(minute));
        }
        return trend;
    }

    @Test
    void saysWhenNothingIsLeftAtTheRateSoFar() {
        assertEquals(Duration.ofMinutes(170), after(30, minute -> 200 - minute).lasts());
    }

    @Test
    void saysNothingAfterAFewMinutes() {
        assertNull(after(9, minute -> 200 - minute).lasts());
        assertNull(new Trend().lasts());
    }

    @Test
    void saysNothingOfWhatStaysOrGrows() {
        assertNull(after(60, minute -> 200).lasts());
        assertNull(after(60, minute -> 200 + minute).lasts());
    }

    @Test
    void saysNothingOfWhatLastsForMonths() {
        assertNull(after(60, minute -> 1e9 - minute).lasts());
    }

    /** Logs are written and recycled: by the first and the last point alone this disk would become emptier. */
    @Test
    void isNotLedAstrayByOnePoint() {
        Duration lasts =
                after(60, minute -> minute == 60 ? 1001 : 1000 - 5 * minute).lasts();
        assertNotNull(lasts);
        assertEquals(3, lasts.toHours());
    }

    /** Two hours after somebody has made room it is as if it had been so all along. */
    @Test
    void forgetsWhatWasLongAgo() {
        assertNull(
                after(240, minute -> minute < 100 ? 1000 - 10 * minute : 1000).lasts());
    }

    @Test
    void keepsOneValueAMinuteHoweverOftenItIsLooked() {
        Trend trend = new Trend();
        for (int second = 0; second <= 3600; second++) {
            trend.saw(Duration.ofSeconds(second).toNanos(), 7200 - second);
        }
        assertEquals(Duration.ofHours(1), trend.lasts());
    }
}
