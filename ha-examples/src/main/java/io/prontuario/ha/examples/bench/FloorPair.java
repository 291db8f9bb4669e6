package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalProxy;
import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Account;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Ledger;
import io.prontuario.ha.examples.measure.Load;
import io.prontuario.ha.examples.measure.PlainDoor;
import io.prontuario.ha.examples.measure.Prober;
import io.prontuario.ha.examples.measure.Stalls;
import io.prontuario.ha.examples.measure.Users;
import io.prontuario.ha.examples.measure.Writers;
import io.prontuario.ha.haproxy.HaproxyConfiguration;
import io.prontuario.ha.postgres.Credentials;
import io.prontuario.ha.postgres.ManagedSettings;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.PostgresInstallation;
import io.prontuario.ha.postgres.PostgresServer;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The floors: a replicated pair behind HAProxy, and a script that knows when it kills the primary (F-kill) or stops it cleanly (F-move),
 * promotes the standby at once over a connection that is open already, and flips the proxy. No detection, no decision, no store, no proof.
 */
public final class FloorPair implements AutoCloseable {
    private static final String STANDBY_NAME = "floor_standby";
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration CROWD = Duration.ofMinutes(2);
    private static final long POLL_NANOS = 500_000;
    private static final int WRITERS = 4;
    /** Each user's requests before the move, and after it. */
    static final int ROUNDS = 10;

    private static final List<String> FOR_MANY_USERS = List.of("max_connections = 300");
    private static final int WARM_UP_WRITES = 200;

    private final Path folder;
    private final PostgresServer[] servers;
    private final LocalProxy proxy;
    private int primary;
    private int runs;

    private FloorPair(Path folder, PostgresServer[] servers, LocalProxy proxy) {
        this.folder = folder;
        this.servers = servers;
        this.proxy = proxy;
    }

