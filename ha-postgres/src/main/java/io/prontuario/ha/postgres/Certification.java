package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a standby holds every acknowledged commit, and that every commit from now on waits for it. The order is everything:
 *
 * <ol>
 *   <li>Names := with the standby. A reload proves nothing: committing backends obey only when the checkpointer has handled it.
 *   <li>See that commits wait: a canary commit is caught in the wait {@code SyncRep}. It may itself be older than a commit that was
 *       acknowledged without waiting, so it proves nothing about content.
 *   <li><em>Then</em> commit a token and read it by SQL on the standby: a position proves nothing, a diverged server reports its own.
 *   <li>The same walsender from before the token's commit until after the read, the same whole timeline history on both.
 * </ol>
 *
 * <p>One thread at a time. Everything it starts has ended when a call returns.
 */
final class Certification {
    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final String UNDEFINED_TABLE = "42P01";
    private static final Duration CATCH = Duration.ofMillis(400);
    /** A session that cannot be ended otherwise ends by this. */
    private static final Duration COMMIT = Duration.ofSeconds(5);
    /** The guards that a test may leave out, to show that what they prevent then happens. */
    enum Guard {
        SEE_COMMITS_WAIT,
        TOKEN_READ_ON_STANDBY,
        SAME_HISTORY,
        ONE_WALSENDER,
        OWN_SLOT,
        ABLE_TO_PROMOTE
    }

    private final PostgresServer server;
    private final NamesSession names;
    private final ExecutorService background;
    private final Ticker ticker;
    private final Set<Guard> guards;
    private @Nullable Walsender proven;
    private @Nullable String provenNames;

    Certification(
            PostgresServer server, NamesSession names, ExecutorService background, Ticker ticker, Set<Guard> guards) {
        this.server = server;
        this.names = names;
        this.background = background;
        this.ticker = ticker;
        this.guards = Set.copyOf(guards);
    }

    /**
     * One connection of a standby.
     *
     * @param within whether what it has reported as flushed lies within this server's log
     */
    record Walsender(String name, long pid, boolean streaming, int priority, boolean within) {}

    /** Why the proof did not come about. */
    private static final class NotProven extends Exception {
        private static final long serialVersionUID = 1L;

        NotProven(String why) {
            super(why);
        }
    }

    Outcome prove(Copy standby, PostgresAddress at, ServerNames wanted, Duration limit) {
        Deadline deadline = Deadline.in(limit, ticker);
        proven = null;
        long start = ticker.nanos();
        try (Connection primary = server.connect(deadline.left());
                Connection remote = Sql.connect(at, server.credentials(), deadline.left())) {
            primary.setNetworkTimeout(Runnable::run, (int) deadline.left().toMillis());
            remote.setNetworkTimeout(Runnable::run, (int) deadline.left().toMillis());
            if (guards.contains(Guard.ABLE_TO_PROMOTE)) {
                ableToPromote(primary, remote, standby);
            }
            theOnlyWalsender(primary, standby);
            if (guards.contains(Guard.OWN_SLOT)) {
                eachHasItsSlot(primary, wanted);
            }
            names.set(wanted, deadline.left());
            if (guards.contains(Guard.SEE_COMMITS_WAIT)) {
                seeCommitsWait(primary, remote, standby, wanted, deadline);
            }
            long seen = ticker.nanos();
            Walsender before = theOnlyWalsender(primary, standby);
            if (guards.contains(Guard.TOKEN_READ_ON_STANDBY)) {
                tokenArrives(primary, remote, standby, deadline);
            }
            if (guards.contains(Guard.SAME_HISTORY)) {
                sameServerAndHistory(primary, remote, standby);
            }
            Walsender after = theOnlyWalsender(primary, standby);
            if (before.pid() != after.pid()) {
                throw new NotProven(standby + " reconnected during the proof (walsender " + before.pid() + ", then "
                        + after.pid() + ")");
            }
            proven = after;
            provenNames = wanted.setting();
            Outcome still = namesStand(wanted.setting(), deadline.left());
            return still.holds()
                    ? Outcome.done(standby + " proven: commits seen waiting after " + (seen - start) / 1_000_000
                            + " ms, token read after " + (ticker.nanos() - start) / 1_000_000 + " ms")
                    : still;
        } catch (NotProven e) {
            return Outcome.retry(Objects.requireNonNull(e.getMessage()), Duration.ofMillis(300));
        } catch (SQLException e) {
            return Outcome.unknown("while proving " + standby + ": " + e.getMessage());
        }
    }

