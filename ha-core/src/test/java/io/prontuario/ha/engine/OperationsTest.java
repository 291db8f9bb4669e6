package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.health.CallableCheck;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What two nodes and a witness answer to those who watch them, over HTTP. */
class OperationsTest {
    private static final String CLUSTER = "records";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore hand = ensemble.store();
    private final List<HaEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicBoolean cache = new AtomicBoolean(true);
    private final AtomicBoolean machine = new AtomicBoolean(true);
    private final CountDownLatch never = new CountDownLatch(1);
    private final FakeServer first =
            FakeServer.primary(COPY_1, ServerNames.waitingFor(List.of(COPY_2)).setting(), COPY_2);
    private final FakeServer second = FakeServer.standby(COPY_2);
    private Engine primary;
    private Engine standby;
    private Engine witness;

    @BeforeEach
    void start() {
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
        hand.create(Records.state(4), Duration.ofSeconds(5));
        second.hears(1000, Duration.ZERO);
        primary = node(
                STUDIO_1,
                NodeRole.DATA,
                List.of(quick("redis", Capability.of("cache"), cache), quick("machine", Capability.HOST, machine)),
                first);
        standby = node(STUDIO_2, NodeRole.DATA, List.of(), second);
        witness = node(WITNESS, NodeRole.WITNESS, List.of());
        soon().until(() -> status(primary, "/primary") == 200);
        soon().until(() -> status(primary, "/health") == 200);
        soon().until(() -> status(standby, "/health") == 200);
    }

    @AfterEach
    void close() {
        never.countDown();
        List.of(primary, standby, witness).forEach(Engine::close);
        hand.close();
    }

    private Engine node(NodeName name, NodeRole role, List<HealthCheck> checks, FailoverStrategy... strategies) {
        return node(NodeTags.USUAL, name, role, checks, strategies);
    }

    private Engine node(
            NodeTags tags, NodeName name, NodeRole role, List<HealthCheck> checks, FailoverStrategy... strategies) {
        Engine engine = new Engine(new EngineSettings(
                        CLUSTER,
                        name,
                        role,
                        ensemble.store(),
                        List.of(strategies),
                        FailoverPolicies.standard(),
                        Limits.DEFAULT,
                        EmergencySettings.DEFAULT,
                        new InetSocketAddress("127.0.0.1", 0),
                        folder.resolve(name.value()),
                        List.of(events::add),
                        checks,
                        List.of(
                                () -> List.of(Measure.counter("prontuario_ha_made_up_total", "Made up.", Map.of(), 7)),
                                () -> {
                                    throw new IllegalStateException("this one cannot be measured");
                                }),
                        Map::of,
                        Ticker.system(),
                        InstantSource.system(),
                        Machine.real())
                .withTags(tags));
        engine.start();
        return engine;
    }

    private static HealthCheck quick(String name, Capability capability, AtomicBoolean well) {
        HealthCheck check = CallableCheck.of(name, capability, well::get);
        return new HealthCheck() {
            @Override
            public String name() {
                return check.name();
            }

            @Override
            public Capability capability() {
                return check.capability();
            }

            @Override
            public Duration every() {
                return Duration.ofMillis(20);
            }

            @Override
            public io.prontuario.ha.model.CheckResult check() throws Exception {
                return check.check();
            }
        };
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }

    private static URI address(Engine engine, String path) {
        return URI.create("http://127.0.0.1:" + engine.httpPort() + path);
    }

