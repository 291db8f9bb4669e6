package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.validate.Finding;
import io.prontuario.ha.examples.validate.Finding.Level;
import io.prontuario.ha.examples.validate.Validation;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person on duty does with a running pair: validates it, rehearses, and reads afterwards what became of it. One pair for all of it. */
final class OperateIT {
    private static final NodeName FIRST = new NodeName("studio-1");
    private static final NodeName SECOND = new NodeName("studio-2");
    /** What a pair of this test has not, and need not. */
    private static final Set<String> ACCEPTED = Set.of("backups", "cloud", "proxies", "witness");

    @TempDir
    private Path folder;

    private RealPair pair;
    private NodeConfig config;
    private ClusterStore store;

    /**
     * A setting that somebody has broken.
     *
     * @param node whose server
     * @param name of the setting
     * @param value that it gets
     * @param found what the finding has to say
     */
    private record Broken(NodeName node, String name, String value, String found) {}

    /** What the agents put right. */
    private static final Set<String> VITAL = Set.of("fsync", "full_page_writes", "synchronous_commit");

    /** Taken by a reload, or waiting for a restart; each is mended before the next. */
    private static final List<Broken> SETTINGS = List.of(
            new Broken(SECOND, "fsync", "off", "fsync is off"),
            new Broken(SECOND, "full_page_writes", "off", "full_page_writes is off"),
            new Broken(SECOND, "synchronous_commit", "local", "synchronous_commit is local"),
            new Broken(SECOND, "restart_after_crash", "on", "restart_after_crash is on"),
            new Broken(SECOND, "hot_standby_feedback", "off", "hot_standby_feedback is off"),
            new Broken(SECOND, "default_transaction_read_only", "on", "default_transaction_read_only is on"),
            new Broken(SECOND, "recovery_min_apply_delay", "'10s'", "recovery_min_apply_delay is 10000"),
            new Broken(SECOND, "statement_timeout", "'60s'", "statement_timeout is 60000"),
            new Broken(SECOND, "lock_timeout", "'60s'", "lock_timeout is 60000"),
            new Broken(SECOND, "idle_session_timeout", "'60s'", "idle_session_timeout is 60000"),
            new Broken(SECOND, "wal_retrieve_retry_interval", "'5s'", "wal_retrieve_retry_interval is 5000"),
            new Broken(SECOND, "wal_receiver_timeout", "'60s'", "wal_receiver_timeout is 60000"),
            new Broken(FIRST, "wal_sender_timeout", "'60s'", "wal_sender_timeout is 60000"),
            new Broken(SECOND, "wal_receiver_status_interval", "'10s'", "wal_receiver_status_interval is 10"),
            new Broken(FIRST, "tcp_keepalives_idle", "7200", "tcp_keepalives_idle is 7200"),
            new Broken(FIRST, "wal_keep_size", "0", "wal_keep_size is 0"),
            new Broken(FIRST, "password_encryption", "'md5'", "password_encryption is md5"),
            new Broken(SECOND, "max_connections", "50", "max_connections was changed and waits for a restart"),
            new Broken(SECOND, "max_wal_senders", "2", "max_wal_senders was changed and waits for a restart"),
            new Broken(
                    FIRST,
                    "superuser_reserved_connections",
                    "3",
                    "superuser_reserved_connections was changed and waits"),
            new Broken(FIRST, "wal_log_hints", "off", "wal_log_hints was changed and waits for a restart"));

    @BeforeEach
    void start() throws Exception {
        // Nothing here is about how soon a silent host is noticed, and a busy machine is silent now and then.
        pair = RealPair.start("operated", "limits:", "  sessionTime: 5s", "  suspicionTime: 4s");
        config = NodeConfig.read(pair.file(FIRST.value()));
        store = config.openStore();
        store.start(config.cluster(), new NodeName("reader"), () -> {});
        soon().until(() ->
                store.health() == StoreHealth.CONNECTED && store.nodes().size() == 2);
    }

    @AfterEach
    void end() {
        if (store != null) {
            store.close();
        }
        if (pair != null) {
            pair.close();
        }
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
    }

    private List<Finding> findings() {
        return new Validation(config, store, ACCEPTED, stage -> {})
                .run().stream().filter(one -> one.level() != Level.OK).toList();
    }

    private void awaitNothingFound() {
        soon().untilAsserted(() -> assertEquals(List.of(), findings()));
    }

    private void awaitFound(String text) {
        soon().untilAsserted(() -> {
            List<Finding> all = findings();
            assertTrue(
                    all.stream()
                            .anyMatch(one ->
                                    one.message().contains(text) && !one.next().isEmpty()),
                    all::toString);
        });
    }

