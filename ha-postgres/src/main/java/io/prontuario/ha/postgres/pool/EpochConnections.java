package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Connections to the primary of one epoch, and to nobody else: each new one is asked whether its server is out of recovery and, where it
 * can tell, was opened in this epoch. What a driver reports of a server is a setting that may be old.
 */
final class EpochConnections extends PlainDataSource {
    private static final String ROLE = "select pg_is_in_recovery(), to_regclass('prontuario.epoch') is not null";
    private static final String OPENED = "select epoch from prontuario.epoch";

    private final PostgresAddress address;
    private final long epoch;
    private final String url;
    private final Properties properties;
    private final Lending lending;
    private final Driver driver = new Driver();

    EpochConnections(PostgresAddress address, long epoch, String database, Properties properties, Lending lending) {
        this.address = address;
        this.epoch = epoch;
        this.url = "jdbc:postgresql://" + address + "/" + database;
        this.properties = properties;
        this.lending = lending;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection fresh = driver.connect(url, properties);
        if (fresh == null) {
            throw new SQLException("the driver does not understand " + url);
        }
        try {
            check(fresh);
            return WatchedConnection.over(fresh, lending);
        } catch (SQLException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private void check(Connection fresh) throws SQLException {
        try (Statement question = fresh.createStatement()) {
            boolean tellsEpoch;
            try (ResultSet row = question.executeQuery(ROLE)) {
                row.next();
                if (row.getBoolean(1)) {
                    throw refused("a standby");
                }
                tellsEpoch = row.getBoolean(2);
            }
            if (tellsEpoch) {
                checkEpoch(question);
            }
        }
    }

    /** The row lies in the database that agents use; in another one the role has to do. */
    private void checkEpoch(Statement question) throws SQLException {
        try (ResultSet row = question.executeQuery(OPENED)) {
            long opened = row.next() ? row.getLong(1) : 0;
            if (opened != epoch) {
                throw refused("the primary of epoch " + opened);
            }
        }
    }

    private SQLTransientConnectionException refused(String what) {
        return new SQLTransientConnectionException(
                "the server at " + address + " is " + what + ", expected the primary of epoch " + epoch);
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
