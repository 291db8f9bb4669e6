package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How far behind a follower is, in time; a second for each look. */
class LagClockTest {
    private final LagClock clock = new LagClock();
    private long second;

    private long behindAfter(long end, long follower) {
        second++;
        clock.saw(nanos(second), end, follower);
        return clock.behind(nanos(second)).toSeconds();
    }

    private static long nanos(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    /** The age of the last transaction would grow all the time. */
    @Test
    void whoHasAllIsNotBehindHoweverLongNothingIsWritten() {
        assertEquals(0, behindAfter(100, 100));
        second += 3600;
        assertEquals(0, behindAfter(100, 100));
        assertEquals(0, clock.bytes());
    }

    @Test
    void whoStandsStillFallsBehindFromTheFirstThingThatIsMissing() {
        behindAfter(100, 100);
        assertEquals(0, behindAfter(110, 100));
        assertEquals(1, behindAfter(120, 100));
        assertEquals(2, behindAfter(120, 100));
        assertEquals(20, clock.bytes());
    }

    @Test
    void whoFollowsAtADistanceKeepsIt() {
        behindAfter(100, 100);
        behindAfter(110, 100);
        behindAfter(120, 100);
        assertEquals(1, behindAfter(130, 110));
        assertEquals(1, behindAfter(140, 120));
        assertEquals(0, behindAfter(140, 140));
    }

    @Test
    void anotherLogBeginsAnew() {
        behindAfter(1000, 100);
        assertEquals(900, clock.bytes());
        assertEquals(0, behindAfter(500, 500));
        assertEquals(0, clock.bytes());
    }

    /** A day of standing still in a bounded memory; when it began is kept. */
    @Test
    void remembersWhenItBeganHoweverLongAgo() {
        behindAfter(100, 100);
        for (int i = 1; i <= 86_400; i++) {
            behindAfter(100 + i, 100);
        }
        assertEquals(86_399, clock.behind(nanos(second)).toSeconds());
    }
}