    /** The last look before the certifying write. */
    Outcome stillProven(Copy standby, Duration limit) {
        Walsender expected = proven;
        String expectedNames = provenNames;
        if (expected == null || expectedNames == null) {
            return Outcome.refused(standby + " has not been proven");
        }
        try (Connection primary = server.connect(limit)) {
            Walsender now = theOnlyWalsender(primary, standby);
            if (now.pid() != expected.pid()) {
                return Outcome.retry(standby + " reconnected after the proof", Duration.ofMillis(300));
            }
            commitsWait(primary);
            return namesStand(expectedNames, limit);
        } catch (NotProven e) {
            return Outcome.retry(Objects.requireNonNull(e.getMessage()), Duration.ofMillis(300));
        } catch (SQLException e) {
            return Outcome.unknown("while looking at " + standby + " again: " + e.getMessage());
        }
    }

    private Outcome namesStand(String wanted, Duration limit) {
        try {
            String effect = names.inEffect(limit);
            String file = names.inFile();
            return wanted.equals(effect) && wanted.equals(file)
                    ? Outcome.done("")
                    : Outcome.retry(
                            "names are '" + effect + "' (file '" + file + "'), not '" + wanted
                                    + "': somebody else changes them",
                            Duration.ofSeconds(1));
        } catch (SQLException e) {
            return Outcome.unknown("names cannot be read: " + e.getMessage());
        }
    }

    private static void ableToPromote(Connection primary, Connection remote, Copy standby)
            throws SQLException, NotProven {
        if (!"t".equals(Sql.value(remote, "select pg_is_in_recovery()"))) {
            throw new NotProven(standby + " is not in recovery");
        }
        if (!"0".equals(Sql.value(remote, "select setting from pg_settings where name = 'recovery_min_apply_delay'"))) {
            throw new NotProven(standby + " has recovery_min_apply_delay: a delayed standby cannot take over in time");
        }
        for (String setting : RecoverySettings.names()) {
            long here = RecoverySettings.value(primary, setting);
            long there = RecoverySettings.value(remote, setting);
            if (there < here) {
                throw new NotProven(setting + " is " + there + " on " + standby + " and " + here
                        + " on the primary: with less it cannot be promoted. Raise it there first");
            }
        }
        if (!"not paused".equals(Sql.value(remote, "select pg_get_wal_replay_pause_state()"))) {
            // After the settings: a server that has paused because of one of them ends when it is told to go on.
            throw new NotProven("replay is paused on " + standby + ": its agent ends a pause that was forgotten");
        }
        for (String setting : List.of("fsync", "full_page_writes")) {
            String sql = "select setting from pg_settings where name = '" + setting + "'";
            if (!"on".equals(Sql.value(remote, sql)) || !"on".equals(Sql.value(primary, sql))) {
                throw new NotProven(setting + " is off: what was acknowledged would not survive a power cut");
            }
        }
        commitsWait(primary);
    }

    private static void commitsWait(Connection primary) throws SQLException, NotProven {
        String commit = Sql.value(primary, "select setting from pg_settings where name = 'synchronous_commit'");
        if (!"on".equals(commit) && !"remote_apply".equals(commit)) {
            throw new NotProven("synchronous_commit is " + commit
                    + " on the primary: commits would not wait for the standby's disk");
        }
    }

    private Walsender theOnlyWalsender(Connection primary, Copy standby) throws SQLException, NotProven {
        if (!guards.contains(Guard.ONE_WALSENDER)) {
            return new Walsender(standby.applicationName(), 0, true, 0, true);
        }
        List<Walsender> all = walsenders(primary).stream()
                .filter(walsender -> walsender.name().equals(standby.applicationName()))
                .toList();
        if (all.isEmpty()) {
            throw new NotProven(standby + " is not connected");
        }
        if (all.size() > 1) {
            throw new NotProven(all.size() + " connections call themselves " + standby + ": one of them is not it");
        }
        Walsender only = all.get(0);
        if (!only.streaming()) {
            throw new NotProven(standby + " does not stream yet");
        }
        if (!only.within()) {
            // Named, it would raise the position up to which this server lets commits go without asking anybody, and
            // that outlives it.
            throw new NotProven(standby + " has reported no position yet, or one beyond this server's log: it has to be"
                    + " rewound first");
        }
        return only;
    }

