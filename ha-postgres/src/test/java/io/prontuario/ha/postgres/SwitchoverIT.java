package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Planned switchovers of two real servers by the product's own nodes, on a store in memory that can be taken away. */
class SwitchoverIT {
    private static final NodeName OLD = new NodeName("studio-1");
    private static final NodeName TARGET = new NodeName("studio-2");
    private static final String CLUSTER = "records";
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @TempDir
    private Path folder;

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore hand = ensemble.store();
    private final Map<NodeName, LabServer> servers = new LinkedHashMap<>();
    private final List<HaNode> nodes = new ArrayList<>();
    private final List<Process> tools = new ArrayList<>();
    private final List<Long> frozen = new ArrayList<>();

    @BeforeEach
    void startCluster() throws SQLException {
        servers.put(OLD, lab.absent(OLD.value()));
        servers.put(TARGET, lab.absent(TARGET.value()));
        data(OLD).initialise(Durability.AVAILABLE, 1, said -> {});
        nodes.add(data(OLD).start());
        nodes.add(data(TARGET).start());
        nodes.add(HaNode.builder()
                .cluster(CLUSTER)
                .node("witness")
                .role(NodeRole.WITNESS)
                .store(ensemble.store())
                .stateFolder(folder.resolve("witness"))
                .start());
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
        soon().until(() -> state().inSync().size() == 1 && streams());
        execute(OLD, "create table entry (what text)");
        execute(OLD, "insert into entry values ('before')");
    }

    @AfterEach
    void endAll() {
        frozen.forEach(pid -> signal("-CONT", pid));
        tools.forEach(Process::destroyForcibly);
        nodes.forEach(HaNode::close);
        hand.close();
    }

    private HaNode.Builder data(NodeName self) {
        PostgresSettings.Builder settings = PostgresSettings.builder()
                .self(self)
                .data(server(self).data())
                .binaries(PostgresInstallation.find().orElseThrow())
                .account("root".equals(System.getProperty("user.name")) ? "postgres" : "")
                .networks(List.of("127.0.0.1/32"))
                .extraSettings(List.of("shared_buffers = 32MB", "autovacuum = off", "max_wal_size = 256MB"));
        servers.forEach((name, server) -> settings.server(name, server.server().address()));
        return HaNode.builder()
                .cluster(CLUSTER)
                .node(self.value())
                .store(ensemble.store())
                .strategy(PostgresStrategy.of(settings.build()))
                .stateFolder(folder.resolve(self.value()));
    }

    private LabServer server(NodeName node) {
        return Objects.requireNonNull(servers.get(node));
    }

    private ClusterState state() {
        return hand.read(LIMIT).map(Versioned::state).orElseThrow();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }

    private boolean streams() {
        return hand.nodes().containsKey(TARGET)
                && Switchover.on(hand).plan(TARGET).possible();
    }

    private void execute(NodeName node, String sql) throws SQLException {
        try (Connection session = server(node).server().connect(Duration.ofSeconds(5))) {
            Sql.execute(session, sql);
        }
    }

    private String value(NodeName node, String sql) {
        try (Connection session = server(node).server().connect(Duration.ofSeconds(2))) {
            return String.valueOf(Sql.value(session, sql));
        } catch (SQLException e) {
            return "";
        }
    }

    private CompletableFuture<Switchover.Result> asked() {
        return CompletableFuture.supplyAsync(() -> Switchover.on(hand).run(TARGET, stage -> {}));
    }

    private void freeze(long pid) {
        frozen.add(pid);
        signal("-STOP", pid);
    }

