package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Connections with bounds, and statements in one line. */
final class Sql {
    /** What tools that copy call themselves: never a node's copy, or they would acknowledge for it. */
    static final String AGENT = "prontuario-agent";

    private Sql() {}

    /** A connection in autocommit mode, made within the bound. For what is asked on it the driver rounds it up to whole seconds. */
    static Connection connect(PostgresAddress address, Credentials credentials, Duration bound) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", credentials.user());
        if (!credentials.password().isEmpty()) {
            properties.setProperty("password", credentials.password());
        }
        long seconds = Math.max(1, (bound.toMillis() + 999) / 1000);
        properties.setProperty("connectTimeout", Long.toString(seconds));
        // The only one of the three that takes fractions.
        properties.setProperty("loginTimeout", String.valueOf(Math.max(1, bound.toMillis()) / 1000.0));
        properties.setProperty("socketTimeout", Long.toString(seconds));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", AGENT);
        properties.setProperty("gssEncMode", "disable");
        if (credentials.authorities() == null) {
            properties.setProperty("sslmode", "prefer");
        } else {
            properties.setProperty("sslmode", "verify-full");
            properties.setProperty("sslrootcert", credentials.authorities().toString());
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://" + address.host() + ":" + address.port() + "/postgres", properties);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row, as text; null when there is no row or the value is null. */
    static @Nullable String value(Connection connection, String sql, String... arguments) throws SQLException {
        List<String[]> rows = rows(connection, sql, 1, arguments);
        return rows.isEmpty() ? null : rows.get(0)[0];
    }

    /** All rows as text. */
    static List<String[]> rows(Connection connection, String sql, int columns, String... arguments)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < arguments.length; index++) {
                statement.setString(index + 1, arguments[index]);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<String[]> rows = new ArrayList<>();
                while (result.next()) {
                    String[] row = new String[columns];
                    for (int column = 0; column < columns; column++) {
                        row[column] = result.getString(column + 1);
                    }
                    rows.add(row);
                }
                return rows;
            }
        }
    }

    static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It is gone already, which is what was wanted.
                return;
            }
        }
    }

    /** Lets go of a connection that may be stuck: whoever waits on it here fails at once. What its backend does is another matter. */
    static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already.
            return;
        }
    }

    /** Whether the failure is about the question, not about the server: too many connections, or a wrong password. Says nothing about death. */
    static boolean saysNothingAboutDeath(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.equals("53300") || state.startsWith("28"));
    }
}
