package io.prontuario.ha;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.health.CallableCheck;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host gets from the entry point beside the cluster itself: pages, acts for operators, a level, listeners. */
class HaNodeTest {
    private static final String TOKEN = "0123456789abcdef01234567";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();

    private HaNode.Builder witness() {
        return HaNode.builder()
                .cluster("records")
                .node("witness")
                .role(NodeRole.WITNESS)
                .store(ensemble.store())
                .stateFolder(folder);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress("127.0.0.1", 0);
    }

    private static HttpResponse<String> post(HaNode node, String path, String token) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + node.operatorPort().orElseThrow() + path);
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aPauseForATimeIsEndedByTheNodesThoughWhoeverAskedForItIsGone() throws Exception {
        try (InMemoryClusterStore hand = ensemble.store()) {
            hand.start("records", new NodeName("hand"), () -> {});
            hand.create(Records.state(4), LIMIT);
            ClusterControl.of(hand).pauseFor(Duration.ofMillis(300));
            assertTrue(hand.read(LIMIT).orElseThrow().state().paused());
        }
        try (InMemoryClusterStore later = ensemble.store();
                HaNode node = witness().start()) {
            later.start("records", new NodeName("later"), () -> {});
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !later.read(LIMIT).orElseThrow().state().paused());
            assertTrue(node.view().isPresent());
        }
    }

    @Test
    void anOperatorWithTheTokenPausesAndResumes() throws Exception {
        try (InMemoryClusterStore hand = ensemble.store();
                HaNode node = witness()
                        .operators(OperatorAccess.on(loopback()).withToken(TOKEN))
                        .start()) {
            hand.start("records", new NodeName("hand"), () -> {});
            hand.create(Records.state(4), LIMIT);
            assertEquals(401, post(node, "/pause", "wrong").statusCode());
            assertFalse(hand.read(LIMIT).orElseThrow().state().paused());

            assertEquals(
                    "paused: no takeover begins\n", post(node, "/pause", TOKEN).body());
            assertTrue(hand.read(LIMIT).orElseThrow().state().paused());
            assertEquals("it was paused already\n", post(node, "/pause", TOKEN).body());
            assertEquals("resumed\n", post(node, "/resume", TOKEN).body());
            assertFalse(hand.read(LIMIT).orElseThrow().state().paused());

            assertEquals(400, post(node, "/pause?minutes=many", TOKEN).statusCode());
            assertTrue(post(node, "/pause?minutes=30", TOKEN).body().startsWith("paused: no takeover begins until"));
            assertEquals(
                    Duration.ofMinutes(30),
                    Objects.requireNonNull(
                                    hand.read(LIMIT).orElseThrow().state().pauseEnd())
                            .after());
            assertEquals("resumed\n", post(node, "/resume", TOKEN).body());

            assertEquals(400, post(node, "/switchover", TOKEN).statusCode());
            assertEquals(400, post(node, "/switchover?to=no%20node", TOKEN).statusCode());
            HttpResponse<String> refused = post(node, "/switchover?to=studio-2", TOKEN);
            assertEquals(409, refused.statusCode());
            assertTrue(refused.body().startsWith("refused: "), refused.body());
            HttpResponse<String> early = post(node, "/approve?takeover=studio-2", TOKEN);
            assertEquals(409, early.statusCode());
            assertTrue(early.body().startsWith("refused: "), early.body());
        }
    }

    @Test
    void theHostAnswersTheSamePages() {
        try (HaNode node = witness()
                .check(CallableCheck.of("model", Capability.of("ai"), () -> true))
                .start()) {
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> page(node, "/health").status() == 200
                            && page(node, "/health").body().contains("\"model\":true"));
            assertEquals(503, page(node, "/ready").status(), "there is no record that it could obey");
            assertEquals(503, page(node, "/primary").status());
            assertEquals(400, node.page("/replica", "lag=much").orElseThrow().status());
            assertTrue(page(node, "/metrics").body().contains("prontuario_ha_functionality_level 100\n"));
            assertEquals(Optional.empty(), node.page("/word", ""));
        }
    }

    private static WebPage page(HaNode node, String path) {
        return node.page(path, "").orElseThrow();
    }

    /**
     * Health in 50 ms whatever a check does is a promise for a quiet machine. Here: it is answered while a check hangs that nothing but the end of
     * this test lets go on, and it takes no multiple of a page that has nothing to do with checks, asked in turn with it.
     */
    @Test
    void healthWaitsForNoCheckHoweverLongThatTakes() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(2);
        try (HaNode node = witness()
                .check(CallableCheck.of("hanging", Capability.of("lab"), () -> {
                    begun.countDown();
                    end.await();
                    return true;
                }))
                .check(CallableCheck.of("slow", Capability.of("lab"), () -> {
                    begun.countDown();
                    return !end.await(500, TimeUnit.MILLISECONDS);
                }))
                .start()) {
            assertTrue(begun.await(30, TimeUnit.SECONDS));
            List<Long> health = new ArrayList<>();
            List<Long> floor = new ArrayList<>();
            HttpClient client = HttpClient.newHttpClient();
            for (int i = 0; i < 100; i++) {
                health.add(asked(client, node, "/health"));
                floor.add(asked(client, node, "/ready"));
            }
            assertEquals(1, end.getCount(), "it still hangs");
            assertTrue(
                    median(health) < 20 * median(floor),
                    () -> "health takes " + median(health) + " ns, ready " + median(floor) + " ns");
        } finally {
            end.countDown();
        }
    }

    private static long asked(HttpClient client, HaNode node, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .timeout(Duration.ofSeconds(30))
                .build();
        long from = System.nanoTime();
        client.send(request, HttpResponse.BodyHandlers.ofString());
        return System.nanoTime() - from;
    }

    private static long median(List<Long> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    @Test
    void theLevelOutlivesTheNode() {
        Feature prescribe = new Feature("prescribe", 50);
        try (HaNode node = witness().feature(prescribe).start()) {
            node.level().set(FunctionalityLevel.EMERGENCY, "a drill");
            assertFalse(node.level().allows(prescribe));
        }
        try (HaNode node = witness().feature(prescribe).start()) {
            assertEquals(FunctionalityLevel.EMERGENCY, node.level().value());
            String health = page(node, "/health").body();
            assertTrue(health.contains("\"level\":25"), health);
            assertTrue(health.contains("\"closed\":[\"prescribe\"]"), health);
        }
    }

    @Test
    void aListenerThatComesLaterIsToldWhatHappensFromThenOn() {
        List<String> told = new CopyOnWriteArrayList<>();
        try (InMemoryClusterStore hand = ensemble.store();
                HaNode node = witness().start()) {
            node.addListener(event -> told.add(event.message()));
            hand.start("records", new NodeName("hand"), () -> {});
            hand.create(Records.state(4), LIMIT);
            Awaitility.await()
                    .atMost(LIMIT)
                    .until(() -> told.stream().anyMatch(message -> message.startsWith("epoch 4: primary studio-1.")));
        }
    }

    @Test
    void allThatIsWrongIsSaidBeforeAnythingIsStarted() {
        HaNode.Builder builder = witness()
                .check(CallableCheck.of("database", Capability.DATABASE, () -> true))
                .check(CallableCheck.of("model", Capability.of("ai"), () -> true))
                .check(CallableCheck.of("model", Capability.of("ai"), () -> true))
                .check(CallableCheck.of("Model", Capability.of("ai"), () -> true))
                .operators(
                        OperatorAccess.on(new InetSocketAddress("0.0.0.0", 0)).withToken("short"));
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, builder::start).getMessage());
        assertEquals(
                List.of(
                        "  check: 'database' is another's name: give it one of its own",
                        "  check: 'model' is another's name: give it one of its own",
                        "  check: 'Model' must be 1 to 40 characters of a-z, 0-9 and '_' and begin with a letter",
                        "  operators: the token has 5 characters, at least 24 cannot be guessed; openssl rand -hex 24 makes one",
                        "  operators: a token on 0.0.0.0 without TLS could be read by others: give withTls, or an address on loopback"),
                message.lines().skip(1).toList());
        assertFalse(message.contains("short"), message);
    }
}