    private static void signal(String which, long pid) {
        try {
            new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor(5, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new IllegalStateException("no command kill", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The target's receiver does nothing any more and closes nothing: the walsender of the primary waits for it. */
    private long freezeReceiver() {
        long receiver = Long.parseLong(value(TARGET, "select pid from pg_stat_wal_receiver"));
        freeze(receiver);
        return receiver;
    }

    private void awaitStopHeldUp() {
        soon().until(() -> state().preparing().isPresent()
                && value(OLD, "select 1").isEmpty()
                && server(OLD).server().pid().isPresent());
    }

    private void assertUndone(Switchover.Result result, long epoch, Copy primary) {
        assertFalse(result.done(), result::message);
        assertTrue(result.message().startsWith("undone: "), result::message);
        ClusterState state = state();
        assertEquals(epoch, state.epoch());
        assertEquals(primary, state.primary());
        assertEquals(null, state.transition());
        assertEquals("f", value(OLD, "select pg_is_in_recovery()"));
        assertEquals("before", value(OLD, "select string_agg(what, ',') from entry"));
    }

    @Test
    void theTargetBecomesPrimaryAndTheFormerOneJustFollows() throws SQLException {
        ClusterState before = state();

        Switchover.Result result = nodes.get(0).switchover(TARGET);

        assertTrue(result.done(), result::message);
        ClusterState after = state();
        assertEquals(TARGET, after.primary().node());
        assertEquals(before.epoch() + 1, after.epoch());
        execute(TARGET, "insert into entry values ('after')");
        // The same copy as before: nothing was rewound or copied.
        soon().until(() -> state().inSync().equals(Set.of(before.primary())));
        assertEquals("before,after", value(TARGET, "select string_agg(what, ',') from entry"));
        soon().until(() -> value(OLD, "select string_agg(what, ',') from entry").equals("before,after"));
        soon().until(() -> steps().containsAll(
                        List.of("held", "stopped", "nominated", "promoted", "activated", "opened", "rejoined")));
    }

    private List<String> steps() {
        return hand.history(1, LIMIT).stream()
                .flatMap(transition -> transition.steps().stream())
                .map(StepRecord::step)
                .toList();
    }

    @Test
    void aStrangersWalsenderThatWouldHoldTheStopUpIsEndedFirst() throws Exception {
        Process stranger = new ProcessBuilder(
                        PostgresInstallation.find()
                                .orElseThrow()
                                .resolve("pg_receivewal")
                                .toString(),
                        "-D",
                        folder.toString(),
                        "-n",
                        "-d",
                        server(OLD)
                                .server()
                                .connectionString(server(OLD).server().address(), "stranger"))
                .redirectErrorStream(true)
                .start();
        tools.add(stranger);
        String connected = "select count(*) from pg_stat_replication where application_name = 'stranger'";
        soon().until(() -> value(OLD, connected).equals("1"));
        freeze(stranger.pid());

        Switchover.Result result = asked().get(60, TimeUnit.SECONDS);

        assertTrue(result.done(), result::message);
    }

    @Test
    void aWalsenderThatHoldsTheStopUpUndoesIt() throws Exception {
        ClusterState before = state();
        freezeReceiver();

        Switchover.Result result = asked().get(60, TimeUnit.SECONDS);

        assertUndone(result, before.epoch(), before.primary());
        assertTrue(result.message().contains("did not stop within 3000 ms: held up by postgres: "), result::message);
    }

    @Test
    void aTargetThatIsKilledBeforeItsNominationUndoesIt() throws Exception {
        ClusterState before = state();
        freezeReceiver();
        CompletableFuture<Switchover.Result> asked = asked();
        awaitStopHeldUp();

        server(TARGET).loseHost();

        assertUndone(asked.get(60, TimeUnit.SECONDS), before.epoch(), before.primary());
        soon().until(() -> state().inSync().size() == 1);
        execute(OLD, "insert into entry values ('after')");
    }

    /** The server has stopped, and nobody can be asked whether somebody else was nominated. */
    @Test
    void aStoreThatGoesAwayInTheMiddleUndoesItAndWritesGoOnWithoutIt() throws Exception {
        ClusterState before = state();
        long receiver = freezeReceiver();
        CompletableFuture<Switchover.Result> asked = asked();
        awaitStopHeldUp();

        ensemble.stop();
        signal("-CONT", receiver);

        soon().until(() -> server(OLD).server().pid().isEmpty());
        soon().until(() -> value(OLD, "select pg_is_in_recovery()").equals("f"));
        assertEquals(
                "FIRST 1 (\"" + before.inSync().iterator().next() + "\")",
                value(OLD, "show synchronous_standby_names"));
        execute(OLD, "insert into entry values ('while the store was away')");
        ensemble.resume();
        Switchover.Result result = asked.get(60, TimeUnit.SECONDS);
        assertFalse(result.done(), result::message);
        soon().until(() -> state().transition() == null);
        assertEquals(before.epoch(), state().epoch());
        assertEquals(before.primary(), state().primary());
        assertEquals("before,while the store was away", value(OLD, "select string_agg(what, ',') from entry"));
    }

    @Test
    void aServerThatDiesInTheMiddleIsTakenOverFrom() throws Exception {
        ClusterState before = state();
        freezeReceiver();
        CompletableFuture<Switchover.Result> asked = asked();
        awaitStopHeldUp();

        server(OLD).loseHost();
        frozen.forEach(pid -> signal("-CONT", pid));

        asked.get(60, TimeUnit.SECONDS);
        soon().until(() -> state().active() && state().epoch() == before.epoch() + 1);
        assertEquals(TARGET, state().primary().node());
        assertEquals("before", value(TARGET, "select string_agg(what, ',') from entry"));
    }
}
