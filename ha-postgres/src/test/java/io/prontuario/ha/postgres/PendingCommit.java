package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One statement on a session of its own, whose commit may wait. */
final class PendingCommit {

    /** What the client was told. */
    enum Answer {
        ACKNOWLEDGED,
        /** Success with a warning, or an error: it may be committed or not. */
        IN_DOUBT
    }

    private final long pid;
    private final CompletableFuture<Answer> answer;

    private PendingCommit(long pid, CompletableFuture<Answer> answer) {
        this.pid = pid;
        this.answer = answer;
    }

    static PendingCommit start(Connection connection, String sql, Executor threads) {
        try {
            long pid = Long.parseLong(String.valueOf(Sql.value(connection, "select pg_backend_pid()")));
            return new PendingCommit(pid, CompletableFuture.supplyAsync(() -> run(connection, sql), threads));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Answer run(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            SQLWarning warning = statement.getWarnings();
            return warning == null ? Answer.ACKNOWLEDGED : Answer.IN_DOUBT;
        } catch (SQLException e) {
            return Answer.IN_DOUBT;
        }
    }

    /** The number of the process that commits. */
    long pid() {
        return pid;
    }

    boolean acknowledged() {
        return answer.isDone() && answer.join() == Answer.ACKNOWLEDGED;
    }

    boolean answered() {
        return answer.isDone();
    }

    /** Whether it is acknowledged within so long. */
    boolean acknowledgedWithin(long millis) {
        @Nullable
        Answer got = answer.copy()
                .completeOnTimeout(null, millis, TimeUnit.MILLISECONDS)
                .join();
        return got == Answer.ACKNOWLEDGED;
    }

    /** Until the server shows it waiting for a standby. */
    void awaitWaiting(LabServer server) {
        LabServer.await("commit of backend " + pid + " waits for a standby").until(() -> waits(server));
    }

    boolean waits(LabServer server) {
        return server.value("select coalesce(wait_event, '') from pg_stat_activity where pid = " + pid)
                .equals("SyncRep");
    }
}
