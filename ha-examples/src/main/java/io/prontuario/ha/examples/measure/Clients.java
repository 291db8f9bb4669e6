package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * How clients reach the database: an address and a role.
 *
 * @param host where
 * @param port where; the proxy's for clients, a server's own for the account afterwards
 * @param user a role that needs no password there
 */
public record Clients(String host, int port, String user) {

    /** Opens a connection in autocommit mode. Gives up after a second, the driver's finest bound. */
    public Connection connect() throws SQLException {
        return connectTo("postgres");
    }

    /** The same, to another database than {@code postgres}. */
    public Connection connectTo(String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("socketTimeout", "1");
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
}
