package io.prontuario.ha.engine;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The epoch in which this node's server was opened, with a way to wait for it. Any thread. */
final class OpenGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long epoch;

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
        long left = limit.toNanos();
        lock.lock();
        try {
            while (epoch == 0 || epoch < wanted) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
