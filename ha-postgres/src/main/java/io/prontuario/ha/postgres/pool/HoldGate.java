package io.prontuario.ha.postgres.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds those who want a connection while the primary moves, first come first served, and lets them go in a ramp: a crowd let loose at
 * once on a fresh primary waits longer than one that is let in at the pace of the pool. Any thread.
 */
final class HoldGate {
    private static final Duration STEP = Duration.ofMillis(2);

    private final int pace;
    private final Queue<CountDownLatch> waiting = new ArrayDeque<>();
    private final AtomicLong heldCount = new AtomicLong();
    private volatile boolean shut;
    private boolean holding;

    /** @param pace how many are let go at a time */
    HoldGate(int pace) {
        this.pace = pace;
    }

    synchronized void hold() {
        holding = true;
        shut = true;
    }

    /** Lets everybody go who waits, in the calling thread; those who come meanwhile queue behind them. */
    void release() {
        synchronized (this) {
            holding = false;
        }
        while (letGo()) {
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    private synchronized boolean letGo() {
        if (holding) {
            return false;
        }
        for (int i = 0; i < pace && !waiting.isEmpty(); i++) {
            waiting.remove().countDown();
        }
        shut = !waiting.isEmpty();
        return shut;
    }

    boolean isShut() {
        return shut;
    }

    /** Waits until it may pass; answers whether it may. Interruptible. */
    boolean pass(Duration limit) throws InterruptedException {
        CountDownLatch turn = new CountDownLatch(1);
        synchronized (this) {
            if (!shut) {
                return true;
            }
            waiting.add(turn);
        }
        try {
            return turn.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            synchronized (this) {
                waiting.remove(turn);
            }
            heldCount.incrementAndGet();
        }
    }

    synchronized int waiting() {
        return waiting.size();
    }

    long heldCount() {
        return heldCount.get();
    }
}
