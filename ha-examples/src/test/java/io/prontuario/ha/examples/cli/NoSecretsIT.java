package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The agents' password, right or wrong, is in nothing that a person, a log or a page gets to see. */
final class NoSecretsIT {
    private static final String RIGHT = "kept-to-ourselves-1";
    private static final String WRONG = "kept-to-ourselves-2";

    private final int[] ports = FreePorts.find(2);
    private final Map<String, String> seen = new LinkedHashMap<>();
    private Path folder;
    private Path secret;
    private Path file;
    private LocalEnsemble ensemble;
    private Process agent;

    @BeforeEach
    void configure() throws IOException {
        folder = Files.createTempDirectory("prontuario-no-secrets-");
        NodeFolder.handOver(folder);
        ensemble = LocalEnsemble.start(Files.createDirectory(folder.resolve("store")), Duration.ofSeconds(30));
        secret = Files.writeString(folder.resolve("password"), RIGHT + "\n");
        file = Files.writeString(folder.resolve("node.yaml"), """
                cluster: no-secrets
                node: studio-1
                store: %s
                http: 127.0.0.1:%d
                postgres:
                  data: %s
                  password-file: %s
                %s
                  settings:
                    - log_statement = all
                  servers:
                    studio-1: 127.0.0.1:%d
                """.formatted(
                        ensemble.connectString(),
                        ports[0],
                        folder.resolve("data"),
                        secret,
                        Unprivileged.needed() ? "  account: postgres" : "",
                        ports[1]));
    }

    @AfterEach
    void endEverything() throws InterruptedException {
        if (agent != null) {
            agent.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
        LocalServerProcess.of(folder.resolve("data")).kill();
        ensemble.close();
        Unprivileged.delete(folder);
    }

    @Test
    void thePasswordIsNeitherLoggedNorToldNorShown() throws Exception {
        seen.put("toString", NodeConfig.read(file).toString());
        run("config", "check");
        run("init");
        Path right = start("node");
        awaitSaid(right, "serving as primary");
        run("status");
        run("status", "--json");
        run("history");
        run("pause");
        run("resume");
        seen.put("/status", page("/status"));
        seen.put("/sightings", page("/sightings"));
        end();
        Files.writeString(secret, WRONG + "\n");
        Path wrong = start("node", "--json");
        awaitSaid(wrong, "check postgres.user and postgres.password-file");
        run("status");
        seen.put("/status with the wrong one", page("/status"));
        end();
        seen.put("events", Files.readString(right));
        seen.put("events with the wrong one", Files.readString(wrong));
        seen.put("the server's log", Files.readString(folder.resolve("data.ha").resolve("postgres.log")));

        seen.forEach((where, text) -> {
            assertFalse(text.isBlank(), () -> "nothing was looked at: " + where);
            assertFalse(text.contains(RIGHT) || text.contains(WRONG), () -> where + ": " + text);
        });
        assertTrue(seen.get("the server's log").contains("statement:"), "the server logs no statements");
    }

    private void run(String... words) throws IOException, InterruptedException {
        String command = String.join(" ", words);
        HaProcess.Result result = HaProcess.run(folder, Duration.ofSeconds(60), with(words));
        assertTrue(result.exit() == 0 || command.startsWith("status"), result::output);
        seen.merge("ha " + command, result.output(), String::concat);
    }

    private Path start(String... words) throws IOException {
        Path output = Files.createTempFile(folder, "node-", ".out");
        agent = HaProcess.start(output, with(words));
        return output;
    }

    private void end() throws InterruptedException {
        agent.destroy();
        assertTrue(agent.waitFor(20, TimeUnit.SECONDS), "the agent has not ended");
    }

    private String[] with(String... words) {
        String[] all = new String[words.length + 2];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "--config";
        all[words.length + 1] = file.toString();
        return all;
    }

    private String page(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports[0] + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
        return response.body();
    }

    private static void awaitSaid(Path output, String text) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String said = Files.readString(output);
            assertTrue(said.contains(text), () -> "not said: '" + text + "' in: " + said);
        });
    }
}
