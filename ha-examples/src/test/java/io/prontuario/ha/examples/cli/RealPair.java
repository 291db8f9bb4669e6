package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.awaitility.Awaitility;

/** Two data nodes, or three, as a user runs them, on ZooKeeper servers of their own: {@code ha node} from the jar, steered by {@code ha}. */
final class RealPair implements AutoCloseable {
    static final List<String> NODES = List.of("studio-1", "studio-2");
    static final List<String> THREE = List.of("studio-1", "studio-2", "studio-3");

    private final List<String> nodes;
    private final Map<String, Process> agents = new HashMap<>();
    private final Map<String, Path> outputs = new HashMap<>();
    private final Path folder;
    private final LocalEnsemble ensemble;
    private final int[] ports;

    private RealPair(String cluster, List<String> nodes) throws IOException {
        this.nodes = nodes;
        this.folder = Files.createTempDirectory("prontuario-" + cluster + "-");
        NodeFolder.handOver(folder);
        this.ensemble = LocalEnsemble.start(Files.createDirectory(folder.resolve("store")), Duration.ofSeconds(30));
        this.ports = FreePorts.find(2 * nodes.size());
    }

    /**
     * Starts it and waits until studio-2 is certified.
     *
     * @param moreLines of both nodes' files
     */
    static RealPair start(String cluster, String... moreLines) throws Exception {
        RealPair pair = new RealPair(cluster, NODES);
        try {
            pair.configure(cluster, folder -> List.of(moreLines));
            pair.startAll("init");
            pair.awaitStatus("takeover: possible, to [studio-2.");
            return pair;
        } catch (Exception | AssertionError e) {
            pair.close();
            throw e;
        }
    }

    /**
     * Starts three in {@code ASYNC}; whether their servers follow is left to who has asked.
     *
     * @param moreLines of all files, made once the folder in which everything lies is there
     */
    static RealPair startThreeInAsync(String cluster, MoreLines moreLines) throws Exception {
        RealPair three = new RealPair(cluster, THREE);
        try {
            three.configure(cluster, moreLines);
            three.startAll("init", "--durability", "ASYNC");
            return three;
        } catch (Exception | AssertionError e) {
            three.close();
            throw e;
        }
    }

    /** What is added to a node's file. */
    interface MoreLines {
        List<String> in(Path folder) throws IOException;
    }

    private void configure(String cluster, MoreLines moreLines) throws IOException {
        List<String> lines = moreLines.in(folder);
        for (String node : nodes) {
            Path file =
                    NodeFolder.configure(folder, cluster, node, ensemble.connectString(), ports, nodes.indexOf(node));
            Files.write(file, lines, StandardOpenOption.APPEND);
        }
    }

    private void startAll(String init, String... more) throws IOException, InterruptedException {
        HaProcess.Result initialised = ha(init, more);
        assertEquals(0, initialised.exit(), initialised.output());
        for (String node : nodes) {
            startAgent(node);
        }
    }

    /** Two servers as somebody sets them up who knows nothing of this: PostgreSQL's defaults, a synchronous standby; no agents, no record. */
    static RealPair madeByHand(String cluster) throws Exception {
        RealPair pair = new RealPair(cluster, NODES);
        try {
            // Nothing here is about how soon a silent host is noticed, and a busy machine is silent now and then.
            pair.configure(cluster, folder -> List.of("limits:", "  sessionTime: 5s"));
            HandMadePair.start(pair.data(NODES.get(0)), pair.ports[2], pair.data(NODES.get(1)), pair.ports[3]);
            return pair;
        } catch (Exception | AssertionError e) {
            pair.close();
            throw e;
        }
    }

    void startAgent(String node) throws IOException {
        Path output = Files.createTempFile(folder, node, ".out");
        outputs.put(node, output);
        agents.put(node, HaProcess.start(output, "node", "--config", file(node).toString()));
    }

    Path file(String node) {
        return folder.resolve(node).resolve("node.yaml");
    }

    /** Where the agent of the first or second node answers HTTP. */
    int httpPort(int number) {
        return ports[number];
    }

