package io.prontuario.ha.postgres.pool;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** What a data source is asked for besides connections, and the same answer to all of it. */
abstract class PlainDataSource implements DataSource {

    @Override
    public final Connection getConnection(String user, String password) throws SQLException {
        throw new SQLException("the user is set once for the whole data source: see PoolSettings");
    }

    @Override
    public final PrintWriter getLogWriter() {
        throw new UnsupportedOperationException("this library logs through SLF4J");
    }

    @Override
    public final void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException("this library logs through SLF4J");
    }

    @Override
    public final Logger getParentLogger() {
        return Logger.getLogger("io.prontuario.ha");
    }

    @Override
    public final <T> T unwrap(Class<T> kind) throws SQLException {
        if (kind.isInstance(this)) {
            return kind.cast(this);
        }
        throw new SQLException("no " + kind.getName() + " here");
    }

    @Override
    public final boolean isWrapperFor(Class<?> kind) {
        return kind.isInstance(this);
    }
}
