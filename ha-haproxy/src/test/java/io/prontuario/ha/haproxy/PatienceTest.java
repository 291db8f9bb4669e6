package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.haproxy.HaproxyException.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final Duration SHORT = Duration.ofMillis(100);
    private final HaproxyException away = new HaproxyException(Kind.TIMEOUT, "away");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final Patience patience = new Patience("unix:/run/haproxy.sock", LIMIT, now::get);

    private void later(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    private void awayTwice() {
        patience.away(away);
        patience.away(away);
    }

    @Test
    void waitsTheWholeLimitForAProxyThatAnswers() {
        for (int i = 0; i < 10; i++) {
            assertEquals(LIMIT, patience.granted(false));
            assertEquals(LIMIT, patience.granted(true));
            patience.answered();
        }
    }

    @Test
    void forgivesOneFailure() {
        patience.answered();
        patience.away(away);

        assertEquals(LIMIT, patience.granted(true));
    }

    @Test
    void waitsAFifthForOneThatWasAwayTwiceInARow() {
        awayTwice();

        assertEquals(SHORT, patience.granted(true));
        assertEquals(SHORT, patience.granted(false));
    }

    @Test
    void givesTheWholeLimitOnceASecondToWhatNobodyWaitsFor() {
        awayTwice();
        later(Duration.ofMillis(1001));

        assertEquals(SHORT, patience.granted(true));
        assertEquals(LIMIT, patience.granted(false));
        assertEquals(SHORT, patience.granted(false));
        patience.away(away);
        assertEquals(SHORT, patience.granted(false));
        later(Duration.ofMillis(1001));
        assertEquals(LIMIT, patience.granted(false));
    }

    @Test
    void trustsItAgainAsSoonAsItAnswers() {
        awayTwice();
        assertEquals(SHORT, patience.granted(true));

        patience.answered();

        assertEquals(LIMIT, patience.granted(true));
        patience.away(away);
        assertEquals(LIMIT, patience.granted(true));
    }

    @Test
    void neverWaitsLongerThanTheLimit() {
        Patience quick = new Patience("unix:/run/haproxy.sock", Duration.ofMillis(20), now::get);
        quick.away(away);
        quick.away(away);

        assertEquals(Duration.ofMillis(20), quick.granted(true));
    }
}
