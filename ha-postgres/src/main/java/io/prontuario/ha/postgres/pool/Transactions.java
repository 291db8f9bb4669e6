package io.prontuario.ha.postgres.pool;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions whose outcome is always known: at the price of one row each, which {@link #tableSql} makes room for.
 *
 * <p>When a commit is not answered, or its wait for a standby was cancelled, it is asked for on the primary of that moment, which may be
 * another server, until there is an answer or the data source's patience has ended. Any thread.
 */
public final class Transactions {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final double GROWTH = 2;

    private final DataSource pool;
    private final Duration patience;
    private final Ticker ticker;
    private final Outcomes outcomes = new Outcomes();

    Transactions(DataSource pool, Duration patience, Ticker ticker) {
        this.pool = pool;
        this.patience = patience;
        this.ticker = ticker;
    }

    /** Creates the table of outcomes in a schema of its own; the application's role needs insert, update, delete and select on it. */
    public static String tableSql() {
        return Outcomes.TABLE;
    }

    /**
     * Does something in one transaction, once.
     *
     * @return what came of it; it is committed then, on every server that may take over
     * @throws NotCommittedException when the commit was not answered and nothing of it remained
     * @throws InDoubtException when that could not be found out within the patience
     * @throws SQLException when it failed before its commit: rolled back
     */
    public <T> T inTransaction(TransactionWork<T> work) throws SQLException {
        UUID token = UUID.randomUUID();
        T result;
        @Nullable InDoubtException doubt;
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            result = done(connection, work, token);
            doubt = commit(connection);
        }
        if (doubt != null && !committed(token, doubt)) {
            throw new NotCommittedException("nothing of the transaction remained: " + doubt.getMessage(), doubt);
        }
        return result;
    }

    private <T> T done(Connection connection, TransactionWork<T> work, UUID token) throws SQLException {
        try {
            T result = work.on(connection);
            outcomes.write(connection, token);
            return result;
        } catch (SQLException | RuntimeException e) {
            try {
                connection.rollback();
            } catch (SQLException broken) {
                // Then the server rolls it back.
                e.addSuppressed(broken);
            }
            throw e;
        }
    }

    private static @Nullable InDoubtException commit(Connection connection) throws SQLException {
        try {
            connection.commit();
            return null;
        } catch (InDoubtException e) {
            return e;
        }
    }

    private boolean committed(UUID token, InDoubtException doubt) throws InDoubtException {
        long until = ticker.nanos() + patience.toNanos();
        do {
            try (Connection connection = pool.getConnection()) {
                return outcomes.committed(connection, token);
            } catch (SQLException e) {
                doubt.addSuppressed(e);
                LockSupport.parkNanos(FIRST_PAUSE.toNanos());
            }
        } while (ticker.nanos() - until < 0 && !Thread.currentThread().isInterrupted());
        throw doubt;
    }

    /**
     * The same, again and again when it is certain that nothing of it was committed: the connection broke before the commit, the server was no
     * primary any more, transactions were in each other's way. What it does outside of the database has to bear repetition.
     *
     * @param attempts how many at most
     */
    public <T> T repeated(int attempts, TransactionWork<T> work) throws SQLException {
        Retry retry = Retry.of(
                "transaction",
                RetryConfig.custom()
                        .maxAttempts(attempts)
                        .intervalFunction(
                                IntervalFunction.ofExponentialRandomBackoff(FIRST_PAUSE, GROWTH, LONGEST_PAUSE))
                        .retryOnException(Transactions::mayBeRepeated)
                        .build());
        try {
            return retry.executeCheckedSupplier(() -> inTransaction(work));
        } catch (SQLException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("work of a transaction throws nothing else", e);
        }
    }

    static boolean mayBeRepeated(Throwable failure) {
        if (!(failure instanceof SQLException e) || e instanceof InDoubtException || e.getSQLState() == null) {
            return false;
        }
        String state = e.getSQLState();
        return state.equals(EvictDeposed.READ_ONLY)
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("57P");
    }
}
