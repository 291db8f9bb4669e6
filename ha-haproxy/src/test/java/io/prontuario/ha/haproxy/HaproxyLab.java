package io.prontuario.ha.haproxy;

import static org.awaitility.Awaitility.await;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.testing.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A real HAProxy with the rendered configuration, on free ports and in a folder of its own, in front of two labelled servers with an agent
 * each. Can be killed, restarted, reloaded and frozen. Everything is gone after {@link #close()}.
 */
final class HaproxyLab implements AutoCloseable {
    static final String BACKEND = "pg";
    static final NodeName ONE = new NodeName("studio-1");
    static final NodeName TWO = new NodeName("studio-2");
    /** For whatever has to happen on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Map<NodeName, String> SERVERS = Map.of(ONE, "one", TWO, "two");

    private final Path folder;
    private final Path configuration;
    private final boolean masterWorker;
    private final HaproxyConfiguration rendered;
    private final Map<NodeName, LabelledServer> servers = new LinkedHashMap<>();
    private final Map<NodeName, PrimaryResponder> agents = new LinkedHashMap<>();
    private final List<LabelledClient> clients = new ArrayList<>();
    private Process process;

    private HaproxyLab(boolean masterWorker, UnaryOperator<String> change) {
        int[] ports = FreePorts.find(6);
        this.masterWorker = masterWorker;
        try {
            this.folder = Files.createTempDirectory("ha-lab");
            this.configuration = folder.resolve("haproxy.cfg");
            this.rendered = new HaproxyConfiguration(
                    "127.0.0.1:" + ports[0],
                    folder.resolve("admin.sock"),
                    ports[1],
                    BACKEND,
                    List.of(behind(ONE, ports[2], ports[3]), behind(TWO, ports[4], ports[5])));
            Files.writeString(configuration, change.apply(rendered.render()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** In the foreground, one process. */
    static HaproxyLab open() {
        return new HaproxyLab(false, UnaryOperator.identity());
    }

    /** The same with a changed configuration. */
    static HaproxyLab with(UnaryOperator<String> change) {
        return new HaproxyLab(false, change);
    }

    /** A master with a socket of its own that forks workers: can be reloaded. */
    static HaproxyLab masterWorker() {
        return new HaproxyLab(true, UnaryOperator.identity());
    }

    private HaproxyConfiguration.Server behind(NodeName node, int port, int agentPort) {
        servers.put(node, new LabelledServer(SERVERS.get(node), port));
        agents.put(node, new PrimaryResponder(agentPort));
        return new HaproxyConfiguration.Server(SERVERS.get(node), "127.0.0.1:" + port, "127.0.0.1:" + agentPort);
    }

    private void start() {
        List<String> words = new ArrayList<>(List.of(binary(), "-f", configuration.toString()));
        words.addAll(
                masterWorker ? List.of("-W", "-S", folder.resolve("master.sock").toString()) : List.of("-db"));
        try {
            process = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitAnswer();
    }

    private void awaitAnswer() {
        await("HAProxy answers, see " + log())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(HaproxyException.class)
                .until(() -> say("show info").contains("Name: HAProxy"));
        awaitMaster();
    }

    /** A worker answers before its master is back in its waiting state: until then a signal to the master is lost (measured on 2.6). */
    private void awaitMaster() {
        if (masterWorker) {
            RuntimeApi master = RuntimeApi.master(new RuntimeAddress(master()), Duration.ofSeconds(5));
            await("the master answers, see " + log())
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptionsInstanceOf(HaproxyException.class)
                    .until(() -> master.send("show proc").contains("# workers"));
        }
    }

    private Path log() {
        return folder.resolve("haproxy.log");
    }

    static String binary() {
        return Stream.concat(
                        Stream.of("/usr/sbin"), Stream.of(System.getenv("PATH").split(File.pathSeparator)))
                .map(place -> Path.of(place, "haproxy"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no haproxy in /usr/sbin or on the PATH: install it (apt-get install haproxy, or brew install"
                                + " haproxy)"))
                .toString();
    }

    /** The address of the runtime API's unix socket. */
    String unix() {
        return "unix:" + rendered.socket();
    }

    /** The address of the runtime API's port. */
    String tcp() {
        return "tcp:127.0.0.1:" + rendered.runtimePort();
    }

    /** The address of the master's socket. */
    String master() {
        return "unix:" + folder.resolve("master.sock");
    }

    Path folder() {
        return folder;
    }

    Path socket() {
        return rendered.socket();
    }

    PrimaryResponder agent(NodeName node) {
        return agents.get(node);
    }

    LabelledServer server(NodeName node) {
        return servers.get(node);
    }

    /** Where the agent of a node is asked for {@code /primary}. */
    int agentPort(NodeName node) {
        String address = rendered.servers().get(node.equals(ONE) ? 0 : 1).checkAddress();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** Settings for this proxy alone. */
    HaproxySettings.Builder settings() {
        return settings(unix());
    }

    static HaproxySettings.Builder settings(String address) {
        return HaproxySettings.builder()
                .proxy(address)
                .backend(BACKEND)
                .server(ONE, SERVERS.get(ONE))
                .server(TWO, SERVERS.get(TWO))
                // Not a test of how busy this machine is.
                .limit(Duration.ofSeconds(2));
    }

    /** What the proxy says to a command line, asked through its unix socket. */
    String say(String line) {
        return new RuntimeApi(new RuntimeAddress(unix()), Duration.ofSeconds(5)).send(line);
    }

    BackendView view() {
        return BackendView.parse(say(BackendView.question(BACKEND)), BACKEND);
    }

    /** A client that has just connected, through the proxy. */
    LabelledClient connect() {
        LabelledClient client = LabelledClient.connect(listenPort());
        clients.add(client);
        return client;
    }

    /** The label of the server that a new connection gets; empty when there is none. */
    String route() {
        try (LabelledClient client = LabelledClient.connect(listenPort())) {
            return client.label();
        }
    }

    int listenPort() {
        return Integer.parseInt(rendered.listen().substring(rendered.listen().lastIndexOf(':') + 1));
    }

    /** Kills it and starts it again: it has forgotten what it was told. */
    void restart() {
        kill();
        start();
    }

    /** Kills it with its workers, and waits until they are gone. */
    void kill() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> await().atMost(PATIENCE).until(() -> !one.isAlive()));
    }

    /** Loads the configuration again, in a new worker; the old one stays for as long as it has sessions. */
    void reload() {
        String before = pid();
        Signals.send("USR2", process.toHandle());
        await("a new worker answers, see " + log())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptionsInstanceOf(HaproxyException.class)
                .until(() -> !pid().equals(before));
        awaitMaster();
    }

    private String pid() {
        return say("show info")
                .lines()
                .filter(line -> line.startsWith("Pid: "))
                .findFirst()
                .orElseThrow();
    }

    /** The workers from before reloads that are still there. */
    long oldWorkers() {
        return process.descendants().count() - 1;
    }

    /** Stops it in its tracks: connections are taken by the kernel, nothing is answered. */
    void freeze() {
        process.descendants().forEach(Signals::stop);
        Signals.stop(process.toHandle());
    }

    void thaw() {
        Signals.carryOn(process.toHandle());
        process.descendants().forEach(Signals::carryOn);
    }

    @Override
    public void close() throws IOException {
        clients.forEach(LabelledClient::close);
        kill();
        for (LabelledServer server : servers.values()) {
            server.close();
        }
        for (PrimaryResponder agent : agents.values()) {
            agent.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
