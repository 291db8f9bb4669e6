package io.prontuario.ha.postgres.pool;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * As many have a connection or are about to get one as the pool has, first come first served. Any thread.
 *
 * <p>HikariCP's own queue is left by those who look for another primary after a moment, and they would begin at its end again: with ten
 * users a connection some waited for 16 s (measured).
 */
final class Shares {
    private final int size;
    private final Semaphore free;
    private final Runnable given;

    /** @param given called, on the thread that gave one back; returns at once */
    Shares(int size, Runnable given) {
        this.size = size;
        this.free = new Semaphore(size, true);
        this.given = given;
    }

    /** Waits for one; answers whether it was got. */
    boolean take(long limitNanos) throws SQLException {
        try {
            return free.tryAcquire(limitNanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a connection", e);
        }
    }

    void giveBack() {
        free.release();
        given.run();
    }

    /** How many are taken at this moment. */
    int taken() {
        return size - free.availablePermits();
    }
}
