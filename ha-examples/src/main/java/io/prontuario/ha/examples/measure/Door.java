package io.prontuario.ha.examples.measure;

import java.sql.SQLException;

/** One user's way to the database. Used by one thread. */
public interface Door extends AutoCloseable {
    /** Writes one row in a transaction of its own; returning means that it was acknowledged. */
    void write(long id, int user) throws SQLException;

    @Override
    default void close() {}
}
