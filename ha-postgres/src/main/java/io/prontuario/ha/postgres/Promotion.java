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
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the standby here a primary behind the gate, on exactly the timeline of the record, and opens it.
 *
 * <p>A promotion takes the lowest timeline id that it knows no history file of. Two nominees that took the same id have histories that
 * PostgreSQL cannot tell apart (measured: {@code pg_rewind} saw nothing to do, rows differed). So a file is put down for each id that
 * a former nominee may have taken; an empty one is enough (PostgreSQL 15.18).
 */
final class Promotion {
    private static final Logger LOG = LoggerFactory.getLogger(Promotion.class);
    private static final Duration FORGOTTEN = Duration.ofSeconds(5);
    private static final Duration MOMENT = Duration.ofNanos(500_000);
    /** Paused replay would never end, and readers of this standby may hold replay up, which promotion waits for: both end first. */
    private static final String READERS =
            " from pg_stat_activity where backend_type = 'client backend' and xact_start is not null"
                    + " and application_name <> '" + Sql.AGENT
                    // Only a superuser may end a superuser's, and asking for more would refuse the promotion.
                    + "' and (usesysid in (select oid from pg_roles where not rolsuper)"
                    + " or (select rolsuper from pg_roles where rolname = current_user))";

    private static final String END_READERS = "select count(pg_terminate_backend(pid))" + READERS;

    private static final String PROMOTE = "select pg_wal_replay_resume(), (" + END_READERS + "), pg_promote(false)";
    /** SQLSTATE object_not_in_prerequisite_state: a promotion is under way, or has just ended. */
    private static final String UNDER_WAY = "55000";
    /** The control file still shows the former one after a promotion, until a checkpoint. */
    private static final String TIMELINE = "case when pg_is_in_recovery() then coalesce((select received_tli from"
            + " pg_stat_wal_receiver), (select timeline_id from pg_control_checkpoint()))"
            + " else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end";

    private final PostgresServer server;
    private final NamesSession names;
    private final Ticker ticker;
    private long pausedSince;
    private @Nullable Connection acquainted;

    Promotion(PostgresServer server, NamesSession names, Ticker ticker) {
        this.server = server;
        this.names = names;
        this.ticker = ticker;
    }

    /**
     * Promotes, and answers when a local write was.
     *
     * @param promoted told the timeline then
     */
    Outcome promote(ClusterState state, Connection session, Duration limit, IntConsumer promoted)
            throws SQLException, IOException {
        Deadline deadline = Deadline.in(limit, ticker);
        long began = ticker.nanos();
        String gate = ServerNames.gate().setting();
        Look now = Look.at(session);
        long signalled = began;
        if (now.inRecovery()) {
            if (now.replayPaused()) {
                // Resuming would end the server if it is this that stopped replay.
                Optional<String> lacking = RecoverySettings.lacking(session, server.controlData());
                if (lacking.isPresent()) {
                    return Outcome.refused("it cannot replay what it has received: " + lacking.get() + ". Raise it in "
                            + server.data() + " and restart this server");
                }
            }
            if (!gate.equals(names.inFile()) || !gate.equals(now.names())) {
                names.set(ServerNames.gate(), deadline.left());
                // It is the checkpointer that tells commits to wait, and it may be busy: a promoted server whose gate
                // was shown shut has acknowledged commits (measured). It answers this after it has loaded the names.
                Sql.execute(session, "checkpoint");
            }
            reserveTimelines(now.timeline(), state.timeline());
            signal(session);
            signalled = ticker.nanos();
            while (inRecovery(session)) {
                if (!deadline.pause(MOMENT)) {
                    // A promotion cannot be called back: it may still happen.
                    return Outcome.unknown("still in recovery " + limit.toMillis() + " ms after pg_promote");
                }
            }
            now = Look.at(session);
        }
        long out = ticker.nanos();
        if (!gate.equals(now.names())) {
            names.set(ServerNames.gate(), deadline.left());
        }
        if (!now.schema()) {
            Schema.create(session);
        }
        writeEpoch(session, state, "local");
        promoted.accept(now.timeline());
        return Outcome.done("timeline " + now.timeline() + ": prepared in " + millis(signalled - began)
                + " ms, out of recovery " + millis(out - signalled) + " ms later, a local write after another "
                + millis(ticker.nanos() - out) + " ms");
    }

    private static void signal(Connection session) throws SQLException {
        try {
            Sql.execute(session, PROMOTE);
        } catch (SQLException e) {
            if (!UNDER_WAY.equals(e.getSQLState())) {
                throw e;
            }
            // Asked for before, and not answered in time. Who has begun to read since may be in its way.
            Sql.execute(session, END_READERS);
        }
    }