    /** Where commits wait for several, none of them must ever count twice. */
    private static void eachHasItsSlot(Connection primary, ServerNames wanted) throws SQLException, NotProven {
        if (wanted.copies().size() < 2) {
            return;
        }
        for (Copy copy : wanted.copies()) {
            if (StandbySlot.isPassedBy(primary, copy.node(), copy.applicationName())) {
                throw new NotProven(copy + " does not stream through its slot " + StandbySlot.of(copy.node())
                        + ": with several standbys a second connection of one would count as another. Give every node the"
                        + " addresses of all servers, then: ha restart " + copy.node());
            }
        }
    }

    static List<Walsender> walsenders(Connection primary) throws SQLException {
        List<Walsender> all = new ArrayList<>();
        for (String[] row : Sql.rows(
                primary,
                "select application_name, pid, state = 'streaming', coalesce(sync_priority, 0),"
                        + " coalesce(flush_lsn <= pg_current_wal_insert_lsn(), false) from pg_stat_replication order by"
                        + " backend_start",
                5)) {
            all.add(new Walsender(
                    row[0], Long.parseLong(row[1]), "t".equals(row[2]), Integer.parseInt(row[3]), "t".equals(row[4])));
        }
        return all;
    }

    private void seeCommitsWait(
            Connection primary, Connection remote, Copy standby, ServerNames wanted, Deadline deadline)
            throws SQLException, NotProven {
        if (!names.waitingProven()) {
            commitSeenWaiting(primary, remote, standby, deadline);
            names.provenWaiting();
        }
        everyWalsenderHasLoaded(primary, wanted, deadline);
    }

    private void commitSeenWaiting(Connection primary, Connection remote, Copy standby, Deadline deadline)
            throws SQLException, NotProven {
        if (catchCanary(primary, "on", Deadline.in(CATCH, ticker))) {
            return;
        }
        // The standby answers before anybody can look. Hold its replay: a remote_apply canary then waits for as long as
        // names are
        // in effect, ordinary commits for its flush only.
        Sql.execute(remote, "select pg_wal_replay_pause()");
        try {
            if (catchCanary(primary, "remote_apply", deadline)) {
                return;
            }
        } finally {
            Sql.execute(remote, "select pg_wal_replay_resume()");
        }
        throw new NotProven(
                "no commit was seen waiting for " + standby + ": the server has not put the names into effect yet");
    }

    /**
     * That a commit waits does not say for whom: whoever was named before may still be all that it waits for, since it is the walsenders
     * that release commits, each by the list that it has loaded.
     */
    private void everyWalsenderHasLoaded(Connection primary, ServerNames wanted, Deadline deadline)
            throws SQLException, NotProven {
        List<String> order = wanted.copies().stream().map(Copy::applicationName).toList();
        int first = wanted.gated() ? 2 : 1;
        while (true) {
            // One that is no longer named and has not loaded the new list yet would still release commits by the old
            // one.
            boolean all = walsenders(primary).stream().allMatch(walsender -> {
                int place = order.indexOf(walsender.name());
                return walsender.priority() == (place < 0 ? 0 : place + first);
            });
            if (all) {
                return;
            }
            if (!deadline.pause(MOMENT)) {
                throw new NotProven("not every walsender has loaded names " + wanted.setting());
            }
        }
    }

    /** Commits canaries one after another until one is seen waiting for a standby. */
    private boolean catchCanary(Connection monitor, String synchronousCommit, Deadline deadline) throws SQLException {
        try (Committing canaries = new Committing(
                monitor, synchronousCommit, "update prontuario.token set value = '' where purpose = 'canary'", true)) {
            boolean seen = false;
            while (!seen && !canaries.ended() && deadline.pause(Duration.ofNanos(50_000))) {
                seen = canaries.pid() != 0
                        && "SyncRep"
                                .equals(Sql.value(
                                        monitor,
                                        "select coalesce(wait_event, '') from pg_stat_activity where pid = "
                                                + canaries.pid()));
            }
            return seen;
        }
    }

    private void tokenArrives(Connection primary, Connection remote, Copy standby, Deadline deadline)
            throws SQLException, NotProven {
        String token = UUID.randomUUID().toString();
        try (Committing commit = new Committing(
                primary, "on", "update prontuario.token set value = '" + token + "' where purpose = 'token'", false)) {
            while (!token.equals(tokenOn(remote))) {
                if (!deadline.pause(MOMENT)) {
                    throw new NotProven("the token did not arrive on " + standby);
                }
            }
            // The standby has it; its reply is on the way.
            Deadline answer = Deadline.in(Duration.ofMillis(200), ticker);
            boolean waiting = true;
            while (waiting) {
                waiting = !commit.ended() && answer.pause(MOMENT);
            }
        }
    }

