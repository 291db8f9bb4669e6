package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.ops.Scrape;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code ha pause} and {@code ha resume} on a real pair: what a person may count on while working on the primary. */
final class PauseIT {
    private RealPair pair;

    @BeforeEach
    void startAPair() throws Exception {
        pair = RealPair.start("paused");
    }

    @AfterEach
    void endEverything() {
        pair.close();
    }

    @Test
    void nobodyTakesOverWhilePausedAndAfterResumingSomebodyDoes() throws Exception {
        // Alerts are judged by what is said here, before, in the middle of it and afterwards.
        Scrape healthy = awaitScrapeOfAWellPair();
        healthy.assertWellSaid();
        healthy.assertFiring();
        assertEquals(List.of(200, 503, 200, 200), answers(0, "/primary", "/replica", "/health", "/ready"));
        assertEquals(List.of(503, 200, 200, 200), answers(1, "/primary", "/replica?lag=1MB", "/health", "/ready"));

        HaProcess.Result paused = pair.ha("pause");
        assertEquals(
                "cluster paused is paused: nobody takes over until ha resume",
                paused.output().strip());
        assertEquals(0, paused.exit());
        HaProcess.Result again = pair.ha("pause", "--json");
        JsonObject said = JsonParser.parseString(again.output()).getAsJsonObject();
        assertTrue(said.get("paused").getAsBoolean());
        assertEquals(false, said.get("changed").getAsBoolean());
        pair.awaitStatus("takeover: not possible: the cluster is paused");

        // Its agent lives: it restarts the server in place.
        long killed = pair.server("studio-1").killPostmaster();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> pair.server("studio-1")
                        .postmaster()
                        .filter(now -> now.pid() != killed)
                        .isPresent());
        pair.awaitSaid("studio-1", "the cluster is paused: nobody takes over");
        pair.awaitStatus("primary studio-1.");

        // Server and agent at once, as when the machine is lost.
        pair.killAgent("studio-1");
        pair.server("studio-1").kill();
        pair.awaitSaid("studio-2", "no takeover: the cluster is paused (ha resume)");
        Awaitility.await()
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertTrue(pair.status().contains("epoch 1,"), pair::status));

        assertTrue(pair.status().contains("trouble: studio-1: has no session"), pair::status);
        assertTrue(pair.status().contains("no takeover: the cluster is paused (ha resume)"), pair::status);

        Scrape.of(httpPorts()).assertFiring("NoPrimary", "MacStudioDown", "NeedsAPerson");

        HaProcess.Result resumed = pair.ha("resume");
        assertEquals(0, resumed.exit(), resumed.output());

        pair.awaitStatus("primary studio-2.");
        pair.awaitStatus("epoch 2,");
        pair.startAgent("studio-1");
        pair.awaitStatus("takeover: possible, to [studio-1.");

        Scrape after = awaitScrapeOfAWellPair();
        after.assertWellSaid();
        assertTrue(after.names().contains("prontuario_ha_step_seconds_total"), () -> "" + after.names());
    }

    private List<Integer> answers(int number, String... paths) throws IOException {
        List<Integer> all = new ArrayList<>();
        for (String path : paths) {
            HttpURLConnection question =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + pair.httpPort(number) + path)
                            .toURL()
                            .openConnection();
            question.setReadTimeout(5_000);
            all.add(question.getResponseCode());
        }
        return all;
    }

    private Map<String, Integer> httpPorts() {
        return Map.of("studio-1", pair.httpPort(0), "studio-2", pair.httpPort(1));
    }

    /** Troubles pass some moments after the takeover has become possible again. */
    private Scrape awaitScrapeOfAWellPair() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Scrape.of(httpPorts()), Scrape::isUntroubled);
    }
}
