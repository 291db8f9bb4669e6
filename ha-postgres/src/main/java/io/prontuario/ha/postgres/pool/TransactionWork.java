package io.prontuario.ha.postgres.pool;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What is done in one transaction.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface TransactionWork<T> {
    /** Does it on this connection, and neither commits nor rolls back nor keeps the connection. */
    T on(Connection connection) throws SQLException;
}
