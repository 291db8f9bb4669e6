package io.prontuario.ha.examples.load;

import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.PlainDoor;
import io.prontuario.ha.examples.measure.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL client that knows of nothing: a connection of its own through the proxy, and another one when it breaks. */
final class TcpWay implements Way {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Clients clients;
    private @Nullable Connection connection;
    private int reconnects;

    TcpWay(Clients clients) {
        this.clients = clients;
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    @Override
    public Answer write(long id, int user) {
        return done(true, session -> PlainDoor.insert(session, id, user));
    }

    @Override
    public Answer read(long id) {
        return done(false, session -> Entries.read(session, id));
    }

    private Answer done(boolean write, Work work) {
        Connection session;
        try {
            session = connected();
        } catch (SQLException e) {
            return Answer.failed("not connected, " + e.getSQLState());
        }
        try {
            work.on(session);
            return Answer.SERVED;
        } catch (SQLException e) {
            close();
            reconnects++;
            return Writers.surelyNotDone(e)
                    ? Answer.failed(String.valueOf(e.getSQLState()))
                    : Answer.broken(write, String.valueOf(e.getSQLState()));
        }
    }

    /** Tries again and again: that nobody answers at this moment is no reason to give a patient up. */
    private Connection connected() throws SQLException {
        Connection present = connection;
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (present == null) {
            try {
                present = clients.connect();
                present.setNetworkTimeout(Runnable::run, (int) PATIENCE.toMillis());
                connection = present;
            } catch (SQLException e) {
                present = null;
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
        return present;
    }

    @Override
    public int reconnects() {
        return reconnects;
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
