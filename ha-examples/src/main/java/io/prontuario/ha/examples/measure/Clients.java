package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/**
 * How clients reach the database: an address and a role.
 *
 * @param host where
 * @param port where; the proxy's for clients, a server's own for the account afterwards
 * @param user a role
 * @param password of the role; empty where none is needed
 */
public record Clients(String host, int port, String user, String password) {
    /** With a role that needs no password there. */
    public Clients(String host, int port, String user) {
        this(host, port, user, "");
    }

    /** Opens a connection in autocommit mode. Gives up after a second, the driver's finest bound. */
    public Connection connect() throws SQLException {
        return connectTo("postgres");
    }

    /** The same, to another database than {@code postgres}. */
    public Connection connectTo(String database) throws SQLException {
        return open(database, Duration.ofSeconds(1));
    }

    /**
     * The same as {@link #connect}, as patient as the driver is by default: of hundreds who come at once, those who gave up after a second would
     * come again and again, and what was done for them would be for nothing.
     */
    public Connection connectPatiently() throws SQLException {
        return open("postgres", Duration.ofSeconds(10));
    }

    private Connection open(String database, Duration patience) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        properties.setProperty("connectTimeout", Long.toString(patience.toSeconds()));
        properties.setProperty("socketTimeout", Long.toString(patience.toSeconds()));
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("sslmode", "disable");
        properties.setProperty("ApplicationName", "emr");
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + database, properties);
    }

    /** Creates what writers and probers write to, as a superuser. */
    public void createTables() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create schema if not exists emr");
            statement.execute("create table if not exists emr.entry (id bigint primary key, writer int not null)");
            statement.execute("create table if not exists emr.probe (lane int primary key, tick bigint not null)");
            statement.execute("truncate emr.entry, emr.probe");
        }
    }

    /** Whether a standby streams from this server under a name; not so either when the server does not answer. */
    public boolean seesStreaming(String applicationName) {
        try (Connection connection = connect();
                PreparedStatement question = connection.prepareStatement(
                        "select from pg_stat_replication where application_name = ? and state = 'streaming'")) {
            question.setString(1, applicationName);
            try (ResultSet row = question.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
