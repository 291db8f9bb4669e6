package io.prontuario.ha.haproxy;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A moment by which everything that is asked of a proxy at one go must have ended. */
record Deadline(Ticker ticker, long at) {

    static Deadline in(Duration limit, Ticker ticker) {
        return new Deadline(ticker, ticker.nanos() + limit.toNanos());
    }

    boolean passed() {
        return ticker.nanos() - at >= 0;
    }

    /** What is left, never less than a millisecond, so that it can be handed on as a bound. */
    Duration left() {
        return Duration.ofNanos(Math.max(1_000_000, at - ticker.nanos()));
    }

    /** Gives the processor away for a moment; answers whether there is time left. */
    boolean pause(Duration moment) {
        LockSupport.parkNanos(Math.min(moment.toNanos(), Math.max(1, at - ticker.nanos())));
        return !passed() && !Thread.currentThread().isInterrupted();
    }
}
