package io.prontuario.ha.postgres.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one epoch. The next epoch has a pool of its own, so a borrower only needs to see whether the pool that it was served
 * from is still the current one.
 */
final class EpochPool {
    /** How long a borrower waits in one pool before it looks whether there is another; the least that HikariCP takes. */
    static final Duration SLICE = Duration.ofMillis(250);

    private static final Duration BETWEEN_LOOKS = Duration.ofNanos(50_000);
    private static final int LOOKS = 40;

    private final long epoch;
    private final PostgresAddress address;
    private final Lending lending;
    private final HikariDataSource pool;
    private final EpochConnections connections;

    /** Of the primary. */
    EpochPool(
            long epoch, PostgresAddress address, PoolSettings settings, Lending lending, @Nullable Expected expected) {
        this(epoch, address, false, settings, lending, expected);
    }

    static EpochPool ofStandby(long epoch, PostgresAddress address, PoolSettings settings, Lending lending) {
        return new EpochPool(epoch, address, true, settings, lending, null);
    }

    private EpochPool(
            long epoch,
            PostgresAddress address,
            boolean standby,
            PoolSettings settings,
            Lending lending,
            @Nullable Expected expected) {
        this.epoch = epoch;
        this.address = address;
        this.lending = lending;
        this.connections = new EpochConnections(
                address, epoch, standby, settings.database(), settings.properties(), lending, expected);
        HikariConfig configuration = new HikariConfig();
        configuration.setPoolName("prontuario-" + epoch + (standby ? "-reads" : ""));
        configuration.setMaximumPoolSize(settings.size());
        settings.hikari().accept(configuration);
        configuration.setDataSource(connections);
        configuration.setConnectionTimeout(SLICE.toMillis());
        configuration.setValidationTimeout(SLICE.toMillis());
        configuration.setInitializationFailTimeout(-1);
        configuration.setExceptionOverrideClassName(EvictDeposed.class.getName());
        this.pool = new HikariDataSource(configuration);
        lending.whenOneBreaks(this::refresh);
    }

    boolean isFor(long wantedEpoch, PostgresAddress wantedAddress) {
        return epoch == wantedEpoch && address.equals(wantedAddress);
    }

    /** A connection for whoever has a share, which is given back with it; null when there was none within {@link #SLICE}. */
    @Nullable
    Connection borrow() throws SQLException {
        try {
            Connection connection = pool.getConnection();
            connection.unwrap(WatchedConnection.class).lentTo(Thread.currentThread());
            return connection;
        } catch (SQLTransientConnectionException e) {
            return null;
        } catch (SQLException e) {
            if (pool.isClosed()) {
                // It was the current one when the borrower looked.
                return null;
            }
            throw e;
        }
    }

    /** Why no connection could be made, the last time; null when one could. */
    @Nullable
    SQLException lastFailure() {
        return connections.lastFailure();
    }

    Shares shares() {
        return lending.shares();
    }

    /** Who uses it, as a sentence; empty when nobody does. */
    String inUse() {
        if (lending.shares().taken() == 0) {
            return isIdle() ? "" : "somebody who goes on with what was given back";
        }
        String longest = lending.longest();
        // Between his share and his connection somebody may be on the way.
        return longest.isEmpty() ? "somebody who is just borrowing" : longest;
    }

    /** By HikariCP's own account, which is a moment behind: a share comes back before the connection does. */
    private boolean isIdle() {
        for (int look = 0; look < LOOKS && pool.getHikariPoolMXBean().getActiveConnections() > 0; look++) {
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        return pool.getHikariPoolMXBean().getActiveConnections() == 0;
    }

    Lending lending() {
        return lending;
    }

    long epoch() {
        return epoch;
    }

    /** What is idle is ended and made anew, what is lent when it comes back: its server may have been away. */
    void refresh() {
        HikariPoolMXBean present = pool.getHikariPoolMXBean();
        // None while it is being made or ended.
        if (present != null) {
            present.softEvictConnections();
        }
    }

    /** How many connections it has, lent or not. */
    int connections() {
        return pool.getHikariPoolMXBean().getTotalConnections();
    }

    /** Ends it: idle connections at once, and those in use in the middle of what they do. Blocks for up to some seconds. */
    void abort() {
        lending.tally().evicted(pool.getHikariPoolMXBean().getTotalConnections());
        pool.close();
    }

    /** Nobody waits for a connection of it any more. */
    void leave() {
        lending.shares().end();
    }

    @Override
    public String toString() {
        return "epoch " + epoch + " at " + address;
    }
}
