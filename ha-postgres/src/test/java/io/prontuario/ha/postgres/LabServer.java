package io.prontuario.ha.postgres;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One server of a {@link PostgresLab}, with two ways to treat it: naively, as a hand-made script would, and as the library does.
 */
public final class LabServer {
    static final Duration LIMIT = Duration.ofSeconds(5);
    /** Where nobody could nominate it: its data may be replaced. */
    static final Supplier<Outcome> CONSENT = () -> Outcome.done("");

    private static final Duration SOON = Duration.ofSeconds(20);

    private final PostgresLab lab;
    private final NodeName node;
    private final PostgresServer server;
    private final ManagedSettings settings;
    private final CopyIdentity identity;
    private final List<Connection> kept = new ArrayList<>();
    private @Nullable NamesSession names;
    private Optional<String> slot = Optional.empty();
    private @Nullable PostgresStrategy strategy;
    private @Nullable Connection asked;

    LabServer(PostgresLab lab, NodeName node, PostgresServer server, ManagedSettings settings) {
        this.lab = lab;
        this.node = node;
        this.server = server;
        this.settings = settings;
        this.identity = new CopyIdentity(node, server.state(), lab.installation(), new Random(node.hashCode()));
    }

    // What it is.

    public PostgresAddress address() {
        return server.address();
    }

    /** The data copy that is here; fails when there is none. */
    public Copy copy() {
        return identity.read().orElseThrow();
    }

    NodeName node() {
        return node;
    }

    PostgresServer server() {
        return server;
    }

    CopyIdentity identity() {
        return identity;
    }

    Path data() {
        return server.data();
    }

    // SQL.

    /** A session of its own, ended with the lab. */
    public Connection connect() {
        try {
            Connection connection = server.connect(SOON);
            connection.setNetworkTimeout(Runnable::run, 0);
            Sql.execute(connection, "set application_name = 'lab client'");
            synchronized (kept) {
                kept.add(connection);
            }
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to " + node + ": " + e.getMessage(), e);
        }
    }

    /** Runs statements whose commit waits for nobody. */
    public void execute(String sql) {
        try {
            Sql.execute(asked(), sql);
        } catch (SQLException e) {
            throw new IllegalStateException(node + ": " + sql + ": " + e.getMessage(), e);
        }
    }

    /** The first value of an answer, as text. */
    public String value(String sql) {
        try {
            return String.valueOf(Sql.value(asked(), sql));
        } catch (SQLException e) {
            throw new IllegalStateException(node + ": " + sql + ": " + e.getMessage(), e);
        }
    }

    long number(String sql) {
        return Long.parseLong(value(sql));
    }

    private Connection asked() throws SQLException {
        Connection present = asked;
        if (present == null || present.isClosed() || !present.isValid(5)) {
            present = connect();
            present.setNetworkTimeout(Runnable::run, (int) SOON.toMillis());
            Sql.execute(present, "set synchronous_commit = local");
            asked = present;
        }
        return present;
    }

    /** Commits one statement in the background, as an ordinary client does. */
    PendingCommit commitInBackground(String sql) {
        return PendingCommit.start(connect(), sql, lab.threads());
    }

    /** Changes names as a script does: the statement, a reload, and {@code SHOW} until it shows them. */
    public void names(String setting) {
        execute("alter system set synchronous_standby_names = '" + setting.replace("'", "''") + "'");
        value("select pg_reload_conf()");
        await("names of " + node + " shown as " + setting)
                .until(() -> value("show synchronous_standby_names").equals(setting));
    }

    /** {@link #names} and long enough for every process to have obeyed. */
    public void namesInForce(String setting) {
        names(setting);
        // A checkpoint that began after the reload ends after the checkpointer has handled it.
        execute("checkpoint");
        await("walsenders of " + node + " go by " + setting).until(() -> {
            return value("select count(*) from pg_stat_replication where ('" + setting.replace("'", "''")
                            + "' like '%\"' || application_name || '\"%') <> (sync_priority > 0)")
                    .equals("0");
        });
    }

    static String waitingFor(LabServer... standbys) {
        List<Copy> copies = new ArrayList<>();
        for (LabServer standby : standbys) {
            copies.add(standby.copy());
        }
        return ServerNames.waitingFor(copies).setting();
    }

