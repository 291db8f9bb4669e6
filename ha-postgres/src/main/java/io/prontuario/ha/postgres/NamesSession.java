package io.prontuario.ha.postgres;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The one session through which the server's {@code synchronous_standby_names} are changed.
 *
 * <p>A statement can act after its client has gone: a stopped backend once wrote an {@code ALTER SYSTEM} into the file long after the
 * agent had given up and certified a standby on other names (measured). So a change is made only while this session holds an
 * advisory lock; a successor gets the lock first, which means that the former backend is gone with everything it might still do. The
 * session commits nothing itself, so nothing of it ever waits for a standby.
 *
 * <p>One thread at a time.
 */
final class NamesSession implements AutoCloseable {
    /** "prontuario names", in two integers of the advisory lock space. */
    private static final String LOCK = "1886547827, 1851878771";

    private static final Duration PATIENCE_WITH_HOLDER = Duration.ofSeconds(2);
    private static final Duration MOMENT = Duration.ofNanos(500_000);

    private final PostgresServer server;
    private final Ticker ticker;
    private @Nullable Connection connection;
    /** The server's life in which the connection was made. */
    private OptionalLong life = OptionalLong.empty();

    /** An ordinary commit has been seen waiting since the names were last empty in this server's life: then every commit waits. */
    private boolean waitingProven;

    private String lastSet = "";

    NamesSession(PostgresServer server, Ticker ticker) {
        this.server = server;
        this.ticker = ticker;
    }

    /** The value that the next start takes. */
    String inFile() {
        return server.autoConf().get(AutoConf.NAMES).orElse("");
    }

    /** The value that the server has loaded; whether commits obey it already is another question. */
    String inEffect(Duration limit) throws SQLException {
        return String.valueOf(Sql.value(session(limit), "select current_setting('synchronous_standby_names')"));
    }

    boolean waitingProven() {
        return waitingProven;
    }

    void provenWaiting() {
        waitingProven = true;
    }

    /**
     * Changes the names, in file and in effect. When this throws the outcome is unknown: the session is given up, and the next change
     * ends its backend before it reads what came of it.
     */
    void set(ServerNames names, Duration limit) throws SQLException {
        Deadline deadline = Deadline.in(limit, ticker);
        Connection session = session(limit);
        String wanted = names.setting();
        if (wanted.isEmpty() || !inFile().equals(lastSet)) {
            // Empty now, or in between by somebody else's hand: what was seen before says nothing any more.
            waitingProven = false;
        }
        lastSet = wanted;
        try {
            session.setNetworkTimeout(Runnable::run, (int) deadline.left().toMillis());
            if (!wanted.equals(inFile())) {
                Sql.execute(
                        session, "alter system set synchronous_standby_names = '" + wanted.replace("'", "''") + "'");
            }
            Sql.execute(session, "select pg_reload_conf()");
            while (!wanted.equals(Sql.value(session, "select current_setting('synchronous_standby_names')"))) {
                if (!deadline.pause(MOMENT)) {
                    throw new SQLException(
                            "the server has not loaded names " + wanted + " within " + limit.toMillis() + " ms");
                }
            }
            if (!wanted.equals(inFile())) {
                throw new SQLException(
                        "somebody else changes the names: the file has '" + inFile() + "', not '" + wanted + "'");
            }
        } catch (SQLException e) {
            giveUp();
            throw e;
        }
    }

    private Connection session(Duration limit) throws SQLException {
        Connection present = connection;
        OptionalLong now = server.pid();
        if (present != null && !present.isClosed() && now.equals(life)) {
            return present;
        }
        giveUp();
        life = now;
        Connection fresh = server.connect(limit);
        try {
            lock(fresh);
        } catch (SQLException | RuntimeException e) {
            Sql.close(fresh);
            throw e;
        }
        connection = fresh;
        return fresh;
    }

    private void lock(Connection fresh) throws SQLException {
        Deadline patience = Deadline.in(PATIENCE_WITH_HOLDER, ticker);
        while (!tryLock(fresh)) {
            if (!patience.pause(MOMENT)) {
                endHolder(fresh);
                return;
            }
        }
    }

    private static boolean tryLock(Connection fresh) throws SQLException {
        return "t".equals(Sql.value(fresh, "select pg_try_advisory_lock(" + LOCK + ")"));
    }

    private void endHolder(Connection fresh) throws SQLException {
        List<String[]> holders = Sql.rows(
                fresh,
                "select pid, pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                        + " and (classid, objid) = (" + LOCK + ") and pid <> pg_backend_pid()",
                2);
        Deadline deadline = Deadline.in(PATIENCE_WITH_HOLDER, ticker);
        while (!tryLock(fresh)) {
            if (!deadline.pause(MOMENT)) {
                throw new SQLException("the session that last changed synchronous_standby_names (backend "
                        + (holders.isEmpty() ? "unknown" : holders.get(0)[0])
                        + ") does not end: nothing is changed before it has."
                        + " End that process by hand");
            }
        }
    }

    private void giveUp() {
        Sql.close(connection);
        connection = null;
        waitingProven = false;
    }

    @Override
    public void close() {
        giveUp();
    }
}
