package io.prontuario.ha.postgres;

import static io.prontuario.ha.postgres.PairOfNodes.OLD;
import static io.prontuario.ha.postgres.PairOfNodes.TARGET;
import static io.prontuario.ha.postgres.PairOfNodes.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Planned switchovers of two real servers by the product's own nodes, on a store in memory that can be taken away. */
class SwitchoverIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private PairOfNodes pair;

    private final List<Process> tools = new ArrayList<>();
    private final List<Long> frozen = new ArrayList<>();

    @BeforeEach
    void startCluster() throws SQLException {
        pair = new PairOfNodes(lab, folder);
        execute(OLD, "create table entry (what text)");
        execute(OLD, "insert into entry values ('before')");
    }

    @AfterEach
    void endAll() {
        frozen.forEach(pid -> signal("-CONT", pid));
        tools.forEach(Process::destroyForcibly);
        pair.close();
    }

    private LabServer server(NodeName node) {
        return pair.server(node);
    }

    private ClusterState state() {
        return pair.state();
    }

    private void execute(NodeName node, String sql) throws SQLException {
        pair.execute(node, sql);
    }

    private String value(NodeName node, String sql) {
        return pair.value(node, sql);
    }

    private CompletableFuture<Switchover.Result> asked() {
        return pair.asked(TARGET);
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

        Switchover.Result result = asked().join();

        assertTrue(result.done(), result::message);
        ClusterState after = state();
        assertEquals(TARGET, after.primary().node());
        assertEquals(before.epoch() + 1, after.epoch());
        execute(TARGET, "insert into entry values ('after')");
        // The same copy as before: nothing was rewound or copied.
        soon().until(() -> state().inSync().equals(Set.of(before.primary())));
        assertEquals("before,after", value(TARGET, "select string_agg(what, ',') from entry"));
        soon().until(() -> value(OLD, "select string_agg(what, ',') from entry").equals("before,after"));
        soon().until(() -> steps().containsAll(List.of(
                "prepared", "held", "flushed", "stopped", "nominated", "promoted", "activated", "opened", "rejoined")));
    }

    private List<String> steps() {
        return pair.hand.history(1, PairOfNodes.LIMIT).stream()
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

        pair.storeStops();
        signal("-CONT", receiver);

        soon().until(() -> server(OLD).server().pid().isEmpty());
        soon().until(() -> value(OLD, "select pg_is_in_recovery()").equals("f"));
        assertEquals(
                "FIRST 1 (\"" + before.inSync().iterator().next() + "\")",
                value(OLD, "show synchronous_standby_names"));
        execute(OLD, "insert into entry values ('while the store was away')");
        pair.storeIsBack();
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
