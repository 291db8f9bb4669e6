package io.prontuario.ha.examples.validate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.validate.Finding.Level;
import io.prontuario.ha.examples.validate.ServerFacts.Standby;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real pair cannot be brought to show without a restart: between servers, at proxies, on the machine. */
class RulesTest {
    private static final Copy PRIMARY = new Copy(new NodeName("studio-1"), "1a2b");
    private static final Copy STANDBY = new Copy(new NodeName("studio-2"), "7f3a");
    private static final ClusterState STATE = new ClusterState(
            "c",
            "7300",
            4,
            "t",
            4,
            PRIMARY,
            true,
            Set.of(STANDBY),
            List.of(),
            Durability.AVAILABLE,
            1,
            false,
            null,
            null);

    private final Map<String, String> primary = new HashMap<>(Map.of(
            "max_connections",
            "100",
            "max_worker_processes",
            "8",
            "max_wal_senders",
            "16",
            "max_prepared_transactions",
            "0",
            "max_locks_per_transaction",
            "64",
            "server_version_num",
            "150018",
            "server_version",
            "15.18",
            "synchronous_standby_names",
            "FIRST 1 (\"studio-2.7f3a\")"));
    private final Map<String, String> standby = new HashMap<>(primary);

    private static ServerFacts facts(
            Map<String, String> settings, boolean inRecovery, String identifier, Standby... standbys) {
        return new ServerFacts(
                settings,
                List.of(),
                List.of(),
                inRecovery,
                identifier,
                4,
                false,
                inRecovery ? 1 : 0,
                List.of(standbys),
                List.of(),
                List.of(),
                "",
                Duration.ZERO);
    }

    private static Standby streaming() {
        return new Standby("studio-2.7f3a", "streaming", "sync", 0);
    }

    private static List<String> wrong(ServerFacts first, ServerFacts second) {
        return PairRules.of(Map.of("studio-1", first, "studio-2", second), STATE).stream()
                .filter(one -> one.level() != Level.OK)
                .map(Finding::message)
                .toList();
    }

    private static void found(String text, List<String> all) {
        assertTrue(all.stream().anyMatch(one -> one.contains(text)), () -> text + " in " + all);
    }

    @Test
    void nothingIsFoundOnAPairThatIsWell() {
        assertEquals(List.of(), wrong(facts(primary, false, "7300", streaming()), facts(standby, true, "7300")));
    }

    @Test
    void aStandbyWithLessThanItsPrimaryCannotBePromoted() {
        standby.put("max_connections", "50");
        found(
                "max_connections is 50, the primary's is 100",
                wrong(facts(primary, false, "7300", streaming()), facts(standby, true, "7300")));
    }

    @Test
    void namesThatDoNotHoldTheCertifiedOneAcknowledgeWithoutIt() {
        primary.put("synchronous_standby_names", "");
        found(
                "does not hold the certified studio-2.7f3a",
                wrong(facts(primary, false, "7300", streaming()), facts(standby, true, "7300")));
    }

    @Test
    void twoUnderOneNameAndACertifiedOneThatDoesNotStream() {
        List<String> all = wrong(
                facts(
                        primary,
                        false,
                        "7300",
                        new Standby("x", "streaming", "async", 0),
                        new Standby("x", "streaming", "async", 0)),
                facts(standby, true, "7300"));
        found("2 connections call themselves x", all);
        found("is certified and does not stream", all);
    }

    @Test
    void twoPrimariesAndForeignData() {
        List<String> all = wrong(facts(primary, false, "7300", streaming()), facts(standby, false, "9999"));
        found("runs as a primary beside the record's", all);
        found("its data is another cluster's", all);
    }

    @Test
    void anotherMajorVersion() {
        standby.put("server_version_num", "160002");
        found("its version is", wrong(facts(primary, false, "7300", streaming()), facts(standby, true, "7300")));
    }

