package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.examples.ops.Scrape;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code ha pause} and {@code ha resume} on a real pair: what a person may count on while working on the primary. */
final class PauseIT {
    private static final String CLUSTER = "paused";
    private static final List<String> NODES = List.of("studio-1", "studio-2");

    private final Map<String, Process> agents = new HashMap<>();
    private final Map<String, Path> outputs = new HashMap<>();
    private Path folder;
    private LocalEnsemble ensemble;
    private int[] ports;

    @BeforeEach
    void startAPair() throws Exception {
        folder = Files.createTempDirectory("prontuario-pause-");
        NodeFolder.handOver(folder);
        ensemble = LocalEnsemble.start(Files.createDirectory(folder.resolve("store")), Duration.ofSeconds(30));
        ports = FreePorts.find(4);
        for (String node : NODES) {
            configure(node);
        }
        assertEquals(0, ha("init").exit());
        for (String node : NODES) {
            start(node);
        }
        awaitStatus("takeover: possible, to [studio-2.");
    }

    @AfterEach
    void endEverything() throws InterruptedException {
        for (Process agent : agents.values()) {
            agent.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        for (String node : NODES) {
            server(node).kill();
        }
        ensemble.close();
        Unprivileged.delete(folder);
    }

    @Test
    void nobodyTakesOverWhilePausedAndAfterResumingSomebodyDoes() throws Exception {
        // Alerts are judged by what is said here, before, in the middle of it and afterwards.
        Scrape healthy = awaitScrapeOfAWellPair();
        healthy.assertWellSaid();
        healthy.assertFiring();
        assertEquals(List.of(200, 503, 200, 200), answers(0, "/primary", "/replica", "/health", "/ready"));
        assertEquals(List.of(503, 200, 200, 200), answers(1, "/primary", "/replica?lag=1MB", "/health", "/ready"));

        HaProcess.Result paused = ha("pause");
        assertEquals(
                "cluster paused is paused: nobody takes over until ha resume",
                paused.output().strip());
        assertEquals(0, paused.exit());
        HaProcess.Result again = ha("pause", "--json");
        JsonObject said = JsonParser.parseString(again.output()).getAsJsonObject();
        assertTrue(said.get("paused").getAsBoolean());
        assertEquals(false, said.get("changed").getAsBoolean());
        awaitStatus("takeover: not possible: the cluster is paused");

        // Its agent lives: it restarts the server in place.
        long killed = server("studio-1").killPostmaster();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> server("studio-1")
                        .postmaster()
                        .filter(now -> now.pid() != killed)
                        .isPresent());
        awaitSaid("studio-1", "the cluster is paused: nobody takes over");
        awaitStatus("primary studio-1.");

        // Server and agent at once, as when the machine is lost.
        agents.get("studio-1").destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        server("studio-1").kill();
        awaitSaid("studio-2", "no takeover: the cluster is paused (ha resume)");
        Awaitility.await()
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertTrue(status().contains("epoch 1,"), PauseIT.this::status));

        assertTrue(status().contains("trouble: studio-1: has no session"), PauseIT.this::status);
        assertTrue(status().contains("no takeover: the cluster is paused (ha resume)"), PauseIT.this::status);

        Scrape.of(httpPorts()).assertFiring("NoPrimary", "MacStudioDown", "NeedsAPerson");

        HaProcess.Result resumed = ha("resume");
        assertEquals(0, resumed.exit(), resumed.output());

        awaitStatus("primary studio-2.");
        awaitStatus("epoch 2,");
        start("studio-1");
        awaitStatus("takeover: possible, to [studio-1.");

        Scrape after = awaitScrapeOfAWellPair();
        after.assertWellSaid();
        assertTrue(after.names().contains("prontuario_ha_step_seconds_total"), () -> "" + after.names());
    }

    private List<Integer> answers(int number, String... paths) throws IOException {
        List<Integer> all = new ArrayList<>();
        for (String path : paths) {
            HttpURLConnection question = (HttpURLConnection) URI.create("http://127.0.0.1:" + ports[number] + path)
                    .toURL()
                    .openConnection();
            question.setReadTimeout(5_000);
            all.add(question.getResponseCode());
        }
        return all;
    }

    private Map<String, Integer> httpPorts() {
        return Map.of("studio-1", ports[0], "studio-2", ports[1]);
    }

    /** Troubles pass some moments after the takeover has become possible again. */
    private Scrape awaitScrapeOfAWellPair() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Scrape.of(httpPorts()), Scrape::isUntroubled);
    }

    private void configure(String node) throws IOException {
        NodeFolder.configure(folder, CLUSTER, node, ensemble.connectString(), ports, NODES.indexOf(node));
    }

    private void start(String node) throws IOException {
        Path output = Files.createTempFile(folder, node, ".out");
        outputs.put(node, output);
        agents.put(node, HaProcess.start(output, "node", "--config", file(node)));
    }

    private String file(String node) {
        return folder.resolve(node).resolve("node.yaml").toString();
    }

    private LocalServerProcess server(String node) {
        return LocalServerProcess.of(folder.resolve(node).resolve("data"));
    }

    private HaProcess.Result ha(String command, String... more) throws IOException, InterruptedException {
        String[] words = new String[more.length + 3];
        System.arraycopy(new String[] {command, "--config", file("studio-1")}, 0, words, 0, 3);
        System.arraycopy(more, 0, words, 3, more.length);
        return HaProcess.run(folder, Duration.ofSeconds(60), words);
    }

    private String status() {
        try {
            return ha("status").output();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e.toString();
        }
    }

    private void awaitStatus(String text) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> {
                    String status = status();
                    assertTrue(status.contains(text), () -> "not '" + text + "' but: " + status);
                });
    }

    private void awaitSaid(String node, String text) {
        Path output = outputs.get(node);
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String said = Files.readString(output);
            assertTrue(said.contains(text), () -> "not said: '" + text + "' in: " + said);
        });
    }
}
