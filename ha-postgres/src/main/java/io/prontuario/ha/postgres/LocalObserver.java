package io.prontuario.ha.postgres;

import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Watches the server on this node: a snapshot ten times a second on one kept connection, and a second connection that does nothing but
 * wait, so that the death of the server is seen at once when it breaks.
 */
final class LocalObserver implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(100);
    private static final Duration ATTENTIVE = Duration.ofMillis(8);
    private static final Duration QUERY_BOUND = Duration.ofMillis(600);
    /** SQLSTATE admin_shutdown: this session was ended. */
    private static final String ENDED = "57P01";
    /** SQLSTATE cannot_connect_now: starting, or going down. */
    private static final String NOT_YET = "57P03";

    private static final Duration CONNECT_BOUND = Duration.ofMillis(500);
    private static final Duration HUNG_AFTER = Duration.ofMillis(1500);
    private static final int HUNG_FAILURES = 3;
    private static final Duration PENDING = Duration.ofSeconds(5);
    private static final String SNAPSHOT = """
            select pg_is_in_recovery(),
              case when pg_is_in_recovery() then coalesce((select received_tli from pg_stat_get_wal_receiver()), 0)
                else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
              case when pg_is_in_recovery() then pg_wal_lsn_diff(greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'),
                coalesce(pg_last_wal_replay_lsn(), '0/0')), '0/0') else pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') end::bigint,
              case when pg_is_in_recovery() then pg_wal_lsn_diff(coalesce(pg_last_wal_replay_lsn(), '0/0'), '0/0')
                else pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0') end::bigint,
              current_setting('synchronous_standby_names'),
              (select string_agg(application_name || '|' || pid || '|' || (state = 'streaming') || '|'
                || pg_wal_lsn_diff(coalesce(flush_lsn, '0/0'), '0/0')::bigint || '|'
                || coalesce((select slot_name from pg_replication_slots where active_pid = pid), ''), ',') from pg_stat_replication
                where application_name ~ '^[a-z0-9-]{1,40}[.][0-9a-f]{4,16}$'),
              (select count(*) || '|' || coalesce((extract(epoch from max(clock_timestamp() - state_change)) * 1000)::bigint, 0)
                from pg_stat_activity where wait_event = 'SyncRep'),
              (select sender_host || ':' || sender_port || '|' || (status = 'streaming') || '|'
                || (extract(epoch from clock_timestamp() - coalesce(last_msg_receipt_time, 'epoch')) * 1000)::bigint || '|'
                || pg_wal_lsn_diff(coalesce(latest_end_lsn, '0/0'), '0/0')::bigint
                from pg_stat_get_wal_receiver() where pid is not null),
              %s""".formatted(VitalSettings.VALUES);

    private final PostgresServer server;
    private final CopyIdentity identity;
    private final CleanStop cleanStop;
    private final VitalSettings vital;
    /** By the address of their server. */
    private final Map<String, NodeName> nodes;
    /** Whether the cluster has several standbys. */
    private final boolean several;

    private final Ticker ticker;
    private final Runnable wake;
    private final Pulse pulse;
    private final Thread snapshots;
    private final Thread deathWatch;
    private final PostmasterWatch postmasterWatch;
    private final Object lock = new Object();
    private volatile DataStatus latest = DataStatus.UNKNOWN;
    private volatile long takenAt;
    /** The settings that wait for a restart of the server, and when that was last asked; of whoever looks. */
    private String pending = "";

    private long pendingSeen;
    private volatile boolean closed;
    private @Nullable Connection connection;
    private volatile @Nullable Connection watching;
    private String identifier = "";
    private int failures;
    private long answeredAt;

    /**
     * @param servers every node's server
     * @param wake told when what others decide by has changed
     */
    LocalObserver(
            PostgresServer server,
            Map<NodeName, PostgresAddress> servers,
            CopyIdentity identity,
            CleanStop cleanStop,
            VitalSettings vital,
            Ticker ticker,
            Runnable wake) {
        this.cleanStop = cleanStop;
        this.vital = vital;
        this.several = StandbySlot.isNeeded(servers);
        this.nodes = servers.entrySet().stream()
                // Two nodes at one address would be a mistake that is told elsewhere.
                .collect(Collectors.toUnmodifiableMap(
                        entry -> entry.getValue().toString(), Map.Entry::getKey, (one, other) -> one));
        this.server = server;
        this.identity = identity;
        this.ticker = ticker;
        this.wake = wake;
        this.takenAt = ticker.nanos();
        this.pendingSeen = takenAt;
        this.pulse = new Pulse(server, ticker);
        this.snapshots = new Thread(this::beat, "prontuario-observer");
        this.deathWatch = new Thread(this::watchForDeath, "prontuario-death-watch");
        snapshots.setDaemon(true);
        deathWatch.setDaemon(true);
        this.postmasterWatch = new PostmasterWatch(this::watchedProcess, this::deathOrNot);
    }

    void start() {
        snapshots.start();
        deathWatch.start();
        postmasterWatch.start();
        pulse.start();
    }

    /** The last snapshot, with its receiver's age brought up to this moment. */
    DataStatus latest() {
        DataStatus status = latest;
        Receiver receiver = status.receiver();
        if (receiver == null) {
            return status;
        }
        Duration since = Duration.ofNanos(ticker.nanos() - takenAt);
        return status.withReceiver(
                receiver.withLastMessageAge(receiver.lastMessageAge().plus(since)));
    }

    /** Looks now, in the calling thread: after something was done to the server. */
    DataStatus refresh() {
        synchronized (lock) {
            DataStatus before = latest;
            DataStatus status;
            try {
                status = stillWriting(look());
            } catch (RuntimeException e) {
                // Such as a file that is being replaced at this moment. Whatever it was, the next look is another one.
                status = failed(ServerCondition.UNKNOWN, String.valueOf(e.getMessage()));
            }
            latest = status;
            takenAt = ticker.nanos();
            if (!status.coarse().equals(before.coarse())
                    || !status.attached().equals(before.attached())
                    || !status.namesInEffect().equals(before.namesInEffect())) {
                wake.run();
            }
            return status;
        }
    }

    /** Looks all the time until the stream from the primary ends or the limit has passed. */
    void attend(Duration limit) {
        Deadline end = Deadline.in(limit, ticker);
        Receiver receiver;
        do {
            receiver = refresh().receiver();
        } while (receiver != null && receiver.streaming() && end.pause(ATTENTIVE));
    }

    /** A server that answers questions and writes no more is no use to anybody: it hangs as well. */
    private DataStatus stillWriting(DataStatus seen) {
        boolean hangs = seen.condition() == ServerCondition.HUNG;
        pulse.beat(seen.mode() == ServerMode.PRIMARY && (hangs || seen.condition() == ServerCondition.RUNNING));
        return seen.condition() == ServerCondition.RUNNING
                ? pulse.hung()
                        .map(reason -> failed(ServerCondition.HUNG, reason))
                        .orElse(seen)
                : seen;
    }

    /** The names were just seen to be these, in the file and in effect: the next look need not be waited for. */
    void namesAre(String names) {
        synchronized (lock) {
            latest = latest.withNames(names);
        }
    }

    /** The server was just seen out of recovery, and answered a write: the next look need not be waited for. */
    void promotedTo(int timeline) {
        synchronized (lock) {
            if (identifier.isEmpty()) {
                // It has just been started, and whose data it is has to be known of a primary.
                refresh();
            }
            latest = latest.asPrimaryOn(timeline);
        }
    }

    private void beat() {
        while (!closed) {
            refresh();
            LockSupport.parkNanos(BEAT.toNanos());
        }
    }

    private void watchForDeath() {
        while (!closed) {
            try (Connection session = server.connect(Duration.ofSeconds(2))) {
                watching = session;
                session.setNetworkTimeout(Runnable::run, 0);
                PGConnection waiting = session.unwrap(PGConnection.class);
                while (!closed) {
                    // Returns when somebody notifies, which nobody does, or when the connection breaks, which is what
                    // it waits for.
                    waiting.getNotifications(0);
                }
            } catch (SQLException e) {
                boolean hadSession = watching != null;
                watching = null;
                if (hadSession && !closed) {
                    deathOrNot();
                }
            }
            LockSupport.parkNanos(BEAT.toNanos());
        }
    }

    /** Only a primary's death is waited for by others. */
    private OptionalLong watchedProcess() {
        return latest.runsAs(ServerMode.PRIMARY) ? server.pid() : OptionalLong.empty();
    }

    /** The waiting connection broke, or the process was seen at its end: if the postmaster is gone this is death, and nobody needs to wait for a time-out. */
    private void deathOrNot() {
        Deadline moment = Deadline.in(Duration.ofMillis(100), ticker);
        do {
            if (server.isDead()) {
                // The other thread may be in the middle of a look that fails as well: this news does not wait for it.
                latest = failed(ServerCondition.DOWN, "no server process");
                wake.run();
                refresh();
                return;
            }
        } while (moment.pause(Duration.ofMillis(1)));
        refresh();
    }

    private DataStatus look() {
        if (server.isDead()) {
            disconnect();
            answered();
            identifier = "";
            return failed(ServerCondition.DOWN, "no server process");
        }
        try {
            return ask();
        } catch (SQLException e) {
            return whyNot(e);
        }
    }

    private DataStatus ask() throws SQLException {
        try {
            return query();
        } catch (SQLException e) {
            boolean kept = connection != null;
            disconnect();
            if (!kept || !ENDED.equals(e.getSQLState())) {
                throw e;
            }
        }
        // Somebody has ended this one session, or the server goes down: a new one tells which.
        try {
            return query();
        } catch (SQLException e) {
            disconnect();
            throw e;
        }
    }

    private void answered() {
        failures = 0;
        answeredAt = ticker.nanos();
    }

    private DataStatus whyNot(SQLException failure) {
        String state = Objects.requireNonNullElse(failure.getSQLState(), "");
        if (state.equals(NOT_YET) || state.equals(ENDED)) {
            answered();
            return failed(ServerCondition.STARTING, String.valueOf(failure.getMessage()));
        }
        if (Sql.saysNothingAboutDeath(failure)) {
            answered();
            return failed(
                    ServerCondition.UNKNOWN,
                    failure.getMessage()
                            + (state.startsWith("28")
                                    ? "; check postgres.user and postgres.password-file, and pg_hba.conf there"
                                    : ""));
        }
        failures++;
        boolean hung = failures >= HUNG_FAILURES && ticker.nanos() - answeredAt > HUNG_AFTER.toNanos();
        if (server.isDead()) {
            return failed(ServerCondition.DOWN, "no server process");
        }
        return hung
                ? failed(
                        ServerCondition.HUNG,
                        // Without the number of attempts, which would make a new alarm of each.
                        "no attempt to ask it has succeeded for " + (ticker.nanos() - answeredAt) / 1_000_000 + " ms: "
                                + failure.getMessage())
                : failed(
                        latest.condition() == ServerCondition.RUNNING
                                ? ServerCondition.RUNNING
                                : ServerCondition.STARTING,
                        "");
    }

    private DataStatus query() throws SQLException {
        Connection session = connection;
        if (session == null || session.isClosed()) {
            session = server.connect(CONNECT_BOUND);
            session.setNetworkTimeout(Runnable::run, (int) QUERY_BOUND.toMillis());
            connection = session;
        }
        if (identifier.isEmpty()) {
            identifier = Objects.requireNonNullElse(
                    Sql.value(session, "select system_identifier from pg_control_system()"), "");
        }
        String[] row = Sql.rows(session, SNAPSHOT, 9).get(0);
        answered();
        boolean standby = "t".equals(row[0]);
        lookForPending(session);
        Set<Hazard> hazards = vital.seen(session, row[8]);
        Copy copy = identity.read().orElse(null);
        return new DataStatus(
                copy,
                identifier,
                ServerCondition.RUNNING,
                standby ? ServerMode.STANDBY : ServerMode.PRIMARY,
                timeline(standby, copy, Integer.parseInt(row[1])),
                Long.parseLong(row[2]),
                Long.parseLong(row[3]),
                0,
                receiver(row[7]),
                attached(row[5]),
                server.autoConf().get(AutoConf.NAMES).orElse(""),
                row[4],
                syncWait(row[6]),
                Stream.of(vital.detail(), pending.isEmpty() ? "" : "needs a restart for " + pending)
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; ")),
                hazards);
    }

    /**
     * A standby says it only while it receives: once its stream has ended, and the primary with it, it is still where it was. Who has not seen
     * it stream, such as an agent that was started after the primary was lost, reads it once from the files: where commits wait for nobody, a
     * standby takes over by itself only if what it lacks is known.
     */
    private int timeline(boolean standby, @Nullable Copy copy, int seen) {
        if (seen != 0 || !standby || copy == null) {
            return seen;
        }
        DataStatus before = latest;
        boolean same = before.mode() == ServerMode.STANDBY && copy.equals(before.copy());
        return same && before.timeline() != 0 ? before.timeline() : ifReadable(() -> OwnTimeline.of(server), 0);
    }

    /** All settings are looked through for it: not ten times a second, and not while somebody waits for a server that has just started. */
    private void lookForPending(Connection session) throws SQLException {
        if (ticker.nanos() - pendingSeen < PENDING.toNanos()) {
            return;
        }
        pending = Objects.requireNonNullElse(
                Sql.value(
                        session, "select string_agg(name, ', ' order by name) from pg_settings where pending_restart"),
                "");
        pendingSeen = ticker.nanos();
    }

    private @Nullable Receiver receiver(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] words = text.split("\\|", -1);
        return new Receiver(
                words[0],
                "true".equals(words[1]),
                Duration.ofMillis(Math.max(0, Long.parseLong(words[2]))),
                Long.parseLong(words[3]),
                nodes.get(words[0]));
    }

    private List<AttachedStandby> attached(@Nullable String text) {
        List<AttachedStandby> all = new ArrayList<>();
        if (text == null) {
            return all;
        }
        for (String one : text.split(",")) {
            String[] words = one.split("\\|", -1);
            // Anything else is a base backup, or a tool of somebody's: no copy, no candidate.
            copy(words[0])
                    .ifPresent(copy -> all.add(new AttachedStandby(
                            copy,
                            Long.parseLong(words[1]),
                            "true".equals(words[2]),
                            Long.parseLong(words[3]),
                            several && !StandbySlot.of(copy.node()).equals(words[4]))));
        }
        return all;
    }

    private static Optional<Copy> copy(String applicationName) {
        try {
            return Optional.of(Copy.parse(applicationName));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static SyncWait syncWait(String text) {
        String[] words = text.split("\\|", -1);
        int waiting = Integer.parseInt(words[0]);
        return waiting == 0
                ? SyncWait.NONE
                : new SyncWait(waiting, Duration.ofMillis(Math.max(0, Long.parseLong(words[1]))));
    }

    /** What the directory tells while the server cannot be asked. */
    private DataStatus failed(ServerCondition condition, String detail) {
        ServerMode mode =
                !server.exists() ? ServerMode.NONE : server.standbySignal() ? ServerMode.STANDBY : ServerMode.PRIMARY;
        return new DataStatus(
                ifReadable(identity::read, Optional.ofNullable(latest.copy())).orElse(null),
                identifier,
                condition,
                mode,
                latest.timeline(),
                latest.receivedPosition(),
                latest.replayedPosition(),
                shutdownPosition(condition, mode),
                null,
                List.of(),
                ifReadable(() -> server.autoConf().get(AutoConf.NAMES).orElse(""), latest.namesInFile()),
                "",
                SyncWait.NONE,
                detail);
    }

    private long shutdownPosition(ServerCondition condition, ServerMode mode) {
        return condition == ServerCondition.DOWN && mode == ServerMode.PRIMARY
                // At the news of a death nobody waits for a tool that reads a file: that is for the look after it.
                ? ifReadable(latest.condition() == condition ? cleanStop::position : cleanStop::known, 0L)
                : 0;
    }

    /** A file that cannot be read says nothing; least of all that there is no data here. */
    private static <T extends @Nullable Object> T ifReadable(Supplier<T> file, T before) {
        try {
            return file.get();
        } catch (RuntimeException e) {
            return before;
        }
    }

    private void disconnect() {
        pending = "";
        pendingSeen = ticker.nanos();
        Sql.close(connection);
        connection = null;
    }

    @Override
    public void close() {
        closed = true;
        postmasterWatch.close();
        LockSupport.unpark(snapshots);
        LockSupport.unpark(deathWatch);
        pulse.close();
        Connection waiting = watching;
        if (waiting != null) {
            try {
                waiting.abort(Runnable::run);
            } catch (SQLException e) {
                return;
            }
        }
    }
}