    private void sql(NodeName node, String... statements) throws SQLException {
        try (Connection connection = config.postgres().connect(node, Duration.ofSeconds(10));
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    @Test
    void aPairIsValidatedRehearsedAndAccountedFor() throws Exception {
        awaitNothingFound();
        eachBrokenSettingIsFound();
        whatElseCanBeAmissIsFound();
        awaitNothingFound();
        aDrillMovesThePrimaryThereAndBackAndLeavesEvidence();
        theTrailIsVerifiedAndATamperedOneIsFound();
        theReportCountsBothWays();
    }

    private void eachBrokenSettingIsFound() throws SQLException {
        for (Broken one : SETTINGS) {
            if (VITAL.contains(one.name())) {
                isFoundWhileItsAgentCannotPutItRight(one);
                continue;
            }
            sql(one.node(), "ALTER SYSTEM SET " + one.name() + " = " + one.value(), "SELECT pg_reload_conf()");
            awaitFound(one.found());
            sql(one.node(), "ALTER SYSTEM RESET " + one.name(), "SELECT pg_reload_conf()");
        }
    }

    /** An agent puts it right before anybody could look. */
    private void isFoundWhileItsAgentCannotPutItRight(Broken one) throws SQLException {
        pair.freezeAgent(one.node().value());
        sql(one.node(), "ALTER SYSTEM SET " + one.name() + " = " + one.value(), "SELECT pg_reload_conf()");
        awaitFound(one.found());
        pair.thawAgent(one.node().value());
        soon().untilAsserted(() -> assertTrue(
                findings().stream().noneMatch(found -> found.message().contains(one.found()))));
    }

    private void whatElseCanBeAmissIsFound() throws Exception {
        sql(SECOND, "SELECT pg_wal_replay_pause()");
        awaitFound("its replay is paused");
        sql(SECOND, "SELECT pg_wal_replay_resume()");

        sql(FIRST, "SELECT pg_create_physical_replication_slot('forgotten', true)");
        awaitFound("nobody uses the replication slot forgotten");
        sql(FIRST, "SELECT pg_drop_replication_slot('forgotten')");

        Path rules = pair.server(FIRST.value()).data().resolve("pg_hba.conf");
        String before = Files.readString(rules);
        Files.writeString(rules, before + "host all all 192.0.2.0/24 trust\n");
        sql(FIRST, "SELECT pg_reload_conf()");
        awaitFound("lets others in without a password");
        Files.writeString(rules, before);
        sql(FIRST, "SELECT pg_reload_conf()");

        assertEquals(0, pair.ha("pause", "--reason", "a test").exit());
        awaitFound("the cluster is paused");
        assertEquals(0, pair.ha("resume").exit());

        // The command is long gone when it ends.
        HaProcess.Result ending = pair.ha("pause", "--for", "1s");
        assertTrue(ending.output().contains("is paused: nobody takes over for 1000 ms"), ending.output());
        soon().until(() ->
                !store.read(Duration.ofSeconds(5)).orElseThrow().state().paused());

        HaProcess.Result strict = pair.ha("validate", "--strict", "--json");
        assertEquals(1, strict.exit(), strict.output());
        // Both streams are one here, and drivers may have something to say on the other.
        JsonObject said = JsonParser.parseString(
                        strict.output().substring(strict.output().indexOf('{')))
                .getAsJsonObject();
        assertTrue(said.get("warned").getAsInt() > 0, "no archive, no cloud");
    }

    private void aDrillMovesThePrimaryThereAndBackAndLeavesEvidence() throws Exception {
        pair.awaitStatus("takeover: possible, to [studio-2.");
        HaProcess.Result drill = pair.ha("drill", "--evidence", folder.toString(), "--reason", "quarterly");
        assertEquals(0, drill.exit(), drill.output());
        List<Path> evidence;
        try (Stream<Path> files = Files.list(folder)) {
            evidence = files.sorted().toList();
        }
        assertEquals(2, evidence.size(), evidence::toString);
        String page = Files.readString(evidence.get(0));
        assertTrue(page.contains("✓ Passed") && page.contains("<td>promoted</td>"), page);
        JsonObject report =
                JsonParser.parseString(Files.readString(evidence.get(1))).getAsJsonObject();
        assertEquals(2, report.getAsJsonArray("legs").size());
        for (JsonElement leg : report.getAsJsonArray("legs")) {
            assertTrue(leg.getAsJsonObject().get("outageMillis").getAsDouble() > 0, leg::toString);
        }
        pair.awaitStatus("primary studio-1.");
        assertTrue(pair.ha("history", "--last", "2").output().contains("█"));
    }

    private void theTrailIsVerifiedAndATamperedOneIsFound() throws Exception {
        // Nodes write what they did within some seconds.
        soon().until(() -> store.auditTrail(Duration.ofSeconds(5)).stream()
                        .filter(one -> one.entry().what().startsWith("opened"))
                        .count()
                >= 3);
        soon().untilAsserted(() -> {
            HaProcess.Result verified = pair.ha("history", "verify");
            assertEquals(0, verified.exit(), verified.output());
            assertTrue(verified.output().contains("studio-1, studio-2"), verified.output());
        });
        HaProcess.Result exported = pair.ha("history", "export");
        assertTrue(exported.output().contains("\"why\":\"quarterly\""), exported.output());
        List<String> lines = new ArrayList<>(
                exported.output().lines().filter(line -> line.startsWith("{")).toList());
        lines.set(0, lines.get(0).replaceFirst("\"who\":\"[^\"]*\"", "\"who\":\"nobody\""));
        Path tampered = Files.write(folder.resolve("export"), lines);
        HaProcess.Result against = pair.ha("history", "verify", "--export", tampered.toString());
        assertEquals(1, against.exit(), against.output());
        assertTrue(against.output().contains("entry 1 of " + tampered + " was changed"), against.output());
    }

    private void theReportCountsBothWays() throws Exception {
        HaProcess.Result report = pair.ha("report", "--last", "1d", "--json");
        JsonObject said = JsonParser.parseString(
                        report.output().substring(report.output().indexOf('{')))
                .getAsJsonObject();
        assertEquals(2, said.get("switchovers").getAsInt(), report.output());
        assertEquals(0, said.get("failovers").getAsInt(), report.output());
        assertFalse(said.get("uptime").getAsDouble() >= 1, report.output());
        // Of a cluster that is a minute old two switchovers are more than its share.
        assertEquals(said.get("kept").getAsBoolean() ? 0 : 1, report.exit(), report.output());
    }
}
