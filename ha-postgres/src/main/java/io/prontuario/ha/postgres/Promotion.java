package io.prontuario.ha.postgres;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Makes the standby here a primary behind the gate, on exactly the timeline of the record, and opens it.
 *
 * <p>A promotion takes the lowest timeline id that it knows no history file of. Two nominees that took the same id have histories that
 * PostgreSQL cannot tell apart (measured: {@code pg_rewind} saw nothing to do, rows differed). So a file is put down for each id that
 * a former nominee may have taken; an empty one is enough (PostgreSQL 15.18).
 */
final class Promotion {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final PostgresServer server;
    private final NamesSession names;
    private final Ticker ticker;

    Promotion(PostgresServer server, NamesSession names, Ticker ticker) {
        this.server = server;
        this.names = names;
        this.ticker = ticker;
    }

    Outcome promote(ClusterState state, Connection session, Duration limit) throws SQLException, IOException {
        Deadline deadline = Deadline.in(limit, ticker);
        long began = ticker.nanos();
        long signalled = began;
        String gate = ServerNames.gate().setting();
        if (inRecovery(session)) {
            if (!gate.equals(names.inFile()) || !gate.equals(names.inEffect(deadline.left()))) {
                names.set(ServerNames.gate(), deadline.left());
            }
            reserveTimelines(timeline(session), state.timeline());
            // Readers of this standby may hold up replay, and promotion waits for replay. Paused replay would never
            // end.
            Sql.execute(
                    session,
                    "select pg_wal_replay_resume(), (select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type ="
                            + " 'client backend' and xact_start is not null and application_name <> '" + Sql.AGENT
                            + "')");
            Sql.execute(session, "select pg_promote(false)");
            signalled = ticker.nanos();
            while (inRecovery(session)) {
                if (!deadline.pause(MOMENT)) {
                    // A promotion cannot be called back: it may still happen.
                    return Outcome.unknown("still in recovery " + limit.toMillis() + " ms after pg_promote");
                }
            }
        }
        long out = ticker.nanos();
        int served = timeline(session);
        if (!gate.equals(names.inEffect(deadline.left()))) {
            names.set(ServerNames.gate(), deadline.left());
        }
        Schema.ensure(session);
        writeEpoch(session, state, "local");
        return Outcome.done("timeline " + served + ": prepared in " + (signalled - began) / 1_000_000
                + " ms, out of recovery " + (out - signalled) / 1_000_000 + " ms later, a local write after another "
                + (ticker.nanos() - out) / 1_000_000 + " ms");
    }

    /** Brings names to {@code wanted} and sees an ordinary commit acknowledged under them. */
    Outcome open(ClusterState state, ServerNames wanted, Connection session, Duration limit) throws SQLException {
        Deadline deadline = Deadline.in(limit, ticker);
        names.set(wanted, deadline.left());
        if (wanted.gated()) {
            return Outcome.retry(
                    "names hold the gate: writes wait until enough standbys are certified", Duration.ofMillis(200));
        }
        session.setNetworkTimeout(Runnable::run, (int) deadline.left().toMillis());
        Schema.ensure(session);
        writeEpoch(session, state, "on");
        return Outcome.done("a commit was acknowledged under names '" + wanted.setting() + "'");
    }

    private static void writeEpoch(Connection session, ClusterState state, String synchronousCommit)
            throws SQLException {
        Sql.execute(
                session,
                "set synchronous_commit = " + synchronousCommit + "; insert into prontuario.epoch values (1, "
                        + state.epoch() + ", '"
                        + state.transitionId().replace("'", "''")
                        + "') on conflict (one) do update set epoch = excluded.epoch, transition = excluded.transition");
    }

    /** Takes every id between this server's own timeline and the recorded one out of the choice. */
    private void reserveTimelines(int own, int recorded) throws IOException {
        Path folder = server.data().resolve("pg_wal");
        boolean any = false;
        for (int id = own + 1; id < recorded; id++) {
            Path file = folder.resolve(TimelineHistory.fileName(id));
            if (!Files.exists(file)) {
                Files.createFile(file);
                server.installation().handOver(file);
                any = true;
            }
        }
        if (any) {
            Durable.syncFolder(folder);
        }
    }

    static boolean inRecovery(Connection session) throws SQLException {
        return "t".equals(Sql.value(session, "select pg_is_in_recovery()"));
    }

    /** The timeline that is written or replayed now. The control file still shows the former one after a promotion, until a checkpoint. */
    static int timeline(Connection session) throws SQLException {
        return Integer.parseInt(String.valueOf(Sql.value(
                session,
                "select case when pg_is_in_recovery() then coalesce((select received_tli from pg_stat_wal_receiver),"
                        + " (select timeline_id from pg_control_checkpoint()))"
                        + " else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end")));
    }
}
