package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Connections to the primary of one epoch, and to nobody else: each new one is asked whether its server is out of recovery and, where it
 * can tell, was opened in this epoch. What a driver reports of a server is a setting that may be old.
 */
final class EpochConnections extends PlainDataSource {
    /** The epoch stands in a comment on a role, which can be read in every database; see the module's README. */
    private static final String ROLE = "select pg_is_in_recovery(), (select shobj_description(oid, 'pg_authid')"
            + " from pg_roles where rolname = 'prontuario_epoch')";

    private final PostgresAddress address;
    private final long epoch;
    private final boolean standby;
    private final String url;
    private final Properties properties;
    private final Lending lending;
    private final @Nullable Expected expected;
    private final Driver driver = new Driver();
    private volatile @Nullable SQLException lastFailure;

    /**
     * Connects to nobody yet.
     *
     * @param standby whether it is a standby of that epoch that they lead to
     * @param expected what was opened in advance; null when nothing was
     */
    EpochConnections(
            PostgresAddress address,
            long epoch,
            boolean standby,
            String database,
            Properties properties,
            Lending lending,
            @Nullable Expected expected) {
        this.address = address;
        this.epoch = epoch;
        this.standby = standby;
        this.url = "jdbc:postgresql://" + address + "/" + database;
        this.properties = properties;
        this.lending = lending;
        this.expected = expected;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Connection made = connect();
            lastFailure = null;
            return made;
        } catch (SQLException e) {
            lastFailure = e;
            throw e;
        }
    }

    /** Why the last attempt to connect failed; null when it did not. HikariCP tells it only to who waited long enough. */
    @Nullable
    SQLException lastFailure() {
        return lastFailure;
    }

    private Connection connect() throws SQLException {
        for (Connection early = Expected.take(expected, address);
                early != null;
                early = Expected.take(expected, address)) {
            try {
                return checked(early);
            } catch (SQLException e) {
                // It broke while it waited, or leads to who it should not: a fresh one says so for certain.
                lastFailure = e;
            }
        }
        Connection fresh = driver.connect(url, properties);
        if (fresh == null) {
            throw new SQLException("the driver does not understand " + url);
        }
        return checked(fresh);
    }

    private Connection checked(Connection fresh) throws SQLException {
        try {
            check(fresh);
            return new WatchedConnection(fresh, lending);
        } catch (SQLException | RuntimeException e) {
            Expected.close(fresh);
            throw e;
        }
    }

    private void check(Connection fresh) throws SQLException {
        try (Statement question = fresh.createStatement();
                ResultSet row = question.executeQuery(ROLE)) {
            row.next();
            if (row.getBoolean(1) != standby) {
                throw refused(standby ? "a primary" : "a standby");
            }
            if (standby) {
                // It may not have replayed yet that its primary was opened.
                return;
            }
            String opened = row.getString(2);
            // A server that this library has never opened says nothing; then its role has to do.
            if (opened != null && !opened.equals(Long.toString(epoch))) {
                throw refused("the primary of epoch " + opened);
            }
        }
    }

    private SQLTransientConnectionException refused(String what) {
        return new SQLTransientConnectionException("the server at " + address + " is " + what + ", expected "
                + (standby ? "a standby" : "the primary") + " of epoch " + epoch);
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // HikariCP sets it; connectTimeout and loginTimeout of the driver's properties bound a login here.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }
}
