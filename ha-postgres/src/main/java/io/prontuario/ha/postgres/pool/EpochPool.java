package io.prontuario.ha.postgres.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one epoch. The next epoch has a pool of its own, so a borrower only needs to see whether the pool that it was served
 * from is still the current one.
 */
final class EpochPool {
    /** How long a borrower waits in one pool before it looks whether there is another; the least that HikariCP takes. */
    static final Duration SLICE = Duration.ofMillis(250);

    private final long epoch;
    private final PostgresAddress address;
    private final AtomicInteger lent = new AtomicInteger();
    private final HikariDataSource pool;

    EpochPool(long epoch, PostgresAddress address, PoolSettings settings) {
        this.epoch = epoch;
        this.address = address;
        HikariConfig configuration = new HikariConfig();
        configuration.setPoolName("prontuario-" + epoch);
        configuration.setMaximumPoolSize(settings.size());
        settings.hikari().accept(configuration);
        configuration.setDataSource(
                new EpochConnections(address, epoch, settings.database(), settings.properties(), lent));
        configuration.setConnectionTimeout(SLICE.toMillis());
        configuration.setValidationTimeout(SLICE.toMillis());
        configuration.setInitializationFailTimeout(-1);
        configuration.setExceptionOverrideClassName(EvictDeposed.class.getName());
        this.pool = new HikariDataSource(configuration);
    }

    boolean isFor(long wantedEpoch, PostgresAddress wantedAddress) {
        return epoch == wantedEpoch && address.equals(wantedAddress);
    }

    /** A connection; fails after {@link #SLICE}. */
    Connection borrow(Holdings holdings) throws SQLException {
        Connection connection = pool.getConnection();
        connection.unwrap(Borrower.class).borrowed(holdings);
        return connection;
    }

    /** How many are lent at this moment. */
    int lent() {
        return lent.get();
    }

    /** Ends it: idle connections at once, and those in use in the middle of what they do. Blocks for up to some seconds. */
    void abort() {
        pool.close();
    }

    @Override
    public String toString() {
        return "epoch " + epoch + " at " + address;
    }
}
