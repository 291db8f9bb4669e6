package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A moment by which a step must have answered, and the longest that one call within it may take. */
record Deadline(Ticker ticker, long at, Duration call) {

    static Deadline in(Duration limit, Duration call, Ticker ticker) {
        return new Deadline(ticker, ticker.nanos() + limit.toNanos(), call);
    }

    boolean passed() {
        return ticker.nanos() - at >= 0;
    }

    /** What one call may take now: what is left, at most the limit of a call, never less than a millisecond. */
    Duration left() {
        long nanos = Math.max(1_000_000, at - ticker.nanos());
        return Duration.ofNanos(Math.min(nanos, call.toNanos()));
    }

    /** Gives the processor away for a moment, at most until the deadline; answers whether there is time left. */
    boolean pause(Duration moment) {
        long until = ticker.nanos() + moment.toNanos();
        while (!passed()
                && ticker.nanos() - until < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Math.min(until, at) - ticker.nanos());
        }
        return !passed() && !Thread.currentThread().isInterrupted();
    }
}
