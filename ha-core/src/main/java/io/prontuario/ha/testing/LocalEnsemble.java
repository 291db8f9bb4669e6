package io.prontuario.ha.testing;

import io.prontuario.ha.zookeeper.PrescribedEnsemble;
import io.prontuario.ha.zookeeper.PrescribedEnsemble.Member;
import io.prontuario.ha.zookeeper.ServerInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three ZooKeeper servers as {@link PrescribedEnsemble} wants them, on loopback unless told otherwise, each in a process of its own that can be killed and
 * frozen. For tests and demonstrations: on one machine they all fail together.
 *
 * <p>Runs on this process's class path, which must hold ZooKeeper and the two libraries that its server needs besides (snappy-java,
 * metrics-core). Everything lies under the given folder. {@link #close()} ends the processes and leaves the folder to its owner.
 */
public final class LocalEnsemble implements AutoCloseable {
    private static final int SERVERS = 3;
    private static final Duration ANSWER = Duration.ofMillis(500);
    private static final long PAUSE_NANOS = 20_000_000;

    private final Path folder;
    private final PrescribedEnsemble prescription;
    private final List<Place> places;
    private final @Nullable Tls tls;
    private final List<@Nullable Process> processes = new ArrayList<>();

    /** All servers are one host here, so they have one certificate. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Tls(int[] ports, Path identity, Path authorities) {}

    private LocalEnsemble(Path folder, PrescribedEnsemble prescription, List<Place> places, @Nullable Tls tls) {
        this.folder = folder;
        this.prescription = prescription;
        this.places = List.copyOf(places);
        this.tls = tls;
    }

    /**
     * Starts three servers on free ports and waits until they have a leader.
     *
     * @param folder must exist; what the servers write goes there
     * @param limit how long to wait
     * @throws IllegalStateException when there is no leader in time; the servers are ended first
     */
    public static LocalEnsemble start(Path folder, Duration limit) {
        return start(Collections.nCopies(SERVERS, Place.loopback()), folder, limit, null);
    }

    /**
     * The same, with ports for TLS besides ({@link #secureConnectString}).
     *
     * @param identity a file with a private key and its certificate for 127.0.0.1, PEM
     * @param authorities a file with the certificate of who has signed that, PEM
     */
    public static LocalEnsemble startWithTls(Path folder, Path identity, Path authorities, Duration limit) {
        return start(
                Collections.nCopies(SERVERS, Place.loopback()),
                folder,
                limit,
                new Tls(FreePorts.find(SERVERS), identity, authorities));
    }

    /**
     * The same without TLS, with a place for each server.
     *
     * @param places three, which this process reaches
     */
    public static LocalEnsemble startAt(List<Place> places, Path folder, Duration limit) {
        if (places.size() != SERVERS) {
            throw new IllegalArgumentException(SERVERS + " places are needed, not " + places.size());
        }
        return start(places, folder, limit, null);
    }

    private static LocalEnsemble start(List<Place> places, Path folder, Duration limit, @Nullable Tls tls) {
        int[] ports = FreePorts.find(3 * SERVERS);
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            members.add(new Member(i + 1, places.get(i).address(), ports[3 * i], ports[3 * i + 1], ports[3 * i + 2]));
        }
        LocalEnsemble ensemble = new LocalEnsemble(folder, new PrescribedEnsemble(members), places, tls);
        try {
            for (int i = 0; i < SERVERS; i++) {
                ensemble.processes.add(null);
                ensemble.restart(i);
            }
            ensemble.awaitServing(SERVERS, limit);
            return ensemble;
        } catch (RuntimeException e) {
            ensemble.close();
            throw e;
        }
    }

    /** What {@code ZooKeeperStore.connect} wants. */
    public String connectString() {
        return prescription.connectString();
    }

    /** The same by TLS; empty when they were started without. */
    public String secureConnectString() {
        return tls == null
                ? ""
                : Arrays.stream(tls.ports())
                        .mapToObj(port -> "127.0.0.1:" + port)
                        .collect(Collectors.joining(","));
    }

    /** The settings that the servers were started with. */
    public PrescribedEnsemble prescription() {
        return prescription;
    }

    /** The client port of a server, counted from 0. */
    public int clientPort(int server) {
        return prescription.members().get(server).clientPort();
    }

    /** The process id of a server, counted from 0. */
    public long pid(int server) {
        return pidOf(server).orElseThrow(() -> new IllegalStateException("server " + server + " was killed"));
    }

    /** The process id of a server, counted from 0; empty when it was killed. */
    public Optional<Long> pidOf(int server) {
        return process(server).map(Process::pid);
    }

    /** The server that leads now, counted from 0; empty during an election. A frozen one is never named. */
    public Optional<Integer> leader() {
        for (int i = 0; i < SERVERS; i++) {
            if (mode(i).filter("leader"::equals).isPresent()) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private Optional<String> mode(int server) {
        return ServerInspection.mode(places.get(server).address(), clientPort(server), ANSWER);
    }

    /**
     * Waits until a leader and enough followers serve clients.
     *
     * @throws IllegalStateException when that is not so within {@code limit}
     */
    public void awaitServing(int servers, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        List<Optional<String>> modes;
        do {
            modes = List.of(mode(0), mode(1), mode(2));
            boolean led = modes.stream()
                    .anyMatch(mode -> mode.filter("leader"::equals).isPresent());
            if (led && modes.stream().filter(Optional::isPresent).count() >= servers) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (System.nanoTime() - deadline < 0);
        throw new IllegalStateException("of the ZooKeeper servers under " + folder + ", " + servers
                + " were to serve within " + limit.toMillis() + " ms, but their modes are " + modes
                + "; see the files server.log there");
    }

    /** Ends a server's process at once (SIGKILL). Its connections are closed by the kernel. */
    public void kill(int server) {
        process(server).ifPresent(process -> end(process));
        processes.set(server, null);
    }

    /** Stops a server's process without closing anything (SIGSTOP): to everybody else its host is gone. */
    public void freeze(int server) {
        signal("-STOP", server);
    }

    /** Lets a frozen server go on. */
    public void thaw(int server) {
        signal("-CONT", server);
    }

    /** Starts a server that was killed, with the data it had. Does not wait for it. */
    public void restart(int server) {
        if (process(server).isPresent()) {
            throw new IllegalStateException("server " + server + " runs; kill it first");
        }
        Member member = prescription.members().get(server);
        Path home = folder.resolve("zookeeper-" + member.id());
        try {
            Path data = Files.createDirectories(home.resolve("data"));
            Path log = Files.createDirectories(home.resolve("log"));
            Files.writeString(data.resolve("myid"), Integer.toString(member.id()));
            Path configuration = home.resolve("zoo.cfg");
            String secure =
                    tls == null ? "" : PrescribedEnsemble.tls(tls.ports()[server], tls.identity(), tls.authorities());
            Files.writeString(configuration, prescription.configuration(member.id(), data, log) + secure);
            Path logging = home.resolve("logback.xml");
            Files.writeString(logging, LOGBACK);
            ProcessBuilder builder = new ProcessBuilder(places.get(server)
                    .launch(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Dlogback.configurationFile=" + logging,
                            "-cp",
                            System.getProperty("java.class.path"),
                            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                            configuration.toString())));
            builder.directory(home.toFile());
            builder.redirectErrorStream(true);
            builder.redirectOutput(
                    ProcessBuilder.Redirect.appendTo(home.resolve("server.log").toFile()));
            processes.set(server, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "ZooKeeper server " + member.id() + " under " + home + " cannot be started", e);
        }
    }

    private static final String LOGBACK = """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{20} %msg%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="OUT"/></root>
            </configuration>
            """;

    private Optional<Process> process(int server) {
        return Optional.ofNullable(processes.get(server));
    }

    private void signal(String signal, int server) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(pid(server)))
                    .inheritIO()
                    .start();
            if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("kill " + signal + " " + pid(server) + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no command 'kill' on this machine", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + signal, e);
        }
    }

    private static void end(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all servers. Idempotent. */
    @Override
    public void close() {
        for (int i = 0; i < processes.size(); i++) {
            kill(i);
        }
    }
}
