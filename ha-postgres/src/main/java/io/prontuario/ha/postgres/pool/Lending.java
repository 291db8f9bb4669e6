package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.spi.Ticker;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of one pool, and who has them. Any thread. */
final class Lending {
    private final Set<WatchedConnection> all = ConcurrentHashMap.newKeySet();
    private final Ticker ticker;
    private final Tally tally;
    private final Shares shares;

    /** Begins without connections. */
    Lending(Ticker ticker, Tally tally, Shares shares) {
        this.ticker = ticker;
        this.tally = tally;
        this.shares = shares;
    }

    void made(WatchedConnection connection) {
        all.add(connection);
    }

    void ended(WatchedConnection connection) {
        all.remove(connection);
    }

    Shares shares() {
        return shares;
    }

    Tally tally() {
        return tally;
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
