package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.spi.Ticker;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of one pool, and which of them are lent. Any thread. */
final class Lending {
    private final AtomicInteger lent = new AtomicInteger();
    private final Set<WatchedConnection> all = ConcurrentHashMap.newKeySet();
    private final Ticker ticker;
    private final Tally tally;
    private final Semaphore shares;
    private final Runnable nobody;

    /**
     * Begins without connections.
     *
     * @param shares one is given back with each connection
     * @param nobody called, on the thread that gave the last one back, when none is lent any more; returns at once
     */
    Lending(Ticker ticker, Tally tally, Semaphore shares, Runnable nobody) {
        this.ticker = ticker;
        this.tally = tally;
        this.shares = shares;
        this.nobody = nobody;
    }

    void made(WatchedConnection connection) {
        all.add(connection);
    }

    void ended(WatchedConnection connection) {
        all.remove(connection);
    }

    long now() {
        return ticker.nanos();
    }

    void lend() {
        lent.incrementAndGet();
    }

    void takeBack() {
        if (lent.decrementAndGet() == 0) {
            nobody.run();
        }
        shares.release();
    }

    Tally tally() {
        return tally;
    }

    int lent() {
        return lent.get();
    }

    /** Who has had a connection for the longest, as a sentence; empty when nobody has one. */
    String longest() {
        long now = ticker.nanos();
        return all.stream()
                .flatMap(connection -> connection.loan().stream())
                .min(Comparator.comparingLong(WatchedConnection.Loan::sinceNanos))
                .map(loan -> "thread " + loan.thread() + ", which has had a connection (server process "
                        + loan.serverProcess() + ") for " + (now - loan.sinceNanos()) / 1_000_000 + " ms")
                .orElse("");
    }
}