    /** Creates the pair under a folder and starts it. */
    public static FloorPair start(Path folder) throws SQLException {
        PostgresInstallation installation = PostgresInstallation.at(
                PostgresInstallation.find()
                        .orElseThrow(
                                () -> new IllegalStateException("no PostgreSQL server programs found: install them")),
                "");
        int[] ports = FreePorts.find(3);
        PostgresServer[] servers = new PostgresServer[2];
        for (int i = 0; i < servers.length; i++) {
            Path data = folder.resolve("server-" + i);
            servers[i] = new PostgresServer(
                    installation,
                    data,
                    folder.resolve("server-" + i + ".state"),
                    new PostgresAddress("127.0.0.1", ports[i]),
                    new Credentials("postgres", ""),
                    Ticker.system());
        }
        LocalProxy proxy = LocalProxy.start(
                folder,
                ports[2],
                List.of(
                        new HaproxyConfiguration.Server(
                                "server-0", servers[0].address().toString(), ""),
                        new HaproxyConfiguration.Server(
                                "server-1", servers[1].address().toString(), "")));
        FloorPair pair = new FloorPair(folder, servers, proxy);
        try {
            servers[0].initialise(new ManagedSettings(List.of("127.0.0.1/32"), FOR_MANY_USERS));
            setNames(servers[0], "");
            servers[0].start(START);
            try (Connection connection = servers[0].connect(START)) {
                execute(connection, "create schema prontuario");
                execute(connection, "create table prontuario.epoch (epoch bigint not null)");
                execute(connection, "insert into prontuario.epoch values (1)");
            }
            pair.flip(0);
            pair.addStandby(1);
            return pair;
        } catch (SQLException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    private static void setNames(PostgresServer server, String names) {
        append(server.data().resolve("postgresql.auto.conf"), "synchronous_standby_names = '" + names + "'\n");
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Copies the primary's data to the other server, lets it stream, and lets commits wait for it. */
    private void addStandby(int standby) throws SQLException {
        PostgresServer server = servers[standby];
        Unprivileged.delete(server.data());
        server.copyFrom(servers[primary].address(), START);
        setNames(server, "");
        append(
                server.data().resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port="
                        + servers[primary].address().port() + " user=postgres application_name=" + STANDBY_NAME
                        + "'\n");
        append(server.data().resolve("standby.signal"), "");
        server.start(START);
        try (Connection connection = servers[primary].connect(START)) {
            Waiting.until(
                    START,
                    "the floor's standby streams",
                    () -> "streaming".equals(value(connection, "select max(state) from pg_stat_replication")));
            execute(connection, "alter system set synchronous_standby_names = 'FIRST 1 (" + STANDBY_NAME + ")'");
            execute(connection, "select pg_reload_conf()");
            Waiting.until(
                    START,
                    "the floor's standby is synchronous",
                    () -> "sync".equals(value(connection, "select max(sync_state) from pg_stat_replication")));
        }
    }

    /** F-kill: one kill, promote, flip; answers the outage that the prober saw. The pair is redundant again afterwards. */
    @SuppressWarnings("try") // clients end before the account is made; ending them once more does nothing
    public FloorRun kill() throws SQLException {
        Clients clients = new Clients("127.0.0.1", proxy.port(), "postgres");
        clients.createTables();
        runs++;
        int next = 1 - primary;
        try (Connection standby = servers[next].connect(START);
                Ledger ledger = new Ledger(folder.resolve("floor-" + runs + ".csv"));
                Writers writers = new Writers(clients, ledger, Load.usual(WRITERS));
                Prober prober = new Prober(clients)) {
            Waiting.until(
                    START,
                    WARM_UP_WRITES + " writes are acknowledged",
                    () -> ledger.count() >= WARM_UP_WRITES && prober.count() >= WARM_UP_WRITES / 4);
            value(standby, "select pg_is_in_recovery()");
            long pid = servers[primary].pid().orElseThrow();
            while (writers.inFlight() == 0) {
                Thread.onSpinWait();
            }
            long fault = System.nanoTime();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            promote(standby);
            long promoted = System.nanoTime();
            flip(next);
            long flipped = System.nanoTime();
            int soFar = prober.count();
            Waiting.until(START, "the prober succeeds again", () -> prober.count() > soFar + 50);
            writers.close();
            prober.close();
            primary = next;
            Account account = Account.of(
                    ledger,
                    List.of(new Clients("127.0.0.1", servers[next].address().port(), "postgres")));
            FloorRun result = new FloorRun(
                    prober.outage(fault),
                    Duration.ofNanos(promoted - fault),
                    Duration.ofNanos(flipped - promoted),
                    account.lost().size());
            restore(next);
            return result;
        }
    }

    private static void promote(Connection standby) throws SQLException {
        execute(standby, "select pg_promote(false)");
        while ("t".equals(value(standby, "select pg_is_in_recovery()"))) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void restore(int next) throws SQLException {
        servers[1 - next].stop(true, START);
        addStandby(1 - next);
    }

    /**
     * F-move under a crowd of users, each with a connection of his own through the proxy: a checkpoint, so that the next one has little to
     * do; then the primary is told to shut down fast, and the other one is promoted once it has. Answers how the users fared.
     */
    public Stalls moveUnder(int count) throws SQLException {
        Clients clients = new Clients("127.0.0.1", proxy.port(), "postgres");
        clients.createTables();
        int next = 1 - primary;
        try (Connection standby = servers[next].connect(START);
                Users users = new Users(count, user -> new PlainDoor(clients))) {
            users.awaitEach(ROUNDS, CROWD);
            stop(servers[primary]);
            promote(standby);
            flip(next);
            users.awaitEach(ROUNDS, CROWD);
            primary = next;
            Stalls stalls = Stalls.of(
                    users.end(),
                    List.of(new Clients("127.0.0.1", servers[next].address().port(), "postgres")));
            restore(next);
            return stalls;
        }
    }

    private static void stop(PostgresServer server) throws SQLException {
        long pid = server.pid().orElseThrow();
        try (Connection connection = server.connect(START)) {
            execute(connection, "checkpoint");
        }
        Signals.interrupt(pid);
        // By its file: a process that has ended and that nobody has reaped yet still has a number.
        while (server.pid().isPresent()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void flip(int server) {
        proxy.api()
                .send("set server " + LocalProxy.BACKEND + "/server-" + (1 - server)
                        + " state maint;shutdown sessions server " + LocalProxy.BACKEND + "/server-" + (1 - server)
                        + ";set server " + LocalProxy.BACKEND + "/server-" + server + " state ready");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection connection, String sql) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** Ends what a pair under {@code folder} left running, however far its start had come: for Ctrl-C. */
    static void endServersUnder(Path folder) {
        for (int i = 0; i < 2; i++) {
            LocalServerProcess.of(folder.resolve("server-" + i)).killForGood();
        }
    }

    @Override
    public void close() {
        proxy.close();
        for (PostgresServer server : servers) {
            server.stop(true, Duration.ofSeconds(5));
        }
    }
}
