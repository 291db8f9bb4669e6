package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code ha status} and {@code ha history} on real ZooKeeper servers, as a person and as a script read them. */
final class StoreCommandsIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final NodeName STUDIO_1 = new NodeName("studio-1");
    private static final NodeName STUDIO_2 = new NodeName("studio-2");
    private static final Copy COPY_1 = new Copy(STUDIO_1, "1a2b");
    private static final Copy COPY_2 = new Copy(STUDIO_2, "7f3a");

    private static Path folder;
    private static LocalEnsemble ensemble;
    private static int clusters;

    private final List<ClusterStore> stores = new ArrayList<>();
    /** Where no agent listens. */
    private final String nobody = "127.0.0.1:" + FreePorts.find(1)[0];

    private String cluster;

    @BeforeAll
    static void startEnsemble() throws IOException {
        folder = Files.createTempDirectory("prontuario-store-commands-");
        ensemble = LocalEnsemble.start(folder, LIMIT);
    }

    @AfterAll
    static void endEnsemble() {
        ensemble.close();
        Unprivileged.delete(folder);
    }

    @BeforeEach
    void freshCluster() {
        clusters++;
        cluster = "store-commands-" + clusters;
    }

    @AfterEach
    void closeStores() {
        stores.forEach(ClusterStore::close);
    }

    @Test
    void statusSaysHowTheClusterIs() throws Exception {
        aPairWithACertifiedStandby();

        HaProcess.Result result = ha("status");

        assertEquals(0, result.exit(), result.output());
        assertEquals(
                List.of(
                        "cluster " + cluster + ", epoch 4, AVAILABLE",
                        "primary studio-1.1a2b, active; in sync: [studio-2.7f3a]",
                        "  studio-1 data · primary running, timeline 2 · serving",
                        "  studio-2 data · standby running, timeline 2 (behind <1 s) · following studio-1",
                        "takeover: possible, to [studio-2.7f3a]",
                        "  trouble: studio-1: has a session but does not answer on " + nobody
                                + ": others and proxies ask" + " there; check http and the network",
                        "  trouble: studio-2: has a session but does not answer on " + nobody
                                + ": others and proxies ask" + " there; check http and the network"),
                result.output().lines().toList());
    }

    @Test
    void statusAsJsonHoldsTheSameAndNothingElseIsPrinted() throws Exception {
        aPairWithACertifiedStandby();

        HaProcess.Result result = ha("status", "--json");

        JsonObject status = parse(result).getAsJsonObject();
        assertEquals(0, result.exit());
        assertEquals(cluster, status.get("cluster").getAsString());
        assertEquals(4, status.get("epoch").getAsLong());
        assertEquals(2, status.get("timeline").getAsInt());
        assertEquals("studio-1.1a2b", status.get("primary").getAsString());
        assertTrue(status.get("active").getAsBoolean());
        assertEquals("studio-2.7f3a", status.getAsJsonArray("inSync").get(0).getAsString());
        assertEquals("AVAILABLE", status.get("durability").getAsString());
        assertEquals("possible, to [studio-2.7f3a]", status.get("takeover").getAsString());
        assertTrue(status.get("takeoverPossible").getAsBoolean());
        assertEquals(2, status.getAsJsonArray("troubles").size());
        JsonArray nodes = status.getAsJsonArray("nodes");
        assertEquals(2, nodes.size());
        JsonObject second = nodes.get(1).getAsJsonObject();
        assertEquals("studio-2", second.get("node").getAsString());
        assertEquals("STANDBY", second.get("mode").getAsString());
        assertEquals("RUNNING", second.get("condition").getAsString());
    }

    @Test
    void statusSaysThatThereIsNoRecordYet() throws Exception {
        HaProcess.Result plain = ha("status");
        HaProcess.Result json = ha("status", "--json");

        assertEquals(1, plain.exit());
        assertEquals(
                "cluster " + cluster + ": there is no record yet. Run ha init on the first data node",
                plain.output().strip());
        assertEquals(1, json.exit());
        assertEquals("none", parse(json).getAsJsonObject().get("record").getAsString());
    }

    @Test
    void aSwitchoverThatMayNotBeIsRefusedWithTheEvidenceAndNothingIsWritten() throws Exception {
        ClusterStore store = aPairWithACertifiedStandby();
        ClusterState before = store.read(LIMIT).orElseThrow().state();

        HaProcess.Result asked = ha("switchover", "--to", "studio-2");
        HaProcess.Result dry = ha("switchover", "--to", "studio-2", "--dry-run", "--json");
        HaProcess.Result plan = ha("plan");
        HaProcess.Result mistyped = ha("switchover", "--to", "Studio 2");

        assertEquals(1, asked.exit(), asked.output());
        assertTrue(asked.output().startsWith("refused: not so: "), asked.output());
        assertTrue(asked.output().contains("not streaming"), asked.output());
        assertEquals(1, dry.exit(), dry.output());
        assertFalse(parse(dry).getAsJsonObject().get("possible").getAsBoolean());
        assertEquals(9, parse(dry).getAsJsonObject().getAsJsonArray("steps").size());
        assertEquals(1, plan.exit(), plan.output());
        assertTrue(plan.output().contains("not possible: "), plan.output());
        assertEquals(2, mistyped.exit(), mistyped.output());
        assertEquals(before, store.read(LIMIT).orElseThrow().state());
    }

    /** Declared while nobody serves, shown, refused where it is not legal, asked back. */
    @Test
    void anEmergencyIsDeclaredByItsTokenShownAndAskedBack() throws Exception {
        ClusterStore store = aPairWithACertifiedStandby();

        HaProcess.Result nothing = ha("approve", "--by", "Ana");
        HaProcess.Result asked = ha("gcp", "declare", "--by", "Ana");
        String token =
                asked.output().substring(asked.output().indexOf("EMERGENCY:")).strip();
        HaProcess.Result wrong = ha("gcp", "declare", "--by", "Ana", "--token", token + "7");
        HaProcess.Result serving = ha("gcp", "declare", "--by", "Ana", "--token", token);

        assertEquals(1, nothing.exit(), nothing.output());
        assertTrue(nothing.output().contains("no emergency is asked for"), nothing.output());
        assertEquals(1, asked.exit(), asked.output());
        assertTrue(wrong.output().contains("declare it with " + token), wrong.output());
        assertEquals(1, serving.exit(), serving.output());
        assertTrue(serving.output().contains("serves on site"), serving.output());
        assertTrue(store.emergency(LIMIT).isEmpty());
        stores.forEach(ClusterStore::close);
        stores.clear();

        HaProcess.Result declared = ha("gcp", "declare", "--by", "Ana", "--token", token);
        HaProcess.Result status = ha("status", "--json");
        HaProcess.Result back = ha("gcp", "failback", "--by", "Rui");

        assertEquals(0, declared.exit(), declared.output());
        JsonObject shown = parse(status).getAsJsonObject().getAsJsonObject("emergency");
        assertEquals("WAKING", shown.get("phase").getAsString());
        assertEquals("Ana", shown.get("by").getAsString());
        assertEquals(0, back.exit(), back.output());
        assertTrue(back.output().contains("RETURNING, by Rui"), back.output());
    }

    @Test
    void historyTellsTheLatestTransitionStepByStep() throws Exception {
        ClusterStore store = aPairWithACertifiedStandby();
        for (int epoch = 3; epoch <= 4; epoch++) {
            store.record("transition-" + epoch, epoch, steps(epoch));
        }
        Awaitility.await().atMost(LIMIT).until(() -> store.history(9, LIMIT).size() == 2);

        HaProcess.Result plain = ha("history", "--last", "1");
        HaProcess.Result json = ha("history", "--json");

        assertEquals(0, plain.exit(), plain.output());
        assertTrue(plain.output().startsWith("epoch 4, transition transition-4"), plain.output());
        assertTrue(plain.output().contains("nominated"), plain.output());
        JsonArray transitions = parse(json).getAsJsonArray();
        assertEquals(2, transitions.size());
        JsonObject latest = transitions.get(0).getAsJsonObject();
        assertEquals(4, latest.get("epoch").getAsLong());
        assertEquals(2, latest.getAsJsonArray("steps").size());
        assertEquals(
                7.0,
                latest.getAsJsonArray("steps")
                        .get(1)
                        .getAsJsonObject()
                        .get("tookMillis")
                        .getAsDouble());
    }

    @Test
    void historyOfAClusterThatNeverChangedIsEmpty() throws Exception {
        aPairWithACertifiedStandby();

        assertEquals("no transition yet", ha("history").output().strip());
        assertEquals(0, parse(ha("history", "--json")).getAsJsonArray().size());
    }

    /** One line, within a bound, and none of ZooKeeper's own complaints around it. Where JSON was asked for, JSON before it. */
    @Test
    void aStoreThatIsNotReachedIsToldOnce() throws Exception {
        String away = IntStream.of(FreePorts.find(3))
                .mapToObj(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(","));
        String expected =
                "ha: ZooKeeper is not reached on " + away + " within 5 s: check that a majority of its servers runs";

        HaProcess.Result plain = haOn(away, "status");
        assertEquals(expected, plain.output().strip());
        assertEquals(1, plain.exit());
        for (String[] words : new String[][] {{"status", "--json"}, {"history", "--json"}}) {
            HaProcess.Result result = haOn(away, words);
            assertEquals(1, result.exit());
            // The error stream, which the process here has in one with the output.
            String output = result.output().strip();
            assertTrue(output.endsWith(expected), output);
            JsonObject said = JsonParser.parseString(output.substring(0, output.length() - expected.length()))
                    .getAsJsonObject();
            assertFalse(said.get("storeReached").getAsBoolean());
            assertEquals(expected, "ha: " + said.get("message").getAsString());
        }
    }

    /** A majority is away, so that servers are reached and nobody answers for the ensemble. */
    @Test
    void aStoreWithoutAMajorityIsToldOnce() throws Exception {
        ensemble.kill(0);
        ensemble.kill(1);
        try {
            HaProcess.Result result = ha("status");
            assertEquals(1, result.exit(), result.output());
            assertEquals(1, result.output().lines().count(), result.output());
            assertTrue(result.output().contains("check that a majority of its servers runs"), result.output());
        } finally {
            ensemble.restart(0);
            ensemble.restart(1);
            ensemble.awaitServing(3, LIMIT);
        }
    }

    private static JsonElement parse(HaProcess.Result result) {
        return JsonParser.parseString(result.output());
    }

    private HaProcess.Result ha(String... words) throws Exception {
        return haOn(ensemble.connectString(), words);
    }

    private HaProcess.Result haOn(String store, String... words) throws Exception {
        Path file = Files.writeString(
                folder.resolve(cluster + ".yaml"), """
                cluster: %s
                node: anybody
                role: witness
                store: %s
                http: 127.0.0.1:8008
                state: %s
                postgres:
                  servers:
                    studio-1: 127.0.0.1:5432
                    studio-2: 127.0.0.1:5433
                """.formatted(cluster, store, folder.resolve("unused")));
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", file.toString()));
        return HaProcess.run(folder, Duration.ofSeconds(60), all.toArray(String[]::new));
    }

    /** Both nodes' sessions live, the record has one certified standby. Answers the store of the first. */
    private ClusterStore aPairWithACertifiedStandby() {
        ClusterStore first = connect(STUDIO_1);
        ClusterState state = new ClusterState(
                "cluster-0001",
                "7300000000000000001",
                4,
                "transition-4",
                2,
                COPY_1,
                true,
                Set.of(COPY_2),
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
        first.create(state, LIMIT);
        first.publish(status(COPY_1, ServerMode.PRIMARY, "", "serving"), true);
        connect(STUDIO_2).publish(status(COPY_2, ServerMode.STANDBY, "behind <1 s", "following studio-1"), true);
        Awaitility.await().atMost(LIMIT).until(() -> first.nodes().size() == 2);
        return first;
    }

    private ClusterStore connect(NodeName node) {
        ClusterStore store = ZooKeeperStore.connect(ensemble.connectString());
        stores.add(store);
        store.start(cluster, node, () -> {});
        Awaitility.await().atMost(LIMIT).until(() -> store.health() == StoreHealth.CONNECTED);
        return store;
    }

    private NodeStatus status(Copy copy, ServerMode mode, String detail, String activity) {
        DataStatus data = new DataStatus(
                copy,
                "7300000000000000001",
                ServerCondition.RUNNING,
                mode,
                2,
                1000,
                1000,
                0,
                null,
                List.of(),
                "",
                "",
                SyncWait.NONE,
                detail);
        return new NodeStatus(copy.node(), NodeRole.DATA, nobody, false, data, 4, "", activity);
    }

    private static List<StepRecord> steps(long epoch) {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        return List.of(
                new StepRecord(
                        "transition-" + epoch, epoch, STUDIO_2, "detected", "done", start, Duration.ZERO, "silent"),
                new StepRecord(
                        "transition-" + epoch,
                        epoch,
                        STUDIO_2,
                        "nominated",
                        "done",
                        start.plusMillis(20),
                        Duration.ofMillis(7),
                        COPY_2.toString()));
    }
}
