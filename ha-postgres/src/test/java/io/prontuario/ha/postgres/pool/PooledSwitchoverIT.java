package io.prontuario.ha.postgres.pool;

import static io.prontuario.ha.postgres.PairOfNodes.soon;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.postgres.PairOfNodes;
import io.prontuario.ha.postgres.PostgresLab;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Planned switchovers under clients that use the pool of a node without a server, one after the other on the same cluster. */
class PooledSwitchoverIT {
    private static final int CLIENTS = 40;
    private static final int CONNECTIONS = 8;

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private PairOfNodes pair;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FailoverDataSource pool;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HaNode client;

    private final AtomicInteger next = new AtomicInteger();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean ended;

    @BeforeEach
    void startClients() throws SQLException {
        pair = new PairOfNodes(lab, folder);
        pair.execute(PairOfNodes.OLD, "create table entry (id int primary key)");
        pool = FailoverDataSource.of(PoolSettings.builder()
                .server(PairOfNodes.OLD, pair.address(PairOfNodes.OLD))
                .server(PairOfNodes.TARGET, pair.address(PairOfNodes.TARGET))
                .database("postgres")
                .user("postgres")
                .size(CONNECTIONS)
                .build());
        client = pair.withoutServer("client", NodeRole.CLIENT)
                .strategy(pool.strategy())
                .start();
        beginToWrite();
    }

    private void beginToWrite() {
        ended = false;
        clients.clear();
        for (int i = 0; i < CLIENTS; i++) {
            Thread thread = new Thread(this::write, "emr-" + i);
            clients.add(thread);
            thread.start();
        }
        awaitWrites();
    }

    @AfterEach
    void endAll() throws InterruptedException {
        endClients();
        pool.close();
        client.close();
        pair.close();
    }

    private void endClients() throws InterruptedException {
        ended = true;
        for (Thread thread : clients) {
            thread.join(60_000);
            assertFalse(thread.isAlive(), thread.getName());
        }
    }

    private void write() {
        while (!ended) {
            int id = next.incrementAndGet();
            try (Connection connection = pool.getConnection();
                    PreparedStatement insert = connection.prepareStatement("insert into entry values (?)")) {
                insert.setInt(1, id);
                insert.executeUpdate();
                acknowledged.add(id);
            } catch (SQLException e) {
                failures.add(e.toString());
            }
        }
    }

    private void awaitWrites() {
        int before = acknowledged.size();
        soon().until(() -> acknowledged.size() > before + 500 || !failures.isEmpty());
    }

    private Switchover.Result switchover(NodeName to) throws Exception {
        return pair.asked(to).get(60, TimeUnit.SECONDS);
    }

    /** In one test, since a cluster takes longer to start than to move. */
    @Test
    void noRequestFailsWhateverBecomesOfTheSwitchover() throws Exception {
        thereAndBack();
        aTransactionThatDoesNotEndUndoesItAndIsNamed();
        aStoreThatGoesAwayWhileTheyAreHeldHoldsNobodyForEver();

        endClients();
        assertEquals(List.of(), failures);
        NodeName primary = pair.state().primary().node();
        assertEquals(String.valueOf(acknowledged.size()), pair.value(primary, "select count(*) from entry"), "rows");
        assertTrue(pool.figures().held() > 0);
        assertEquals(0, pool.figures().inDoubt());

        aPrimaryThatDiesBreaksWhatWasInFlightAndNothingElse();
    }

    private void aPrimaryThatDiesBreaksWhatWasInFlightAndNothingElse() throws Exception {
        pair.awaitRedundant();
        beginToWrite();
        NodeName dead = pair.state().primary().node();

        pair.kill(dead);

        soon().until(() ->
                pair.state().active() && !pair.state().primary().node().equals(dead));
        int before = acknowledged.size();
        soon().until(() -> acknowledged.size() > before + 500);
        endClients();
        // Each connection had one request in flight; whoever had none waited for the next primary.
        assertTrue(failures.size() <= CONNECTIONS, failures::toString);
        assertEquals("0", missing(pair.state().primary().node()), failures::toString);
    }

    private String missing(NodeName primary) {
        String ids = acknowledged.stream().map(String::valueOf).collect(Collectors.joining(","));
        return pair.value(
                primary,
                "select count(*) from unnest('{" + ids + "}'::int[]) as acknowledged(id)"
                        + " where not exists (select from entry where entry.id = acknowledged.id)");
    }

    private void thereAndBack() throws Exception {
        for (int i = 0; i < 2; i++) {
            NodeName to = pair.standby();

            Switchover.Result result = switchover(to);

            assertTrue(result.done(), result::message);
            assertEquals(to, pair.state().primary().node());
            awaitWrites();
            pair.awaitRedundant();
        }
    }

    private void aTransactionThatDoesNotEndUndoesItAndIsNamed() throws Exception {
        ClusterState before = pair.state();
        CompletableFuture<Void> enough = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Thread report = new Thread(() -> report(begun, enough), "month-end report");
        report.start();
        begun.get(10, TimeUnit.SECONDS);

        Switchover.Result result = switchover(pair.standby());

        assertFalse(result.done(), result::message);
        assertTrue(
                result.message().contains("not drained within 5000 ms: client waits for thread month-end report"),
                result::message);
        assertEquals(before.primary(), pair.state().primary());
        enough.complete(null);
        report.join();
        awaitWrites();
        pair.awaitRedundant();
    }

    private void report(CompletableFuture<Void> begun, CompletableFuture<Void> enough) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select 1");
            begun.complete(null);
            enough.join();
            connection.commit();
        } catch (SQLException e) {
            failures.add("report: " + e);
        }
    }

    private void aStoreThatGoesAwayWhileTheyAreHeldHoldsNobodyForEver() throws Exception {
        CompletableFuture<Void> enough = new CompletableFuture<>();
        CompletableFuture<Void> begun = new CompletableFuture<>();
        Thread report = new Thread(() -> report(begun, enough), "report");
        report.start();
        begun.get(10, TimeUnit.SECONDS);
        CompletableFuture<Switchover.Result> asked = pair.asked(pair.standby());
        soon().until(() -> pool.figures().holding() == CLIENTS);

        pair.storeStops();

        awaitWrites();
        enough.complete(null);
        report.join();
        pair.storeIsBack();
        assertFalse(asked.get(60, TimeUnit.SECONDS).done());
        awaitWrites();
    }
}