    /** One statement on the node's server, as an ordinary client. */
    void execute(String node, String sql) throws SQLException {
        try (Connection connection = connect(node);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the answer. */
    List<String> query(String node, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect(node);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private Connection connect(String node) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + ports[nodes.size() + nodes.indexOf(node)]
                        + "/postgres?socketTimeout=120",
                "postgres",
                "");
    }

    LocalServerProcess server(String node) {
        return LocalServerProcess.of(data(node));
    }

    /** It does nothing any more, and closes nothing; its server runs on. */
    void freezeAgent(String node) {
        Signals.freeze(List.of(agents.get(node).pid()));
    }

    void thawAgent(String node) {
        Signals.thaw(List.of(agents.get(node).pid()));
    }

    /** Server and agent do nothing any more, and close nothing: to everybody else the host is gone, and it may wake up. */
    void freezeHost(String node) {
        freezeAgent(node);
        Signals.freeze(server(node).pids());
    }

    /** SIGKILL to server and agent at once. */
    void loseHost(String node) {
        killAgent(node);
        server(node).kill();
    }

    /** SIGKILL. */
    void killAgent(String node) {
        end(agents.get(node));
    }

    private static void end(Process agent) {
        try {
            agent.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM; waits until it is gone. */
    void stopAgent(String node) throws InterruptedException {
        agents.get(node).destroy();
        assertTrue(agents.get(node).waitFor(90, TimeUnit.SECONDS), () -> node + " does not end: " + said(node));
    }

    HaProcess.Result ha(String command, String... more) throws IOException, InterruptedException {
        String[] words = new String[more.length + 3];
        System.arraycopy(new String[] {command, "--config", file("studio-1").toString()}, 0, words, 0, 3);
        System.arraycopy(more, 0, words, 3, more.length);
        return HaProcess.run(folder, Duration.ofSeconds(60), words);
    }

    /** With studio-1's file, behind all words: for a command of a command. */
    HaProcess.Result run(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", file("studio-1").toString()));
        return HaProcess.run(folder, Duration.ofSeconds(60), all.toArray(String[]::new));
    }

    /** With the file of that node. */
    HaProcess.Result at(String node, String command, String... more) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of(command, "--config", file(node).toString()));
        words.addAll(List.of(more));
        return HaProcess.run(folder, Duration.ofSeconds(60), words.toArray(String[]::new));
    }

    /** Executes a statement with 1, 2, … on one session, a hundred times a second at most, until the one who is told of each says no. */
    void repeatedly(String node, String sql, IntPredicate told) throws SQLException {
        try (Connection connection = connect(node);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            int number = 0;
            do {
                number++;
                statement.setInt(1, number);
                statement.executeUpdate();
                LockSupport.parkNanos(10_000_000);
            } while (told.test(number));
        }
    }

    /** The same without waiting for its end; what it prints goes to the file. */
    Process begin(Path output, String command, String... more) throws IOException {
        List<String> words =
                new ArrayList<>(List.of(command, "--config", file("studio-1").toString()));
        words.addAll(List.of(more));
        return HaProcess.start(output, words.toArray(String[]::new));
    }

    /** A new file in the pair's folder. */
    Path output() throws IOException {
        return Files.createTempFile(folder, "ha-", ".out");
    }

    Path data(String node) {
        return folder.resolve(node).resolve("data");
    }

    /** What {@code ha status} prints. */
    String status() {
        try {
            return ha("status").output();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    void awaitStatus(String text) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    String status = status();
                    assertTrue(status.contains(text), () -> "not '" + text + "' but: " + status);
                });
    }

    /** What a node's process has printed since it was last started. */
    String said(String node) {
        try {
            return Files.readString(outputs.get(node));
        } catch (IOException e) {
            return e.toString();
        }
    }

    void awaitSaid(String node, String text) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String said = said(node);
            assertTrue(said.contains(text), () -> "not said: '" + text + "' in: " + said);
        });
    }

    @Override
    public void close() {
        agents.values().forEach(RealPair::end);
        for (String node : nodes) {
            server(node).killForGood();
        }
        ensemble.close();
        Unprivileged.delete(folder);
    }
}
