package io.prontuario.ha.engine;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The epoch in which this node's server was opened, with a way to wait for it. Any thread. */
final class OpenGate {
    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long epoch;

    OpenGate(Ticker ticker) {
        this.ticker = ticker;
    }

    long epoch() {
        lock.lock();
        try {
            return epoch;
        } finally {
            lock.unlock();
        }
    }

    void set(long opened) {
        lock.lock();
        try {
            epoch = opened;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is open in {@code wanted} or a later epoch, waiting up to the limit for it. */
    boolean await(long wanted, Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        lock.lock();
        try {
            while (epoch == 0 || epoch < wanted) {
                long left = deadline - ticker.nanos();
                if (left <= 0 || !waited(left)) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean waited(long nanos) {
        try {
            long left = changed.awaitNanos(nanos);
            return left > Long.MIN_VALUE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
