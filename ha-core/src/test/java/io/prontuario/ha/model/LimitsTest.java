package io.prontuario.ha.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What times may be given, alone and together. */
final class LimitsTest {
    private static Limits limits(
            long suspicion, long standby, long reconnect, long promotion, long restart, long recertify, long session) {
        return new Limits(
                Duration.ofMillis(suspicion),
                Duration.ofMillis(standby),
                Duration.ofMillis(reconnect),
                Duration.ofMillis(promotion),
                Duration.ofMillis(restart),
                Duration.ofMillis(recertify),
                Duration.ofMillis(session));
    }

    @Test
    void theDefaultsMayBeUsed() {
        assertEquals(List.of(), Limits.DEFAULT.violations());
    }

    @Test
    void theSmallestAndTheLargestMayBeUsed() {
        assertEquals(List.of(), limits(200, 100, 0, 1000, 500, 10, 500).violations());
        assertEquals(
                List.of(),
                limits(60_000, 60_000, 10_000, 600_000, 600_000, 60_000, 60_000).violations());
    }

    @Test
    void namesEveryOneThatIsOutOfItsRange() {
        assertEquals(
                List.of(
                        "suspicionTime is 199 ms, must be between 200 and 60000 ms",
                        "standbyTimeout is 99 ms, must be between 100 and 60000 ms",
                        "reconnectGrace is 10001 ms, must be between 0 and 10000 ms",
                        "promotionTimeout is 999 ms, must be between 1000 and 600000 ms",
                        "restartGrace is 499 ms, must be between 500 and 600000 ms",
                        "recertifyPause is 9 ms, must be between 10 and 60000 ms",
                        "sessionTime is 499 ms, must be between 500 and 60000 ms"),
                limits(199, 99, 10_001, 999, 499, 9, 499).violations());
    }

    @Test
    void namesEveryOneThatDoesNotGoWithAnother() {
        assertEquals(
                List.of(
                        "reconnectGrace is 1001 ms, must be at most standbyTimeout, 1000 ms: a standby that is gone is"
                                + " not waited for longer than one that is there",
                        "promotionTimeout is 2000 ms, must be at least suspicionTime, 3000 ms: a nominee is not given"
                                + " up sooner than a silent host",
                        "restartGrace is 1500 ms, must be at least suspicionTime, 3000 ms: the server would be"
                                + " restarted before anybody could have taken over",
                        "restartGrace is 1500 ms, must be at least sessionTime, 2000 ms: the server would be"
                                + " restarted before anybody could have taken over"),
                limits(3000, 1000, 1001, 2000, 1500, 300, 2000).violations());
    }
}
