package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Connections that may only read: to a certified standby that is not tagged {@code noReads} and whose rows are at most
 * {@link PoolSettings#staleness} old, otherwise to the primary.
 *
 * <p>On the primary the driver keeps nobody from writing outside of a transaction, unless its property {@code readOnlyMode} is {@code always}.
 *
 * <p>What was written before by the same user may be missing on a standby that is fresh enough for others: whoever needs it asks for
 * {@link #getConnectionAfter} with the {@link #position} of the write. Thread-safe; ends with the data source that it belongs to.
 */
public final class StandbyReads extends PlainDataSource {
    private static final String POSITION = "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn";

    private final FailoverDataSource primary;
    private final PoolSettings settings;
    private final Ticker ticker;
    private final Tally tally;
    private final ExecutorService undertaker;
    private final Freshness freshness = new Freshness();
    private volatile @Nullable Route route;

    /** To one standby of one epoch. */
    private record Route(long epoch, PostgresAddress to, EpochPool pool, ReplayWatch watch) {}

    StandbyReads(
            FailoverDataSource primary, PoolSettings settings, Ticker ticker, Tally tally, ExecutorService undertaker) {
        this.primary = primary;
        this.settings = settings;
        this.ticker = ticker;
        this.tally = tally;
        this.undertaker = undertaker;
    }

    /** Called by one thread at a time. */
    void follow(ClusterState state) {
        PostgresAddress from = settings.servers().get(state.primary().node());
        PostgresAddress to = !state.active()
                ? null
                : state.inSync().stream()
                        .map(Copy::node)
                        .filter(node -> !primary.tags(node).noReads())
                        .map(settings.servers()::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
        Route before = route;
        if (before != null && before.epoch() == state.epoch() && before.to().equals(to)) {
            before.pool().lending().look();
            return;
        }
        end();
        if (to != null && from != null) {
            freshness.forget();
            Lending lending = new Lending(ticker, tally, new Shares(settings.size(), primary::givenBack));
            route = new Route(
                    state.epoch(),
                    to,
                    EpochPool.ofStandby(state.epoch(), to, settings, lending),
                    new ReplayWatch(from, to, settings, freshness, ticker));
        }
    }

    void end() {
        Route last = route;
        route = null;
        if (last != null) {
            last.watch().close();
            last.pool().leave();
            undertaker.execute(last.pool()::abort);
        }
    }

    /** Who is still reading from a standby, as a sentence; empty when nobody is. */
    String inUse() {
        Route present = route;
        return present == null ? "" : present.pool().inUse();
    }

    /** How many connections to a standby are lent. */
    int taken() {
        Route present = route;
        return present == null ? 0 : present.pool().shares().taken();
    }

    /** How many of them this thread has. */
    long with(Thread thread) {
        Route present = route;
        return present == null ? 0 : present.pool().lending().with(thread);
    }

    /** Where the log is after what this connection to the primary has committed. */
    public static long position(Connection connection) throws SQLException {
        try (Statement question = connection.createStatement();
                ResultSet row = question.executeQuery(POSITION)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Route present = route;
        return present != null && freshness.within(settings.staleness(), ticker.nanos())
                ? borrow(present)
                : fromPrimary();
    }

    /** One on which everything up to this position is there: waits for a standby, and goes to the primary when that takes too long. */
    public Connection getConnectionAfter(long position, Duration limit) throws SQLException {
        Route present = route;
        try {
            return present != null
                            && freshness.awaitReplayed(position, limit)
                            && freshness.within(settings.staleness(), ticker.nanos())
                    ? borrow(present)
                    : fromPrimary();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while a standby was to replay " + position, e);
        }
    }

    private Connection borrow(Route to) throws SQLException {
        Shares shares = to.pool().shares();
        if (!primary.mayBegin() || !shares.take(EpochPool.SLICE.toNanos())) {
            return fromPrimary();
        }
        Connection connection = null;
        try {
            connection = to.pool().borrow();
        } finally {
            if (connection == null) {
                shares.giveBack();
            }
        }
        if (connection == null) {
            return fromPrimary();
        }
        if (!to.equals(route) || !primary.mayGoOn(1)) {
            connection.close();
            return fromPrimary();
        }
        connection.setReadOnly(true);
        return connection;
    }

    private Connection fromPrimary() throws SQLException {
        Connection connection = primary.getConnection();
        connection.setReadOnly(true);
        return connection;
    }

    @Override
    public void setLoginTimeout(int seconds) {
        primary.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return primary.getLoginTimeout();
    }
}
