package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.ops.Scrape;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What a person may ask of a real pair and count on: {@code ha pause} and {@code ha resume}, {@code ha failover},
 * {@code ha reinit}, {@code ha restart}, {@code ha durability}, {@code ha state rebuild}.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OperatorIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static RealPair pair;
    private static ClusterStore store;
    /** As it was when the cluster had just been made. */
    private static ClusterState first;

    @BeforeAll
    static void startAPair() throws Exception {
        pair = RealPair.start("paused");
        NodeConfig config = NodeConfig.read(pair.file("studio-1"));
        store = config.openStore();
        store.start(config.cluster(), new NodeName("reader"), () -> {});
        first = soon().ignoreExceptions()
                .until(() -> store.read(LIMIT), Optional::isPresent)
                .orElseThrow()
                .state();
    }

    @AfterAll
    static void endEverything() {
        if (store != null) {
            store.close();
        }
        pair.close();
    }

    @Test
    @Order(1)
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
                .atMost(Duration.ofSeconds(60))
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

    @Test
    @Order(2)
    void whenOnlyTheLostPrimaryHoldsEverythingAPersonMayGiveThatUp() throws Exception {
        pair.awaitStatus("takeover: possible");
        String primary = pair.status().contains("primary studio-1.") ? "studio-1" : "studio-2";
        String standby = primary.equals("studio-1") ? "studio-2" : "studio-1";
        pair.execute(primary, "create table given_up (entry int)");
        pair.execute(primary, "insert into given_up values (1)");
        HaProcess.Result async = pair.ha("durability", "ASYNC");
        assertEquals("durability of cluster paused is ASYNC", async.output().strip());
        awaitNames(primary, "");

        pair.loseHost(standby);
        pair.execute(primary, "insert into given_up values (2)");
        pair.loseHost(primary);
        pair.startAgent(standby);
        pair.awaitSaid(standby, "or give up what only it holds: ha failover --accept-loss");

        pair.awaitStatus(standby + " data · standby running");
        HaProcess.Result tame = failover(standby);
        assertEquals(1, tame.exit(), tame.output());
        assertTrue(tame.output().contains("is not certified to hold every acknowledged commit"), tame.output());
        HaProcess.Result mistyped = failover(standby, "--accept-loss", "--confirm", standby);
        assertEquals(2, mistyped.exit(), mistyped.output());
        assertTrue(
                mistyped.output().contains("not confirmed: the node that is given up is " + primary),
                mistyped.output());
        assertTrue(pair.status().contains("primary " + primary + "."), pair::status);

        HaProcess.Result done = failover(standby, "--accept-loss", "--confirm", primary);
        assertEquals(0, done.exit(), done.output());
        assertTrue(done.output().contains("holds the log up to "), done.output());
        assertEquals(List.of("1"), pair.query(standby, "select entry from given_up order by entry"));

        pair.startAgent(primary);
        pair.awaitStatus(primary + " data · standby running");
        HaProcess.Result needless = failover(primary, "--accept-loss", "--confirm", standby);
        assertEquals(1, needless.exit(), needless.output());
        assertTrue(needless.output().contains("use ha switchover"), needless.output());

        // Through the gate, which is shut until the standby is certified.
        assertEquals(0, pair.ha("durability", "STRICT").exit());
        awaitNames(standby, "FIRST 1 (");
        pair.awaitStatus("takeover: possible, to [" + primary + ".");
        pair.execute(standby, "insert into given_up values (3)");
        inStrictNothingIsAcknowledgedAlone(standby, primary);
        HaProcess.Result back = pair.ha("durability", "AVAILABLE", "--json");
        assertTrue(JsonParser.parseString(back.output())
                .getAsJsonObject()
                .get("changed")
                .getAsBoolean());
    }

    /** The standby's agent lives and reaches the primary, so the standby is taken out: but what is written waits for another. */
    private static void inStrictNothingIsAcknowledgedAlone(String serving, String other) throws Exception {
        List<Long> frozen = pair.server(other).pids();
        Signals.freeze(frozen);
        CompletableFuture<Boolean> write =
                CompletableFuture.supplyAsync(() -> executed(serving, "insert into given_up values (4)"));
        soon().until(() ->
                pair.query(serving, "show synchronous_standby_names").get(0).contains("#gate"));
        soon().during(Duration.ofSeconds(1)).until(() -> !write.isDone());
        Signals.thaw(frozen);
        assertTrue(write.get(60, TimeUnit.SECONDS));
        awaitNames(serving, "FIRST 1 (");
    }

    private static boolean executed(String node, String sql) {
        try {
            pair.execute(node, sql);
            return true;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certified one that runs, which is the hardest case: until it is out of the record, commits wait for it. */
    @Test
    @Order(3)
    void aStandbyIsCopiedAnewByOrderThoughItsAgentDiesMidway() throws Exception {
        pair.awaitStatus("takeover: possible");
        String primary = pair.status().contains("primary studio-1.") ? "studio-1" : "studio-2";
        String standby = primary.equals("studio-1") ? "studio-2" : "studio-1";
        pair.execute(primary, "create table anew (entry int)");
        pair.execute(primary, "insert into anew values (1)");
        String former = copy(standby);

        HaProcess.Result wrong = pair.ha("reinit", primary, "--confirm", primary);
        assertEquals(1, wrong.exit(), wrong.output());
        assertTrue(wrong.output().contains(primary + " is another node than that of the primary"), wrong.output());
        HaProcess.Result mistyped = pair.ha("reinit", standby, "--confirm", primary);
        assertEquals(2, mistyped.exit(), mistyped.output());
        HaProcess.Result dry = pair.ha("reinit", standby, "--dry-run", "--json");
        assertEquals(0, dry.exit(), dry.output());
        assertEquals(
                standby + "." + former,
                JsonParser.parseString(dry.output())
                        .getAsJsonObject()
                        .get("copy")
                        .getAsString());
        assertEquals(former, copy(standby));

        Path output = pair.output();
        Process first = pair.begin(output, "reinit", standby, "--confirm", standby);
        Path id = pair.data(standby).resolveSibling("data.ha").resolve("copy");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !Files.exists(id) || !Files.readString(id).strip().equals(former));
        pair.killAgent(standby);
        // Whoever gave the order may go, and whoever repeats it waits for the same.
        first.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        pair.startAgent(standby);
        pair.awaitStatus(standby + " data");
        // It may have been done before the agent died: then this is another order, refused while the new copy is being
        // certified.
        Awaitility.await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> {
            HaProcess.Result again = pair.ha("reinit", standby, "--confirm", standby);
            assertEquals(0, again.exit(), again.output() + Files.readString(output));
        });

        pair.awaitStatus("takeover: possible, to [" + standby + ".");
        assertEquals(List.of("1"), pair.query(standby, "select entry from anew"));
        assertNotEquals(former, copy(standby));
    }

    @Test
    @Order(4)
    void changedSettingsAreAppliedAndWhatNeedsARestartReachesTheStandbyFirst() throws Exception {
        pair.awaitStatus("takeover: possible");
        String primary = pair.status().contains("primary studio-1.") ? "studio-1" : "studio-2";
        String standby = primary.equals("studio-1") ? "studio-2" : "studio-1";
        for (String node : RealPair.NODES) {
            Path file = pair.file(node);
            Files.writeString(
                    file,
                    Files.readString(file)
                            .replace(
                                    "postgres:\n",
                                    "postgres:\n  settings:\n    - max_connections = 131\n    - work_mem = '5MB'\n"));
            pair.stopAgent(node);
            pair.startAgent(node);
        }
        for (String node : RealPair.NODES) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertEquals(List.of("5MB"), pair.query(node, "show work_mem")));
            assertNotEquals(List.of("131"), pair.query(node, "show max_connections"));
        }
        // The standby's; a primary gets it when it is started as one.
        pair.awaitStatus("(needs a restart for max_connections)");
        pair.awaitStatus("takeover: possible");

        HaProcess.Result wrong = pair.ha("restart", primary);
        assertEquals(1, wrong.exit(), wrong.output());
        HaProcess.Result dry = pair.ha("restart", "--all", "--dry-run", "--json");
        assertEquals(0, dry.exit(), dry.output());
        Path output = pair.output();
        Process all = pair.begin(output, "restart", "--all", "--reason", "more connections");
        assertTrue(all.waitFor(4, TimeUnit.MINUTES), () -> "" + output);
        assertEquals(0, all.exitValue(), Files.readString(output));

        for (String node : RealPair.NODES) {
            assertEquals(List.of("131"), pair.query(node, "show max_connections"));
        }
        String status = pair.status();
        assertTrue(status.contains("primary " + standby + "."), status);
        assertTrue(status.contains("takeover: possible, to [" + primary + "."), status);
        assertFalse(status.contains("needs a restart"), status);
    }

    @Test
    @Order(5)
    void namesThatAHandHasEmptiedCostTheCertificateUntilItIsProvenAnew() throws Exception {
        pair.awaitStatus("takeover: possible");
        String primary = pair.status().contains("primary studio-1.") ? "studio-1" : "studio-2";
        pair.execute(primary, "alter system set synchronous_standby_names = ''");
        pair.execute(primary, "select pg_reload_conf()");
        pair.awaitSaid(primary, "which is certified: somebody else changed them, or the record is an old one");
        awaitNames(primary, "FIRST 1 (");
        pair.awaitStatus("takeover: possible");
    }

    @Test
    @Order(6)
    void aRecordFromABackupIsObeyedByNobodyAndIsRebuilt() throws Exception {
        pair.awaitStatus("takeover: possible");
        Versioned present = store.read(LIMIT).orElseThrow();
        String primary = present.state().primary().node().value();
        String standby = primary.equals("studio-1") ? "studio-2" : "studio-1";
        assertTrue(present.state().epoch() > first.epoch(), () -> "" + present);
        assertEquals(WriteOutcome.DONE, store.compareAndSet(present, first, null, LIMIT));

        for (String node : RealPair.NODES) {
            pair.awaitSaid(node, "the store was rolled back; nothing is changed here");
        }
        // By the record that was obeyed last it serves, and its commits wait for the standby as before.
        assertEquals(List.of(200), answers(RealPair.NODES.indexOf(primary), "/primary"));
        pair.execute(primary, "create table rolled_back (entry int)");
        assertEquals(List.of("t"), pair.query(standby, "select pg_is_in_recovery()"));

        HaProcess.Result rebuilt = pair.run("state", "rebuild", "--confirm", primary);
        assertEquals(0, rebuilt.exit(), rebuilt.output());
        ClusterState now = store.read(LIMIT).orElseThrow().state();
        assertEquals(present.state().primary(), now.primary());
        assertTrue(now.epoch() > present.state().epoch() && now.paused(), () -> "" + now);
        assertEquals(0, pair.ha("resume").exit());
        pair.awaitStatus("takeover: possible, to [" + standby + ".");
        pair.execute(primary, "insert into rolled_back values (1)");
    }

    private static String copy(String node) throws IOException {
        return Files.readString(pair.data(node).resolveSibling("data.ha").resolve("copy"))
                .strip();
    }

    private static HaProcess.Result failover(String to, String... more) throws Exception {
        return pair.ha(
                "failover",
                Stream.concat(Stream.of("--to", to), Stream.of(more)).toArray(String[]::new));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
    }

    private static void awaitNames(String node, String beginning) {
        soon().until(() -> {
            String names = pair.query(node, "show synchronous_standby_names").get(0);
            return beginning.isEmpty() ? names.isEmpty() : names.startsWith(beginning) && !names.contains("#gate");
        });
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
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> Scrape.of(httpPorts()), Scrape::isUntroubled);
    }
}
