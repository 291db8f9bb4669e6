package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Borrows a connection for each request, as an application does. */
public final class PooledDoor implements ReadingDoor {
    private final DataSource pool;

    /** A door to this pool, which is shared with others. */
    public PooledDoor(DataSource pool) {
        this.pool = pool;
    }

    @Override
    public void write(long id, int user) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            PlainDoor.insert(connection, id, user);
        }
    }

    @Override
    public boolean has(long id) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return ReadingDoor.has(connection, id);
        }
    }
}
