package io.prontuario.ha.postgres.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How old a standby's rows are, without comparing clocks: it is as fresh as the youngest moment at which the primary was seen at a place of
 * its log that the standby has replayed since. Any thread.
 */
final class Freshness {
    /** At 20 looks a second the last half a minute; beyond it a standby is only ever taken to be older than it is. */
    private static final int KEPT = 600;

    private final ArrayDeque<Seen> notReplayed = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition further = lock.newCondition();
    private boolean known;
    private long freshAsOf;
    private long replayed;

    /** Where the primary was at a moment. */
    private record Seen(long position, long nanos) {}

    /** The primary was at this place of its log at this moment, or beyond. */
    void primaryAt(long position, long nanos) {
        lock.lock();
        try {
            if (notReplayed.size() == KEPT) {
                notReplayed.removeFirst();
            }
            notReplayed.addLast(new Seen(position, nanos));
        } finally {
            lock.unlock();
        }
    }

    /** The standby has replayed up to there. */
    void standbyAt(long position) {
        lock.lock();
        try {
            replayed = position;
            while (!notReplayed.isEmpty() && notReplayed.getFirst().position() <= position) {
                freshAsOf = notReplayed.removeFirst().nanos();
                known = true;
            }
            further.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Another standby, or another primary: nothing is known. */
    void forget() {
        lock.lock();
        try {
            notReplayed.clear();
            known = false;
            replayed = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Whether its rows are at most so old now. */
    boolean within(Duration bound, long now) {
        lock.lock();
        try {
            return known && now - freshAsOf <= bound.toNanos();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has replayed this place; answers whether it has. */
    boolean awaitReplayed(long position, Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (replayed < position && left > 0) {
                left = further.awaitNanos(left);
            }
            return replayed >= position;
        } finally {
            lock.unlock();
        }
    }

    /** For tests of what waits. */
    boolean awaited() {
        lock.lock();
        try {
            return lock.hasWaiters(further);
        } finally {
            lock.unlock();
        }
    }
}
