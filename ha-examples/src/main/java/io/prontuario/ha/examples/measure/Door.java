package io.prontuario.ha.examples.measure;

import java.io.IOException;
import java.sql.SQLException;

/** One user's way to what he works with: the database, or a service in front of it. Used by one thread. */
public interface Door extends AutoCloseable {
    /** Writes one row in a transaction of its own; returning means that it was acknowledged. */
    void write(long id, int user) throws SQLException, IOException;

    /** How often it had to connect anew; 0 for those that keep no connection of the user's own. */
    default int reconnects() {
        return 0;
    }

    @Override
    default void close() {}
}