    /** Connects the session for names, and asks on the other what a promotion asks first. */
    void keepReady(Connection session, Duration limit) throws SQLException {
        names.inEffect(limit);
        if (Look.at(session).inRecovery()) {
            resumeForgotten(session);
            if (session != acquainted) {
                // The first question about who is there loads what the server keeps for a session: some milliseconds of
                // an outage.
                Sql.value(session, "select count(pid)" + READERS);
                acquainted = session;
            }
        }
    }

    /** A certifier pauses replay for a moment; one that was killed in it leaves it paused, and nobody could be certified any more. */
    private void resumeForgotten(Connection session) throws SQLException {
        boolean paused = !"not paused".equals(Sql.value(session, "select pg_get_wal_replay_pause_state()"));
        if (!paused) {
            pausedSince = 0;
        } else if (pausedSince == 0) {
            pausedSince = ticker.nanos();
        } else if (ticker.nanos() - pausedSince > FORGOTTEN.toNanos()) {
            pausedSince = 0;
            Optional<String> lacking = RecoverySettings.lacking(session, server.controlData());
            if (lacking.isPresent()) {
                // It has paused by itself, and ends when it is told to go on.
                LOG.warn(
                        "replay stands still and this standby cannot take over: {}. Raise it and restart this server",
                        lacking.get());
                return;
            }
            LOG.warn(
                    "replay was paused for more than {} s, nobody certifies that long: resumed", FORGOTTEN.toSeconds());
            Sql.execute(session, "select pg_wal_replay_resume()");
        }
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    /** Brings names to {@code wanted} and sees an ordinary commit acknowledged under them. */
    Outcome open(ClusterState state, ServerNames wanted, Connection session, Duration limit) throws SQLException {
        Deadline deadline = Deadline.in(limit, ticker);
        names.set(wanted, deadline.left());
        if (wanted.gated()) {
            return Outcome.retry(
                    "names hold the gate: writes wait until enough standbys are certified", Duration.ofMillis(200));
        }
        writeEpoch(session, state, "on");
        return Outcome.done("a commit was acknowledged under names '" + wanted.setting() + "'");
    }

    /**
     * A server as a promotion needs to know it, in one question: every one of them lies inside an outage.
     *
     * @param inRecovery whether it is a standby
     * @param replayPaused whether it has been asked to pause replay, or has paused because it has too little of a setting
     * @param names the value that it has loaded
     * @param timeline see {@link Promotion#timeline}
     * @param schema whether the library's tables are there
     */
    private record Look(boolean inRecovery, boolean replayPaused, String names, int timeline, boolean schema) {
        static Look at(Connection session) throws SQLException {
            String[] row = Sql.rows(
                            session,
                            "select pg_is_in_recovery(), case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() <> 'not"
                                    + " paused' else false end, current_setting('synchronous_standby_names'), "
                                    + TIMELINE
                                    + ", " + Schema.PRESENT,
                            5)
                    .get(0);
            return new Look(
                    "t".equals(row[0]), "t".equals(row[1]), row[2], Integer.parseInt(row[3]), "t".equals(row[4]));
        }
    }

    private static void writeEpoch(Connection session, ClusterState state, String synchronousCommit)
            throws SQLException {
        Sql.execute(
                session,
                "set synchronous_commit = " + synchronousCommit + "; insert into prontuario.epoch values (1, "
                        + state.epoch() + ", '"
                        + state.transitionId().replace("'", "''")
                        + "') on conflict (one) do update set epoch = excluded.epoch, transition = excluded.transition;"
                        + " select prontuario.tell_epoch(" + state.epoch() + ")");
    }

    /**
     * Takes every id between this server's own timeline and the recorded one out of the choice.
     *
     * <p>Not flushed, which would cost an outage a commit of the file system's journal: the files matter only while PostgreSQL chooses. A
     * power cut before it has chosen is followed by another call of this, and one after it by a start that chooses nothing.
     */
    private void reserveTimelines(int own, int recorded) throws IOException {
        Path folder = server.data().resolve("pg_wal");
        for (int id = own + 1; id < recorded; id++) {
            Path file = folder.resolve(TimelineHistory.fileName(id));
            if (!Files.exists(file)) {
                Files.createFile(file);
                server.installation().handOver(file);
            }
        }
    }

    static boolean inRecovery(Connection session) throws SQLException {
        return "t".equals(Sql.value(session, "select pg_is_in_recovery()"));
    }

    /** The timeline that is written or replayed now. */
    static int timeline(Connection session) throws SQLException {
        return Integer.parseInt(String.valueOf(Sql.value(session, "select " + TIMELINE)));
    }
}
