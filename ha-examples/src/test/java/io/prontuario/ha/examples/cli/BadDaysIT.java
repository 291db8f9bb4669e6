package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wrong input and missing servers: named, with the next move, and nothing done that was not asked for. */
final class BadDaysIT {
    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static Path shared;
    private static LocalEnsemble ensemble;
    private static int clusters;

    private final List<Process> agents = new ArrayList<>();
    private Path folder;
    private String cluster;
    private int[] ports;

    @BeforeAll
    static void startEnsemble() throws IOException {
        shared = Files.createTempDirectory("prontuario-bad-days-");
        ensemble = LocalEnsemble.start(shared, Duration.ofSeconds(30));
    }

    @AfterAll
    static void endEnsemble() {
        ensemble.close();
        Unprivileged.delete(shared);
    }

    @BeforeEach
    void freshCluster() throws IOException {
        folder = Files.createTempDirectory("prontuario-bad-day-");
        NodeFolder.handOver(folder);
        clusters++;
        cluster = "bad-day-" + clusters;
        ports = FreePorts.find(4);
    }

    @AfterEach
    void endEverything() throws InterruptedException {
        for (Process agent : agents) {
            agent.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        for (String node : List.of("studio-1", "studio-2")) {
            LocalServerProcess.of(folder.resolve(node).resolve("data")).killForGood();
        }
        Unprivileged.delete(folder);
    }

    private Path configuration(String node, int number, String... more) throws IOException {
        return NodeFolder.configure(folder, cluster, node, ensemble.connectString(), ports, number, more);
    }

    private HaProcess.Result ha(String... words) throws IOException, InterruptedException {
        return HaProcess.run(folder, COMMAND, words);
    }

    private Path startNode(Path configuration) throws IOException {
        Path output = Files.createTempFile(folder, "node-", ".out");
        agents.add(HaProcess.start(output, "node", "--config", configuration.toString()));
        return output;
    }

    private static void awaitSaid(Path output, String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertTrue(
                        Files.readString(output).contains(text), () -> "not said: '" + text + "' in: " + read(output)));
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void saysOnceThatTheStoreIsAwayAndGoesOnWhenItComes() throws Exception {
        Path file = configuration("studio-1", 0);
        for (int server = 0; server < 3; server++) {
            ensemble.kill(server);
        }
        Path output = startNode(file);
        awaitSaid(output, "the store is not reached");

        for (int server = 0; server < 3; server++) {
            ensemble.restart(server);
        }

        awaitSaid(output, "the store is reached again");
        String text = Files.readString(output);
        assertEquals(text.indexOf("is not reached"), text.lastIndexOf("is not reached"), text);
    }

    @Test
    void initGoesOnWhereItWasAndIsRefusedOnAnotherNode() throws Exception {
        Path first = configuration("studio-1", 0);
        Path second = configuration("studio-2", 1);

        HaProcess.Result made = ha("init", "--config", first.toString());
        HaProcess.Result again = ha("init", "--config", first.toString());
        HaProcess.Result elsewhere = ha("init", "--config", second.toString());

        assertEquals(0, made.exit(), made.output());
        assertEquals(0, again.exit(), again.output());
        assertEquals(1, elsewhere.exit(), elsewhere.output());
        assertTrue(elsewhere.output().contains("start this node with ha node"), elsewhere.output());
    }

    @Test
    void statusSaysInOneLineWhyNobodyCanTakeOver() throws Exception {
        Path first = configuration("studio-1", 0);
        ha("init", "--config", first.toString());

        HaProcess.Result status = ha("status", "--config", first.toString());

        assertEquals(1, status.exit(), status.output());
        assertTrue(status.output().contains("takeover: not possible: no standby is certified"), status.output());
    }

    @Test
    void aSecondAgentOnOneDataDirectoryIsRefusedAndToldWhoHoldsIt() throws Exception {
        Path first = configuration("studio-1", 0);
        ha("init", "--config", first.toString());
        Path output = startNode(first);
        awaitSaid(output, "serving");

        HaProcess.Result second = ha("node", "--config", first.toString());

        assertEquals(1, second.exit(), second.output());
        assertTrue(
                second.output()
                        .contains("another agent, process " + agents.get(0).pid()),
                second.output());
    }

    @Test
    void namesAWrongPassword() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "right\n");
        Path first = configuration("studio-1", 0, "  password-file: " + secret);
        HaProcess.Result made = ha("init", "--config", first.toString());
        assertEquals(0, made.exit(), made.output());
        Files.writeString(secret, "wrong\n");

        Path output = startNode(first);

        awaitSaid(output, "check postgres.user and postgres.password-file");
    }

    @Test
    void saysThatTheClusterHasNotBeenCreated() throws Exception {
        Path output = startNode(configuration("studio-1", 0));

        awaitSaid(output, "holds no cluster '" + cluster + "'");
    }

    @Test
    void leavesADataDirectoryOfAnotherClusterAlone() throws Exception {
        HaProcess.Result strangerMade =
                ha("init", "--config", configuration("studio-2", 1).toString());
        assertEquals(0, strangerMade.exit(), strangerMade.output());
        LocalServerProcess.of(folder.resolve("studio-2").resolve("data")).kill();
        cluster = cluster + "-other";
        HaProcess.Result made =
                ha("init", "--config", configuration("studio-1", 0).toString());
        assertEquals(0, made.exit(), made.output());
        startNode(configuration("studio-1", 0));

        Path output = startNode(configuration("studio-2", 1));

        awaitSaid(output, "belongs to");
        assertTrue(
                LocalServerProcess.of(folder.resolve("studio-2").resolve("data"))
                        .postmaster()
                        .isEmpty(),
                "its server was started");
    }

    @Test
    void namesMissingPrograms() throws Exception {
        Path first = configuration("studio-1", 0, "  binaries: /nowhere/bin");

        HaProcess.Result result = ha("init", "--config", first.toString());

        assertEquals(1, result.exit(), result.output());
        assertTrue(result.output().contains("postgres.binaries"), result.output());
    }

    @Test
    void namesAnUnreachableProxyAndServesAllTheSame() throws Exception {
        Path first = configuration("studio-1", 0);
        Files.writeString(first, Files.readString(first) + """
                haproxy:
                  proxies: [ "unix:%s" ]
                  backend: medical
                  servers:
                    studio-1: studio-1
                    studio-2: studio-2
                """.formatted(folder.resolve("nowhere.sock")));
        ha("init", "--config", first.toString());

        Path output = startNode(first);

        awaitSaid(output, "HAProxy is not reached on unix:" + folder.resolve("nowhere.sock"));
        awaitSaid(output, "serving");
    }
}
