package io.prontuario.ha.postgres;

import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whether a running primary still takes connections and still writes, which reading on a kept connection does not tell: with a disk that
 * hangs in a flush, or with the postmaster alone stopped, reads go on.
 *
 * <p>A small write every {@link #BEAT}, with {@code synchronous_commit = local}, so that it waits for the disk and for no standby. It is
 * a transactional message in the log (PostgreSQL 15 docs, 9.27.6 Replication Management Functions, {@code pg_logical_emit_message}): it
 * takes no lock that somebody could hold, and leaves nothing to be vacuumed. It is also what keeps the standbys' receivers hearing from
 * an idle primary, so that their last message is a sighting. Now and then it is made on a new connection.
 *
 * <p>A write that is not answered is left waiting, not tried again on the same terms: its backend stays in the flush whether anybody
 * listens or not, and one more in each beat would use up the server's connections. So at most {@link #TRIALS} wait at a time.
 *
 * <p>An error is an answer. A full server (53300) or a refused password says nothing either way.
 */
final class Pulse implements AutoCloseable {
    static final Duration BEAT = Duration.ofMillis(400);

    private static final Duration OVERDUE = Duration.ofMillis(500);
    private static final Duration HUNG_AFTER = Duration.ofMillis(1500);
    private static final int TRIALS = 3;
    /** A new connection after so many writes on the same one. */
    private static final int WRITES_PER_CONNECTION = 10;

    private static final String LOCAL = "set synchronous_commit = local";
    private static final String WRITE = "select pg_logical_emit_message(true, 'prontuario', '')";

    private final PostgresServer server;
    private final Ticker ticker;
    private final Thread beats;
    private final ExecutorService trials = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "prontuario-pulse");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Trial> unanswered = new LinkedHashSet<>();
    private volatile boolean wanted;
    private volatile boolean closed;
    private @Nullable Connection kept;
    private int writesOnKept;
    private int failed;
    private long answeredAt;

    /** One write under way. */
    private static final class Trial {
        private final long begunAt;
        private volatile @Nullable Connection session;

        Trial(long begunAt) {
            this.begunAt = begunAt;
        }
    }

    Pulse(PostgresServer server, Ticker ticker) {
        this.server = server;
        this.ticker = ticker;
        this.beats = new Thread(this::run, "prontuario-pulse-beat");
        beats.setDaemon(true);
    }

    void start() {
        beats.start();
    }

    /** Whether the server is one that can be written to. What was counted before says nothing about its next life. */
    synchronized void beat(boolean primaryRuns) {
        if (primaryRuns != wanted) {
            failed = 0;
            answeredAt = ticker.nanos();
            wanted = primaryRuns;
            if (!primaryRuns) {
                forget();
            }
        }
    }

    /** Why the server counts as hung, as a sentence; empty while it does not. */
    synchronized Optional<String> hung() {
        long now = ticker.nanos();
        long overdue = unanswered.stream()
                .filter(trial -> now - trial.begunAt > OVERDUE.toNanos())
                .count();
        boolean silent = now - answeredAt > HUNG_AFTER.toNanos() && failed + overdue >= TRIALS;
        return wanted && silent
                ? Optional.of("for " + (now - answeredAt) / 1_000_000 + " ms no small write was answered: " + overdue
                        + " are waiting, " + failed + " got no connection")
                : Optional.empty();
    }

    private void run() {
        while (!closed) {
            if (wanted) {
                begin();
            }
            LockSupport.parkNanos(BEAT.toNanos());
        }
    }

    private synchronized void begin() {
        if (unanswered.size() >= TRIALS || closed) {
            return;
        }
        Trial trial = new Trial(ticker.nanos());
        trial.session = take();
        unanswered.add(trial);
        try {
            trials.execute(() -> attempt(trial));
        } catch (RejectedExecutionException e) {
            unanswered.remove(trial);
        }
    }

    /** The kept connection for one more write; null when it is time for a new one, or it is in use. */
    private @Nullable Connection take() {
        Connection session = kept;
        kept = null;
        writesOnKept++;
        if (session != null && writesOnKept > WRITES_PER_CONNECTION) {
            Sql.close(session);
            return null;
        }
        return session;
    }

    private void attempt(Trial trial) {
        try {
            Connection session = trial.session;
            if (session == null) {
                session = server.connect(OVERDUE);
                trial.session = session;
                Sql.execute(session, LOCAL);
            }
            session.setNetworkTimeout(Runnable::run, 0);
            Sql.execute(session, WRITE);
            answered(trial, session);
        } catch (SQLException e) {
            Sql.close(trial.session);
            String state = e.getSQLState();
            // Class 08 is the driver's own: no connection, or nothing heard on it.
            if (state == null || state.startsWith("08")) {
                failed(trial);
            } else if (Sql.saysNothingAboutDeath(e)) {
                ended(trial);
            } else {
                answered(trial, null);
            }
        }
    }

    private synchronized void answered(Trial trial, @Nullable Connection session) {
        unanswered.remove(trial);
        failed = 0;
        answeredAt = ticker.nanos();
        if (session == null) {
            return;
        }
        if (kept == null && wanted && !closed) {
            kept = session;
            writesOnKept = writesOnKept > WRITES_PER_CONNECTION ? 0 : writesOnKept;
        } else {
            Sql.close(session);
        }
    }

    private synchronized void failed(Trial trial) {
        // One that was given up because the server has gone counts for nothing.
        if (unanswered.remove(trial)) {
            failed++;
        }
    }

    private synchronized void ended(Trial trial) {
        unanswered.remove(trial);
    }

    private void forget() {
        unanswered.forEach(trial -> abort(trial.session));
        unanswered.clear();
        abort(kept);
        kept = null;
    }

    private static void abort(@Nullable Connection session) {
        if (session != null) {
            Sql.abort(session);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            forget();
        }
        LockSupport.unpark(beats);
        trials.shutdownNow();
    }
}