    private static List<String> proxy(String first, String second) {
        HaproxySettings settings = HaproxySettings.builder()
                .proxy("tcp:127.0.0.1:9999")
                .backend("medical")
                .server(PRIMARY.node(), "studio-1")
                .server(STANDBY.node(), "studio-2")
                .build();
        String csv = "# pxname,svname,scur,status\nmedical,studio-1,0," + first + "\nmedical,studio-2,0," + second
                + "\nother,studio-1,0,UP\n";
        return ProxyRules.judge("lb", csv, settings, STATE).stream()
                .filter(one -> one.level() != Level.OK)
                .map(Finding::message)
                .toList();
    }

    @Test
    void aProxySendsClientsToThePrimaryAloneAndLooksAtAll() {
        assertEquals(List.of(), proxy("UP", "MAINT"));
        assertEquals(List.of(), proxy("UP 2/5", "DOWN"));
        found("the primary's server studio-1 is DOWN", proxy("DOWN", "MAINT"));
        found("studio-2 is UP and not the primary's", proxy("UP", "UP"));
        found("does not check studio-1", proxy("no check", "MAINT"));
    }

    private static Finding machine(Path root) {
        return MachineRules.of(root, root, Path.of("/var/lib/postgresql/ha"), 5432)
                .get(0);
    }

    private static void starts(Path root, String unit) throws IOException {
        Path folder = Files.createDirectories(root.resolve("etc/systemd/system/multi-user.target.wants"));
        Files.createFile(folder.resolve(unit));
    }

    private static void debian(Path root, String start, String... lines) throws IOException {
        Path folder = Files.createDirectories(root.resolve("etc/postgresql/15/main"));
        Files.writeString(folder.resolve("start.conf"), "# auto, manual or disabled\n" + start + "\n");
        Files.write(folder.resolve("postgresql.conf"), List.of(lines));
    }

    @Test
    void whatStartsAServerBehindTheAgentsBack(@TempDir Path root) throws IOException {
        assertEquals(Level.OK, machine(root).level());
        starts(root, "postgresql.service");
        assertEquals(Level.FAIL, machine(root).level());
    }

    @Test
    void aServerOfTheOperatingSystemsOwnIsNobodysMatterWhileItIsElsewhere(@TempDir Path root) throws IOException {
        starts(root, "postgresql.service");
        debian(root, "auto", "data_directory = '/var/lib/postgresql/15/main'  # usual", "port = 5433");
        assertEquals(
                "nothing here starts this node's server by itself; another is started: 15/main on port 5433",
                machine(root).message());
    }

    @Test
    void aServerOfTheOperatingSystemsOnTheNodesPortIsInItsWayUnlessItIsStartedByHandAlone(@TempDir Path root)
            throws IOException {
        starts(root, "postgresql.service");
        debian(root, "auto", "data_directory = '/var/lib/postgresql/15/main'", "#port = 5433");
        assertEquals(Level.FAIL, machine(root).level());
        debian(root, "manual", "data_directory = '/var/lib/postgresql/15/main'", "port = 5432");
        assertEquals(Level.OK, machine(root).level());
        starts(root, "postgresql@15-main.service");
        assertEquals(Level.FAIL, machine(root).level());
    }

    @Test
    void aServerOfTheOperatingSystemsOnTheNodesOwnDataIsFound(@TempDir Path root) throws IOException {
        starts(root, "postgresql@15-main.service");
        debian(root, "manual", "data_directory = '/var/lib/postgresql/ha'", "port = 5433");
        assertEquals(Level.FAIL, machine(root).level());
    }

    @Test
    void whatIsMeantToBeSoSaysWhy() {
        Finding found = Finding.warn("backups", "studio-1", "archive_mode is off", "set up pgBackRest");
        assertEquals(
                Finding.ok("backups", "studio-1", "archive_mode is off (accepted: the storage is copied at night)"),
                found.accepted("the storage is copied at night"));
        assertEquals("archive_mode is off (accepted)", found.accepted("").message());
    }
}