    private static HttpResponse<String> get(Engine engine, String path) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(address(engine, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static int status(Engine engine, String path) throws IOException, InterruptedException {
        return get(engine, path).statusCode();
    }

    private static JsonObject health(Engine engine) throws IOException, InterruptedException {
        return JsonParser.parseString(get(engine, "/health").body()).getAsJsonObject();
    }

    /** The agent may have been started when the server was down: then nobody has seen its timeline. */
    @Test
    void aNodeTellsTheTimelineOnItsDiskAndWhatACommitWaitsFor() throws Exception {
        second.holds(23);
        soon().until(() -> get(standby, "/self").body().contains("promises"));
        JsonObject self = JsonParser.parseString(get(standby, "/self").body()).getAsJsonObject();
        assertEquals(23, self.getAsJsonObject("server").get("timeline").getAsInt());
        JsonObject promises = self.getAsJsonObject("promises");
        assertEquals("AVAILABLE", promises.get("durability").getAsString());
        assertEquals(1, promises.get("strictMinimum").getAsInt());
    }

    @Test
    void healthHasTheFieldsOfTheGuide() throws Exception {
        JsonObject health = health(primary);
        assertEquals("healthy", health.get("status").getAsString());
        JsonObject checks = health.getAsJsonObject("checks");
        assertEquals(
                List.of("timestamp", "hostname", "ip", "database", "redis", "machine"), List.copyOf(checks.keySet()));
        assertTrue(checks.get("database").getAsBoolean());
        assertTrue(checks.get("redis").getAsBoolean());
        assertTrue(health(standby).getAsJsonObject("checks").get("database").getAsBoolean());
        assertFalse(health(witness).getAsJsonObject("checks").has("database"));
    }

    /** A proxy that turned away from this node would find the next one as well without its cache. */
    @Test
    void whatAnotherNodeWouldNotDoBetterDegradesAndNoMore() throws Exception {
        cache.set(false);
        soon().until(() -> health(primary).get("status").getAsString().equals("degraded"));
        HttpResponse<String> answer = get(primary, "/health");
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains("\"suffering\":[\"cache\"]"), answer.body());
        assertEquals(200, status(primary, "/ready"));
        soon().until(() -> events.stream()
                .anyMatch(event ->
                        event.kind() == HaEvent.Kind.DUTY && event.message().equals("check redis failed (cache): no")));
    }

    @Test
    void aMachineThatIsAmissIsUnhealthyAndNobodyFailsOverForIt() throws Exception {
        machine.set(false);
        soon().until(() -> status(primary, "/health") == 503);
        assertEquals("System unhealthy", health(primary).get("detail").getAsString());
        assertEquals(503, status(primary, "/ready"));
        assertEquals(200, status(primary, "/primary"));
        soon().until(() -> events.stream()
                .anyMatch(event -> event.kind() == HaEvent.Kind.ALARM
                        && event.message().equals("check machine failed (host): no")));
        assertEquals(4, hand.read(Duration.ofSeconds(1)).orElseThrow().state().epoch());

        machine.set(true);
        soon().until(() -> status(primary, "/health") == 200);
        soon().until(() ->
                events.stream().anyMatch(event -> event.message().equals("check machine is well again: yes")));
    }

    @Test
    void readsGoToAReplicaThatIsKnownToHaveEnough() throws Exception {
        second.hears(1000 + 5_000, Duration.ZERO);
        assertEquals(200, status(standby, "/replica"));
        assertEquals(200, status(standby, "/replica?lag=5kB"));
        assertEquals(503, status(standby, "/replica?lag=4999"));
        assertEquals(400, status(standby, "/replica?lag=much"));
        assertEquals(503, status(primary, "/replica"));
        assertEquals(503, status(witness, "/replica"));
    }

    @Test
    void aReplicaThatIsTaggedNoReadsIsNoneAndSaysSoToOthers() throws Exception {
        standby.close();
        standby = node(new NodeTags(false, 100, true), STUDIO_2, NodeRole.DATA, List.of(), second);
        soon().until(() -> status(standby, "/health") == 200);
        assertEquals(503, status(standby, "/replica"));
        soon().until(() -> hand.nodes().get(STUDIO_2).tags().noReads());
    }

    @Test
    void aReplicaThatHasHeardNothingForAWhileIsNone() throws Exception {
        second.hears(1000, Limits.DEFAULT.suspicionTime());
        assertEquals(503, status(standby, "/replica"));
        second.hears(0, Duration.ZERO);
        assertEquals(503, status(standby, "/replica"));
    }

    @Test
    void isReadyWhenItObeysARecordAndTheServerIsInItsRole() throws Exception {
        assertEquals(200, status(standby, "/ready"));
        assertEquals(200, status(witness, "/ready"));
        second.die();
        soon().until(() -> status(standby, "/ready") == 503);
        assertEquals(503, status(standby, "/health"));
    }

    @Test
    void metricsSayWhoIsWhat() throws Exception {
        HttpResponse<String> answer = get(primary, "/metrics");
        assertEquals(
                "text/plain; version=0.0.4; charset=utf-8",
                answer.headers().firstValue("Content-Type").orElse(""));
        List<String> lines = answer.body().lines().toList();
        List.of(
                        "prontuario_ha_node{cluster=\"records\",node=\"studio-1\",role=\"data\"} 1",
                        "prontuario_ha_epoch 4",
                        "prontuario_ha_primary 1",
                        "prontuario_ha_certified_standbys 1",
                        "prontuario_ha_replication_lag_bytes{standby=\"studio-2\"} 0",
                        "prontuario_ha_replication_lag_seconds{standby=\"studio-2\"} 0",
                        "prontuario_ha_check_ok{affects=\"cache\",check=\"redis\",kind=\"application\"} 1",
                        "prontuario_ha_made_up_total 7")
                .forEach(line -> assertTrue(lines.contains(line), () -> line + " in\n" + answer.body()));
        assertTrue(get(standby, "/metrics").body().contains("prontuario_ha_primary 0\n"));
        assertTrue(get(standby, "/metrics").body().contains("prontuario_ha_replay_lag_bytes 0\n"));
    }

    @Test
    void eventsComeAsTheyHappenAndWhatWasMissedComesAfterwards() throws Exception {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        listen(lines, "");
        cache.set(false);
        soon().until(() -> lines.stream().anyMatch(line -> line.contains("check redis failed")));
        assertTrue(lines.contains("event: DUTY"), lines::toString);
        String id = lines.stream()
                .filter(line -> line.startsWith("id: "))
                .findFirst()
                .orElseThrow()
                .substring(4);

        cache.set(true);
        soon().until(() -> lines.stream().anyMatch(line -> line.contains("check redis is well again")));
        Queue<String> again = new ConcurrentLinkedQueue<>();
        listen(again, id);
        soon().until(() -> again.stream().anyMatch(line -> line.contains("check redis is well again")));
        assertTrue(again.stream().noneMatch(line -> line.equals("id: " + id)), again::toString);
    }

    @Test
    void noMoreListenThanMayAndProxiesAreAnsweredAllTheSame() throws Exception {
        for (int i = 0; i < 8; i++) {
            listen(new ConcurrentLinkedQueue<>(), "");
        }
        assertEquals(503, status(primary, "/events"));
        assertEquals(200, status(primary, "/primary"));
    }

    private void listen(Queue<String> lines, String after) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(primary, "/events"));
        if (!after.isEmpty()) {
            request.header("Last-Event-ID", after);
        }
        HttpResponse<java.util.stream.Stream<String>> answer =
                CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        assertEquals(200, answer.statusCode());
        Thread reader = new Thread(() -> {
            try {
                answer.body().forEach(lines::add);
            } catch (java.io.UncheckedIOException e) {
                // The node was closed.
            }
        });
        reader.setDaemon(true);
        reader.start();
        soon().until(() -> lines.contains("retry: 1000"));
    }
}