    private static @Nullable String tokenOn(Connection remote) throws SQLException {
        try {
            return Sql.value(remote, "select value from prontuario.token where purpose = 'token'");
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                // A new cluster's: the table itself is still on its way.
                return null;
            }
            throw e;
        }
    }

    /**
     * A session that commits on a thread of its own and may wait for a standby. Closing it ends both, also when the wait would go on: a
     * backend that is left in it holds its row, and the next proof would wait for that.
     */
    private final class Committing implements AutoCloseable {
        private static final Duration ANSWER_ON_ITS_WAY = Duration.ofMillis(20);

        private final Connection monitor;
        private final AtomicBoolean enough = new AtomicBoolean();
        private final AtomicInteger pid = new AtomicInteger();
        private final CompletableFuture<Void> done;

        Committing(Connection monitor, String synchronousCommit, String sql, boolean again) {
            this.monitor = monitor;
            this.done = CompletableFuture.runAsync(() -> commit(synchronousCommit, sql, again), background);
        }

        private void commit(String synchronousCommit, String sql, boolean again) {
            try (Connection session = server.connect(COMMIT)) {
                pid.set(Integer.parseInt(String.valueOf(Sql.value(session, "select pg_backend_pid()"))));
                Sql.execute(session, "set synchronous_commit = " + synchronousCommit);
                while (!enough.get()) {
                    Sql.execute(session, sql);
                    if (!again) {
                        return;
                    }
                }
            } catch (SQLException e) {
                // It was ended while it waited. How a canary or a token ends here does not matter.
                return;
            }
        }

        int pid() {
            return pid.get();
        }

        boolean ended() {
            return done.isDone();
        }

        @Override
        public void close() throws SQLException {
            enough.set(true);
            Deadline end = Deadline.in(ANSWER_ON_ITS_WAY, ticker);
            while (!done.isDone() && end.pause(MOMENT)) {
                // An answer is on its way in nearly all cases.
            }
            try {
                if (!done.isDone()) {
                    Sql.execute(monitor, "select pg_terminate_backend(" + pid.get() + ")");
                }
            } finally {
                done.join();
            }
        }
    }

    private static void sameServerAndHistory(Connection primary, Connection remote, Copy standby)
            throws SQLException, NotProven {
        String identity = "select system_identifier from pg_control_system()";
        if (!Objects.equals(Sql.value(primary, identity), Sql.value(remote, identity))) {
            throw new NotProven(standby + " belongs to another cluster: its system identifier differs");
        }
        String upstream =
                Objects.requireNonNullElse(Sql.value(remote, "select current_setting('primary_conninfo')"), "");
        if (!List.of(upstream.split("\\s+")).contains("application_name=" + standby.applicationName())) {
            throw new NotProven("the server at the address of " + standby.node() + " does not call itself " + standby
                    + ": what was read there is not what streams under that name");
        }
        String[] receiver = Sql.rows(
                        remote,
                        "select pg_is_in_recovery(), coalesce((select status from pg_stat_wal_receiver), 'none'),"
                                + " coalesce((select received_tli from pg_stat_wal_receiver), 0)",
                        3)
                .get(0);
        String timeline = String.valueOf(Sql.value(
                primary, "select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int"));
        if (!"t".equals(receiver[0]) || !"streaming".equals(receiver[1]) || !timeline.equals(receiver[2])) {
            throw new NotProven(standby + " is not streaming timeline " + timeline + " (receiver " + receiver[1]
                    + " on timeline " + receiver[2] + ")");
        }
        int number = Integer.parseInt(timeline);
        if (!history(primary, number).equals(history(remote, number))) {
            throw new NotProven("the history of timeline " + timeline + " on " + standby
                    + " is not the primary's: it must be rebuilt");
        }
    }

    private static TimelineHistory history(Connection connection, int timeline) throws SQLException, NotProven {
        if (timeline == 1) {
            return new TimelineHistory(1, List.of());
        }
        String text = Sql.value(
                connection,
                "select pg_read_file('pg_wal/" + TimelineHistory.fileName(timeline) + "', 0, 1000000, true)");
        if (text == null) {
            throw new NotProven("a server on timeline " + timeline + " has no history of it");
        }
        return TimelineHistory.parse(timeline, text);
    }
}