    static org.awaitility.core.ConditionFactory await(String what) {
        return Awaitility.await(what).pollInterval(5, TimeUnit.MILLISECONDS).atMost(20, TimeUnit.SECONDS);
    }

    void awaitStreamingFrom(LabServer primary) {
        await(node + " streams from " + primary.node)
                .until(() -> primary.value(
                                "select count(*) from pg_stat_replication where state = 'streaming' and application_name = '"
                                        + copy() + "'")
                        .equals("1"));
    }

    /** Until everything that {@code primary} has written is replayed here. */
    void awaitCaughtUpWith(LabServer primary) {
        String position = primary.value("select pg_current_wal_flush_lsn()");
        await(node + " has replayed " + position)
                .until(() -> value("select pg_last_wal_replay_lsn() >= '" + position + "'")
                        .equals("t"));
    }

    long position() {
        return number(
                "select pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,"
                        + " '0/0')::bigint");
    }

    int timeline() {
        try {
            return Promotion.timeline(asked());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // The server's life.

    void initialise() {
        server.initialise(settings);
        identity.renew();
    }

    public void start() {
        server.start(SOON);
    }

    /** As somebody starts it from a script of his own, with a setting on its command line. */
    void startByHand(String setting) {
        lab.tool(
                "pg_ctl",
                "-D",
                data().toString(),
                "-l",
                server.state().resolve("postgres.log").toString(),
                "-o",
                "-p " + address().port() + " -c listen_addresses=" + address().host()
                        + " -c unix_socket_directories='' -c " + setting,
                "start");
        await(node + " runs").ignoreExceptions().until(() -> value("select 1").equals("1"));
    }

    public void stop() {
        if (!server.stop(false, SOON)) {
            throw new IllegalStateException(node + " does not stop");
        }
    }

    /** Every process of it at once, as when its host is lost. The data stays as it is on the disk. */
    public void loseHost() {
        long postmaster = server.pid().orElseThrow();
        Processes.signal("STOP", postmaster);
        for (long pid : Processes.workingIn(server.data())) {
            if (pid != postmaster) {
                Processes.trySignal("KILL", pid);
            }
        }
        Processes.signal("KILL", postmaster);
        await("all of " + node + " gone")
                .until(() -> Processes.workingIn(server.data()).isEmpty());
    }

    /** The postmaster alone: {@code kill -9}. Its children find out by themselves. */
    public void kill() {
        Processes.signal("KILL", server.pid().orElseThrow());
    }

    /** Stops every process of it without ending any. */
    public void freeze() {
        Processes.workingIn(server.data()).forEach(pid -> Processes.trySignal("STOP", pid));
    }

    public void thaw() {
        Processes.workingIn(server.data()).forEach(pid -> Processes.trySignal("CONT", pid));
    }

    /** The process of a kind such as {@code checkpointer}, {@code walreceiver}, {@code walsender}; the newest of several. */
    long pidOf(String backendType) {
        return number("select pid from pg_stat_activity where backend_type = '" + backendType
                + "' order by backend_start desc limit 1");
    }

    void freeze(long pid) {
        Processes.signal("STOP", pid);
    }

    void thaw(long pid) {
        Processes.signal("CONT", pid);
    }

    /** Cuts the stream to whoever this standby follows, and stays cut. */
    void cutOffFromUpstream() {
        execute("alter system set primary_conninfo = 'host=127.0.0.1 port=1 application_name=" + copy() + "'");
        value("select pg_reload_conf()");
        await(node + " has no stream")
                .until(() -> value("select count(*) from pg_stat_wal_receiver").equals("0"));
    }

    /** Points this standby elsewhere, as a script does. */
    void follow(PostgresAddress upstream, String applicationName) {
        execute("alter system set primary_conninfo = 'host=" + upstream.host() + " port=" + upstream.port()
                + " user=postgres application_name=" + applicationName + "'");
        value("select pg_reload_conf()");
    }

    /** Makes a standby of a stopped directory without asking whether its log fits: what a script does. */
    void becomeStandbyUnrewound(LabServer primary) {
        server.autoConf()
                .set(Map.of(
                        AutoConf.NAMES,
                        ServerNames.gate().setting(),
                        "primary_conninfo",
                        server.connectionString(primary.address(), copy().applicationName())));
        server.standbySignal(true);
        start();
    }

    /** Promotes as a script does; answers when it is out of recovery. */
    void promoteNaively() {
        value("select pg_promote(true, 60)");
    }

    // What the library does with it.

    NamesSession namesSession() {
        NamesSession present = names;
        if (present == null) {
            present = new NamesSession(server, Ticker.system());
            names = present;
        }
        return present;
    }

    /** Leaves a proof nothing to find out about whether commits wait for that standby. */
    void makeCommitsWaitFor(LabServer standby) throws SQLException {
        namesInForce(waitingFor(standby));
        namesSession().set(ServerNames.waitingFor(List.of(standby.copy())), LIMIT);
        namesSession().provenWaiting();
    }

    Certification certification() {
        return certification(EnumSet.allOf(Certification.Guard.class));
    }

    Certification certification(Set<Certification.Guard> guards) {
        return new Certification(server, namesSession(), lab.threads(), Ticker.system(), guards);
    }

    static Set<Certification.Guard> allBut(Certification.Guard... left) {
        Set<Certification.Guard> guards = EnumSet.allOf(Certification.Guard.class);
        guards.removeAll(Set.of(left));
        return guards;
    }

    /** Puts the library's tables there, as promotion does. */
    public void schema() {
        try (Connection connection = server.connect(LIMIT)) {
            Schema.create(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Outcome prove(LabServer standby, Set<Certification.Guard> guards) {
        return certification(guards)
                .prove(
                        standby.copy(),
                        standby.address(),
                        ServerNames.waitingFor(List.of(standby.copy())),
                        Duration.ofSeconds(2));
    }

    /** As an agent does it: again until it is proven. */
    void awaitProven(LabServer standby) {
        await(standby.node + " is proven").until(() -> prove(standby, allBut()).holds());
    }

    Outcome promote(ClusterState state) throws SQLException, IOException {
        try (Connection session = server.connect(Duration.ofSeconds(10))) {
            return new Promotion(server, namesSession(), Ticker.system())
                    .promote(state, session, Duration.ofSeconds(10), timeline -> {});
        }
    }

    Outcome open(ClusterState state, ServerNames wanted) throws SQLException {
        try (Connection session = server.connect(LIMIT)) {
            return new Promotion(server, namesSession(), Ticker.system()).open(state, wanted, session, LIMIT);
        }
    }

    /** From the next time on that it becomes a standby. */
    void useSlot() {
        slot = Optional.of(StandbySlot.of(node));
    }

    Rejoin rejoin() {
        return new Rejoin(server, identity, new SettingsUpkeep(server, Map.of()), slot);
    }

    /** Becomes a standby of {@code primary}, by whatever way its log demands. Answers which. */
    public String rejoin(LabServer primary) {
        Outcome outcome = rejoin().run(primary.address(), primary.server.systemIdentifier(), CONSENT);
        if (!outcome.holds()) {
            throw new IllegalStateException(node + " did not rejoin: " + outcome.detail());
        }
        return outcome.detail();
    }

    /** The whole strategy of this node, as its agent has it; one per server and test. */
    SyncControl control(LabServer... others) {
        if (strategy == null) {
            strategy = strategy(others);
        }
        return strategy.syncControl().orElseThrow();
    }

    private PostgresStrategy strategy(LabServer... others) {
        PostgresSettings.Builder builder = PostgresSettings.builder()
                .self(node)
                .data(server.data())
                .binaries(lab.installation().binaries())
                .account(lab.account())
                .server(node, server.address());
        for (LabServer other : others) {
            builder.server(other.node(), other.address());
        }
        PostgresStrategy made = PostgresStrategy.of(builder.build());
        made.start(new StrategyContext(node, Ticker.system(), () -> {}));
        return made;
    }

    String logText() {
        try {
            return Files.readString(server.state().resolve("postgres.log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Lets go of sessions and ends the server's processes. Never throws. */
    void letGo() {
        if (strategy != null) {
            strategy.close();
        }
        if (names != null) {
            names.close();
        }
        synchronized (kept) {
            kept.forEach(Sql::abort);
        }
        server.pid().ifPresent(pid -> Processes.trySignal("KILL", pid));
    }

    @Override
    public String toString() {
        return node + " on " + server.address();
    }
}
