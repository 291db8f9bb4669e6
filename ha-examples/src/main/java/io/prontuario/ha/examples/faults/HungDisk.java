package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.measure.Clients;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A disk that hangs in a flush, as seen from outside: whoever flushes the log does not come back, everybody who writes waits behind it, and
 * questions are answered. Nothing hangs in the kernel, so whoever ends the processes ends the fault too.
 *
 * <p>On a primary a session of the runner commits over and over and is stopped (SIGSTOP) while it holds the lock under which the log is
 * flushed. {@code commit_delay} makes it hold that lock for a tenth of a second each time (PostgreSQL 15, xlog.c, {@code XLogFlush}: "Sleep
 * before flush!"). On a standby it is the receiver that flushes what has come.
 */
final class HungDisk implements Fault {
    private static final int MOST_TRIES = 100;
    private static final int PATIENCE_MILLIS = 500;
    private static final String WRITE = "select pg_logical_emit_message(true, 'fault', '')";

    private final String description;
    private final LocalNode node;
    private final Clients server;
    private final CopyOnWriteArrayList<Long> stopped = new CopyOnWriteArrayList<>();

    HungDisk(String description, LocalNode node, Clients server) {
        this.description = description;
        this.node = node;
        this.server = server;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void inject() {
        Optional<Long> receiver = receiver();
        if (receiver.isPresent()) {
            stop(receiver.get());
            return;
        }
        try (Connection session = server.connect();
                Statement statement = session.createStatement()) {
            // As a session that waits for nobody, whoever is certified.
            statement.execute("set synchronous_commit = local");
            statement.execute("set commit_siblings = 0");
            statement.execute("set commit_delay = 100000");
            long pid = pid(statement);
            Thread commits = new Thread(() -> commit(statement), "commits");
            commits.setDaemon(true);
            commits.start();
            stopInTheMiddle(pid, commits);
        } catch (SQLException e) {
            throw new IllegalStateException("no log is written on " + node.name() + ": " + e.getMessage(), e);
        }
    }

    private Optional<Long> receiver() {
        return node.serverProcess().postmaster().stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .filter(pid -> Signals.title(pid).contains("walreceiver"))
                .findFirst();
    }

    private static long pid(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void commit(Statement statement) {
        try {
            while (true) {
                statement.execute(WRITE);
            }
        } catch (SQLException e) {
            // Stopped, and not answered in time; or the server has gone.
            return;
        }
    }

    private void stopInTheMiddle(long pid, Thread commits) {
        for (int tries = 0; tries < MOST_TRIES && commits.isAlive(); tries++) {
            stop(pid);
            if (answersWithoutWriting()) {
                return;
            }
            restore();
        }
        throw new IllegalStateException("nobody on " + node.name() + " was stopped while the log was being flushed");
    }

    /** Not when it was stopped between two commits, nor in something that every session needs. */
    private boolean answersWithoutWriting() {
        try (Connection session = server.connect();
                Statement statement = session.createStatement()) {
            session.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
            statement.execute("set synchronous_commit = local");
            return !writes(statement);
        } catch (SQLException e) {
            return false;
        }
    }

    private static boolean writes(Statement statement) {
        try {
            statement.execute(WRITE);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void stop(long pid) {
        stopped.add(pid);
        Signals.freeze(stopped);
    }

    @Override
    public void restore() {
        if (!stopped.isEmpty()) {
            Signals.thaw(stopped);
            stopped.clear();
        }
    }
}
