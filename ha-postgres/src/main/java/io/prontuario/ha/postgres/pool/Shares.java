package io.prontuario.ha.postgres.pool;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * As many have a connection or are about to get one as the pool has, first come first served. Any thread.
 *
 * <p>HikariCP's own queue is left by those who look for another primary after a moment, and they would begin at its end again: with ten
 * users a connection some waited for 16 s (measured).
 *
 * <p>While nobody waits a share costs two additions; a semaphore costs twice as much, and a borrow is no more than a few hundred
 * instructions.
 */
final class Shares {
    private static final int EVERYBODY = 1 << 20;

    private final int size;
    private final Runnable given;
    /** How many are left; below zero, how many wait. */
    private final AtomicInteger left;
    /** What is handed to those who wait, by whoever gives one back. */
    private final Semaphore handed = new Semaphore(0, true);

    /** @param given called, on the thread that gave one back; returns at once */
    Shares(int size, Runnable given) {
        this.size = size;
        this.given = given;
        this.left = new AtomicInteger(size);
    }

    /** Takes one if that needs no waiting; answers whether it has. */
    boolean takeAtOnce() {
        return left.getAndDecrement() > 0 || !leaves();
    }

    /** Waits for one; answers whether it was got. */
    boolean take(long limitNanos) throws SQLException {
        if (left.getAndDecrement() > 0) {
            return true;
        }
        try {
            return handed.tryAcquire(limitNanos, TimeUnit.NANOSECONDS) || !leaves();
        } catch (InterruptedException e) {
            if (!leaves()) {
                giveBack();
            }
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
        }
    }

    /** Waits no longer; answers whether it goes without one: somebody may have counted on handing it one already. */
    private boolean leaves() {
        for (int now = left.get(); now < 0; now = left.get()) {
            if (left.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        handed.acquireUninterruptibly();
        return false;
    }

    void giveBack() {
        if (left.getAndIncrement() < 0) {
            handed.release();
        }
        given.run();
    }

    /** Nobody waits any more, since these connections are of no use to anybody. */
    void end() {
        handed.release(EVERYBODY);
    }

    /** How many are taken at this moment. */
    int taken() {
        return Math.min(size, size - left.get());
    }
}
