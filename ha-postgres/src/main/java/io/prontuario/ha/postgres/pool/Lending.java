package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.spi.Ticker;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections of one pool, and who has them. Any thread.
 *
 * <p>A borrow does not look at the clock, which would cost a tenth of it: since when somebody has a connection is told by the last look at
 * the clock before it, and there is one at least with every record and on the node's slow beat.
 */
final class Lending {
    private final Set<WatchedConnection> all = ConcurrentHashMap.newKeySet();
    private final Ticker ticker;
    private final Tally tally;
    private final Shares shares;
    private volatile long seen;
    private volatile Runnable breaks = () -> {};

    /** Begins without connections. */
    Lending(Ticker ticker, Tally tally, Shares shares) {
        this.ticker = ticker;
        this.tally = tally;
        this.shares = shares;
        look();
    }

    /** Looks at the clock. */
    void look() {
        seen = ticker.nanos();
    }

    /** When somebody has last looked at the clock. */
    long seen() {
        return seen;
    }

    void made(WatchedConnection connection) {
        all.add(connection);
    }

    void ended(WatchedConnection connection) {
        all.remove(connection);
    }

    /** What is done when one of them breaks: the others lead to the same server, and one that lies idle finds out only when it is used. */
    void whenOneBreaks(Runnable what) {
        breaks = what;
    }

    /** One has broken. */
    void broke() {
        tally.evicted(1);
        breaks.run();
    }

    Shares shares() {
        return shares;
    }

    Tally tally() {
        return tally;
    }

    /** How many of them this thread has. */
    long with(Thread thread) {
        return all.stream().filter(connection -> connection.isWith(thread)).count();
    }

    /** Who has had a connection for the longest, as a sentence; empty when nobody has one. */
    String longest() {
        long now = ticker.nanos();
        return all.stream()
                .flatMap(connection -> connection.loan().stream())
                .min(Comparator.comparingLong(WatchedConnection.Loan::sinceNanos))
                .map(loan -> name(loan.thread()) + ", which has had a connection (server process "
                        + loan.serverProcess() + ") for " + (now - loan.sinceNanos()) / 1_000_000 + " ms")
                .orElse("");
    }

    /** A virtual thread is not found by its number. */
    private static String name(long thread) {
        ThreadInfo known = ManagementFactory.getThreadMXBean().getThreadInfo(thread);
        return "thread " + (known == null ? "#" + thread : known.getThreadName());
    }
}
