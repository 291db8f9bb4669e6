package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A connection of the user's own; when it breaks, another one with the next request, after a pause. */
public final class PlainDoor implements ReadingDoor {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Clients clients;
    private @Nullable Connection connection;
    private int connected;

    /** Not connected yet. */
    public PlainDoor(Clients clients) {
        this.clients = clients;
    }

    @Override
    public void write(long id, int user) throws SQLException {
        try {
            insert(connected(), id, user);
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    @Override
    public boolean has(long id) throws SQLException {
        try {
            return ReadingDoor.has(connected(), id);
        } catch (SQLException e) {
            throw broken(e);
        }
    }

    private Connection connected() throws SQLException {
        Connection present = connection;
        if (present == null) {
            present = clients.connectPatiently();
            connection = present;
            connected++;
            present.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
        }
        return present;
    }

    private SQLException broken(SQLException failure) {
        close();
        LockSupport.parkNanos(PAUSE.toNanos());
        return failure;
    }

    /** Writes one row. */
    public static void insert(Connection connection, long id, int user) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into emr.entry (id, writer) values (?, ?)")) {
            insert.setLong(1, id);
            insert.setInt(2, user);
            insert.executeUpdate();
        }
    }

    @Override
    public int reconnects() {
        return Math.max(0, connected - 1);
    }

    @Override
    public void close() {
        Connection last = connection;
        connection = null;
        if (last != null) {
            try {
                last.close();
            } catch (SQLException e) {
                // Gone already.
                return;
            }
        }
    }
}
