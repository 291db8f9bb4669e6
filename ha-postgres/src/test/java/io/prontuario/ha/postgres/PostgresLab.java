package io.prontuario.ha.postgres;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.SharedMemorySegment;
import io.prontuario.ha.testing.TestAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Real PostgreSQL servers on loopback, made by the production classes, each process of which can be killed and frozen.
 *
 * <p>As a field with {@code @RegisterExtension}, or in try-with-resources. Everything lies in one folder of its own (which belongs to the
 * account {@code postgres} when this process is root, since PostgreSQL refuses to run as root). {@link #close()} ends every process that
 * works in that folder, by number, and deletes the folder; after a failed test it shows the ends of the servers' logs first.
 */
public final class PostgresLab implements AutoCloseable, AfterEachCallback {
    private static final String PREFIX = "prontuario-lab-";
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ROOM_BYTES = 2L << 30;
    private static final int LOWEST_PORT = 12_000;
    private static final int PORTS = 18_000;
    private static final Duration COPY = Duration.ofSeconds(60);
    private static final int LOG_LINES = 25;
    private static final List<String> SMALL =
            List.of("shared_buffers = 32MB", "autovacuum = off", "max_wal_size = 256MB");

    private final Map<String, LabServer> servers = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "lab");
        thread.setDaemon(true);
        return thread;
    });
    private final PostgresInstallation installation;
    private final Path folder;
    private final String account;
    private int received;
    private String password = "";
    private @Nullable Path authorities;

    public PostgresLab() {
        this.account = "root".equals(System.getProperty("user.name")) ? "postgres" : "";
        this.installation = PostgresInstallation.at(
                PostgresInstallation.find()
                        .orElseThrow(() -> new IllegalStateException(
                                "no PostgreSQL server programs in the usual places: these tests need them")),
                account);
        try {
            this.folder = createFolder().toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a folder for servers", e);
        }
        installation.handOver(folder);
    }

    /** In memory where there is room: hosts are lost here by killing processes, so that nothing rests on the disk. */
    private static Path createFolder() throws IOException {
        if (Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ROOM_BYTES) {
            return Files.createTempDirectory(MEMORY, PREFIX);
        }
        return Files.createTempDirectory(PREFIX);
    }

    /** Servers made from now on ask for it; without one they trust everybody on loopback. */
    void password(String secret) {
        password = secret;
    }

    /**
     * Servers made from now on have a certificate of this authority, and connections to them check it.
     *
     * @return the setting lines for the first of them; others get them with its data
     */
    String[] certified(TestAuthority authority) {
        Path home = emptyFolder("certificates");
        authorities = handed(authority.certificate(), home.resolve("ca.pem"));
        return new String[] {
            "ssl = on",
            "ssl_cert_file = '" + handed(authority.certificateOf("127.0.0.1"), home.resolve("server.crt")) + "'",
            "ssl_key_file = '" + handed(authority.keyOf("127.0.0.1"), home.resolve("server.key")) + "'"
        };
    }

    /** A copy that the servers' account owns, and nobody else reads. */
    private Path handed(Path from, Path to) {
        try {
            Files.copy(from, to);
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-------"));
            installation.handOver(to);
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + from, e);
        }
    }

    /** A server of its own, made by initdb behind the gate and started; then opened, waiting for nobody. */
    public LabServer primary(String node, String... settings) {
        LabServer server = absent(node, settings);
        server.initialise();
        server.start();
        server.names("");
        return server;
    }

    /** A standby made as the library makes one: copied, behind the gate, under the name of its copy. Streams when this returns. */
    public LabServer standby(String node, LabServer primary) {
        LabServer server = absent(node);
        server.rejoin(primary);
        server.awaitStreamingFrom(primary);
        return server;
    }

    /** The same, streaming through a slot of its own. */
    LabServer oneOfSeveral(String node, LabServer primary) {
        LabServer server = absent(node);
        server.useSlot();
        server.rejoin(primary);
        server.awaitStreamingFrom(primary);
        return server;
    }

    /** A clone: another server on a byte for byte copy of a stopped one's folders, its copy id included. */
    LabServer clone(String node, LabServer stopped) {
        LabServer made = absent(node);
        Command.Result copied = Command.run(
                List.of("cp", "-a", stopped.data().toString(), made.data().toString()), Map.of(), COPY);
        if (!copied.ok()) {
            throw new IllegalStateException("cannot clone " + stopped + ": " + copied.output());
        }
        emptyFolder(node + ".ha");
        made.identity().adopt(stopped.copy());
        return made;
    }

    /** A node without data. */
    public LabServer absent(String node, String... settings) {
        List<String> all = new ArrayList<>(SMALL);
        all.addAll(List.of(settings));
        PostgresAddress address = new PostgresAddress("127.0.0.1", freePort());
        PostgresServer server = new PostgresServer(
                installation,
                folder.resolve(node),
                folder.resolve(node + ".ha"),
                address,
                new Credentials("postgres", password, authorities),
                Ticker.system());
        LabServer made =
                new LabServer(this, new NodeName(node), server, new ManagedSettings(List.of("127.0.0.1/32"), all));
        servers.put(node, made);
        return made;
    }

    /** Below those that the system gives to outgoing connections: a server's port must still be free when it starts again. */
    private static int freePort() {
        return new Random()
                .ints(LOWEST_PORT, LOWEST_PORT + PORTS)
                .filter(PostgresLab::free)
                .findFirst()
                .orElseThrow();
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs one of PostgreSQL's programs in the background, as the servers' account; it ends with the lab. */
    Process tool(String program, String... words) {
        List<String> all = new ArrayList<>();
        if (!account.isEmpty()) {
            all.addAll(List.of("setpriv", "--reuid=" + account, "--regid=" + account, "--init-groups"));
        }
        all.add(installation.binaries().resolve(program).toString());
        all.addAll(List.of(words));
        try {
            return new ProcessBuilder(all)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program, e);
        }
    }

    /** An empty folder in the lab that belongs to the servers' account. */
    Path emptyFolder(String name) {
        try {
            Path made = Files.createDirectory(folder.resolve(name));
            installation.handOver(made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + name, e);
        }
    }

    /** Somebody who streams under a name, keeps the log, and reports it as flushed: a second connection, not a standby. */
    Process receiver(LabServer from, String applicationName) {
        Process process = tool(
                "pg_receivewal",
                "-D",
                emptyFolder("received-" + received++).toString(),
                "--synchronous",
                "-d",
                "host=127.0.0.1 port=" + from.address().port() + " user=postgres application_name=" + applicationName);
        LabServer.await("a receiver called " + applicationName)
                .until(() -> from.value(
                                "select count(*) from pg_stat_replication where state = 'streaming' and application_name = '"
                                        + applicationName + "' and replay_lsn is null")
                        .equals("1"));
        return process;
    }

    Path folder() {
        return folder;
    }

    String account() {
        return account;
    }

    PostgresInstallation installation() {
        return installation;
    }

    /** Threads for what waits in the background; they end with the lab. */
    ExecutorService threads() {
        return threads;
    }

    /** Shows a measurement in the test's output. */
    static void tell(String what) {
        System.out.println("[measured] " + what);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            servers.values().forEach(this::showLog);
        }
        close();
    }

    private void showLog(LabServer server) {
        Path log = server.server().state().resolve("postgres.log");
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of("(no log)");
            System.out.println("---- the end of " + log);
            lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()).forEach(System.out::println);
        } catch (IOException e) {
            System.out.println("---- " + log + " cannot be read: " + e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        servers.values().forEach(LabServer::letGo);
        // A killed postmaster's children go by themselves; whoever was frozen is killed all the same.
        Awaitility.await("processes in " + folder + " end")
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .atMost(20, TimeUnit.SECONDS)
                .until(() -> {
                    List<Long> left = Processes.workingIn(folder);
                    left.forEach(pid -> Processes.trySignal("KILL", pid));
                    return left.isEmpty();
                });
        // Nobody starts on these directories any more who would remove it.
        servers.values()
                .forEach(server -> SharedMemorySegment.of(server.data()).ifPresent(SharedMemorySegment::removeIfLeft));
        Durable.empty(folder);
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
