package io.prontuario.ha.haproxy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.prontuario.ha.spi.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

/**
 * How long a proxy is waited for: the whole limit while it answers, a fifth of it once it has been away twice in a row. A circuit breaker
 * that shortens and never forbids: a proxy that came back a moment ago must be flipped, and every attempt finds out whether it is back.
 *
 * <p>Once a second an attempt gets the whole limit all the same, for a proxy that is merely slow; not one that others wait for.
 */
final class Patience {
    private static final Duration REST = Duration.ofSeconds(1);
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final int IN_A_ROW = 2;

    private final Duration limit;
    private final CircuitBreaker breaker;

    Patience(String proxy, Duration limit, Ticker ticker) {
        this.limit = limit;
        this.breaker = CircuitBreaker.of(
                proxy,
                CircuitBreakerConfig.custom()
                        .slidingWindow(IN_A_ROW, IN_A_ROW, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(100)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(REST)
                        .clock(new TickerClock(ticker))
                        .build());
    }

    /** How long the next attempt may take. */
    Duration granted(boolean othersWait) {
        boolean trusted = breaker.getState() == CircuitBreaker.State.CLOSED;
        return trusted || (!othersWait && breaker.tryAcquirePermission()) ? limit : shortened();
    }

    private Duration shortened() {
        Duration fifth = limit.dividedBy(5);
        Duration least = fifth.compareTo(SHORTEST) < 0 ? SHORTEST : fifth;
        return least.compareTo(limit) < 0 ? least : limit;
    }

    /** It answered, whatever it said: it has the whole patience again. */
    void answered() {
        if (breaker.getState() == CircuitBreaker.State.CLOSED) {
            breaker.onSuccess(0, TimeUnit.NANOSECONDS);
        } else {
            breaker.transitionToClosedState();
        }
    }

    void away(HaproxyException how) {
        breaker.onError(0, TimeUnit.NANOSECONDS, how);
    }

    /** The breaker rests by the wall clock unless it is given another; a corrected wall clock must not make it rest for hours. */
    private static final class TickerClock extends Clock {
        private final Ticker ticker;
        private final long from;

        TickerClock(Ticker ticker) {
            this.ticker = ticker;
            this.from = ticker.nanos();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(ticker.nanos() - from);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
