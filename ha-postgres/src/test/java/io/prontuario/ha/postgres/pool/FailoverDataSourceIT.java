package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.postgres.LabServer;
import io.prontuario.ha.postgres.PostgresLab;
import io.prontuario.ha.spi.Outcome;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The data source on real servers, told by records what the cluster is like. */
class FailoverDataSourceIT {
    private static final PostgresLab LAB = new PostgresLab();

    @SuppressWarnings("NullAway.Init")
    private static LabServer first;

    @SuppressWarnings("NullAway.Init")
    private static LabServer second;

    @SuppressWarnings("NullAway.Init")
    private FailoverDataSource pool;

    @BeforeAll
    static void twoServersThatAreNoPair() {
        first = server("studio-1", 4);
        second = server("studio-2", 5);
    }

    @AfterAll
    static void endServers() {
        LAB.close();
    }

    @BeforeEach
    void begin() {
        first.names("");
        first.execute("truncate entry");
        pool = FailoverDataSource.of(settings().build());
    }

    @AfterEach
    void end() {
        // None where what comes before each test has failed.
        if (pool != null) {
            pool.close();
        }
    }

    /** For what surely comes about, on a busy machine too. */
    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40));
    }

    /** For borrowers who get nothing. */
    private void impatient() {
        pool.close();
        pool = FailoverDataSource.of(settings().patience(Duration.ofSeconds(2)).build());
    }

    private static PoolSettings.Builder settings() {
        return PoolSettings.builder()
                .server(first.copy().node(), first.address())
                .server(second.copy().node(), second.address())
                .database("postgres")
                .user("postgres")
                .size(3)
                .patience(Duration.ofSeconds(40));
    }

    /** A primary that was opened in an epoch, with a table. */
    private static LabServer server(String node, long epoch) {
        LabServer server = LAB.primary(node);
        server.schema();
        server.execute("comment on role prontuario_epoch is '" + epoch + "'");
        server.execute("create table entry (id int primary key)");
        return server;
    }

    private Outcome follow(long epoch, LabServer primary) {
        return pool.strategy().reconcile(PoolRecords.active(epoch, primary));
    }

    private static int port(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select inet_server_port()")) {
            row.next();
            return row.getInt(1);
        }
    }

    private int portBorrowed() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return port(connection);
        }
    }

    @Test
    void leadsToTheActivePrimaryAndToTheNextOneAfterIt() throws SQLException {
        assertEquals(Outcome.Kind.DONE, follow(4, first).kind());
        assertEquals(first.address().port(), portBorrowed());

        assertEquals(Outcome.Kind.DONE, follow(5, second).kind());

        assertEquals(second.address().port(), portBorrowed());
        assertEquals(Outcome.Kind.ALREADY_SO, follow(5, second).kind());
    }

    @Test
    void doesNotGoBackToAnOlderRecord() throws SQLException {
        follow(5, second);

        assertEquals(Outcome.Kind.ALREADY_SO, follow(4, first).kind());

        assertEquals(second.address().port(), portBorrowed());
    }

    @Test
    void handsOutNoConnectionToAServerOfAnotherEpoch() {
        // As a primary does that has not heard of its successor, or a record that has overtaken the server.
        impatient();
        follow(6, second);

        SQLException refused = assertThrows(SQLTransientConnectionException.class, () -> pool.getConnection());

        assertTrue(String.valueOf(refused.getMessage()).contains("primary of epoch 6"), refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains("no connection within 2000 ms"), refused.getMessage());
    }

    @Test
    void knowsTheEpochInEveryDatabase() throws SQLException {
        first.execute("create database elsewhere");
        pool.close();
        pool = FailoverDataSource.of(settings().database("elsewhere").build());
        follow(4, first);
        assertEquals(first.address().port(), portBorrowed());

        impatient();
        follow(6, first);

        SQLException refused = assertThrows(SQLTransientConnectionException.class, () -> pool.getConnection());
        assertTrue(String.valueOf(refused.getMessage()).contains("is the primary of epoch 4"), refused.getMessage());
    }

    @Test
    void handsOutNoConnectionToAStandby() {
        LabServer standby = LAB.standby("studio-3", first);
        pool.close();
        pool = FailoverDataSource.of(settings()
                .server(standby.copy().node(), standby.address())
                .patience(Duration.ofSeconds(2))
                .build());
        follow(4, standby);

        assertThrows(SQLTransientConnectionException.class, () -> pool.getConnection());
    }

    @Test
    void endsConnectionsInUseWhenTheirPrimaryIsDeposed() throws Exception {
        follow(4, first);
        CompletableFuture<SQLException> stuck = new CompletableFuture<>();
        Thread user = new Thread(() -> {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("select pg_sleep(60)");
            } catch (SQLException e) {
                stuck.complete(e);
            }
        });
        user.start();
        soon().until(() -> first.value(
                        "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()")
                .equals("1"));

        pool.strategy().reconcile(PoolRecords.nominated(5, second));

        String state = stuck.get(10, TimeUnit.SECONDS).getSQLState();
        assertTrue(state.startsWith("08"), state);
    }

    @Test
    void aBorrowerWaitsForTheNextPrimaryAndGetsIt() throws Exception {
        follow(4, first);
        pool.strategy().reconcile(PoolRecords.nominated(5, second));
        CompletableFuture<Integer> borrowed = CompletableFuture.supplyAsync(() -> {
            try {
                return portBorrowed();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThrows(java.util.concurrent.TimeoutException.class, () -> borrowed.get(300, TimeUnit.MILLISECONDS));

        follow(5, second);

        assertEquals(second.address().port(), borrowed.get(10, TimeUnit.SECONDS));
    }

    @Test
    void withoutAPrimaryItFailsAfterItsPatienceAndSaysWhy() {
        impatient();
        SQLException refused = assertThrows(SQLTransientConnectionException.class, () -> pool.getConnection());

        assertTrue(String.valueOf(refused.getMessage()).contains("no active primary"), refused.getMessage());
    }

    /** PostgreSQL answers success here, with a warning that nobody reads. */
    @Test
    void aCommitWhoseWaitIsCancelledIsInDoubt() throws Exception {
        follow(4, first);
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into entry values (1)");
            }
            first.namesInForce("FIRST 1 (\"nobody\")");
            Thread canceller = cancelsTheWait();

            InDoubtException doubt = assertThrows(InDoubtException.class, connection::commit);

            canceller.join();
            assertEquals(InDoubtException.STATE, doubt.getSQLState());
        }
        assertEquals("1", first.value("select count(*) from entry"));
    }

    @Test
    void aStatementWhoseOwnCommitIsCancelledIsInDoubt() throws Exception {
        follow(4, first);
        first.namesInForce("FIRST 1 (\"nobody\")");
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            Thread canceller = cancelsTheWait();

            assertThrows(InDoubtException.class, () -> statement.executeUpdate("insert into entry values (2)"));

            canceller.join();
        }
    }

    @Test
    void aConnectionThatBreaksInTheMiddleOfACommitLeavesItInDoubt() throws Exception {
        follow(4, first);
        first.namesInForce("FIRST 1 (\"nobody\")");
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert into entry values (3)");
            }
            Thread killer = new Thread(() -> {
                awaitWaiting();
                first.kill();
            });
            killer.start();

            assertThrows(InDoubtException.class, connection::commit);

            killer.join();
        } finally {
            // What its processes leave behind may keep it from starting for a moment.
            soon().ignoreExceptions().until(FailoverDataSourceIT::firstServes);
        }
    }

    private static boolean firstServes() {
        try {
            first.start();
        } catch (RuntimeException e) {
            // An attempt before this one may have started it.
            LoggerFactory.getLogger(FailoverDataSourceIT.class).info("not started: {}", e.toString());
        }
        return first.value("select 1").equals("1");
    }

    private static Thread cancelsTheWait() {
        Thread thread = new Thread(() -> {
            awaitWaiting();
            first.value("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        });
        thread.start();
        return thread;
    }

    private static void awaitWaiting() {
        soon().until(() -> first.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
                .equals("1"));
    }

    @Test
    void letsGoOfAConnectionThatTurnsOutToLeadToAStandby() throws SQLException {
        follow(4, first);
        String before;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            before = backend(connection);
            statement.execute("set default_transaction_read_only = on");
            assertThrows(SQLException.class, () -> statement.execute("insert into entry values (9)"));
        }

        try (Connection next = pool.getConnection()) {
            assertFalse(before.equals(backend(next)), "the same connection was handed out again");
        }
    }

    private static String backend(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void holdsWhoHasNothingAndNeverWhoHasAConnection() throws Exception {
        follow(4, first);
        try (Connection outer = pool.getConnection()) {
            pool.hold("s1");
            CompletableFuture<Integer> other = CompletableFuture.supplyAsync(() -> {
                try {
                    return portBorrowed();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertEquals(first.address().port(), portBorrowed(), "a nested borrower");

            assertThrows(java.util.concurrent.TimeoutException.class, () -> other.get(300, TimeUnit.MILLISECONDS));
            assertEquals(1, pool.figures().lent());
            assertFalse(outer.isClosed());
            pool.release(false);
            assertEquals(first.address().port(), other.get(10, TimeUnit.SECONDS));
        }
        assertEquals(0, pool.figures().lent());
    }

    @Test
    void aConnectionThatIsGivenBackByAnotherThreadIsNoLongerHeldByTheFirst() throws Exception {
        follow(4, first);
        Connection lent = pool.getConnection();
        Thread other = new Thread(() -> {
            try {
                lent.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        other.start();
        other.join();

        assertEquals(0, pool.figures().lent());
        pool.hold("s1");
        assertFalse(pool.mayGoOn(0));
        pool.release(false);
    }

    /** As Hibernate does, and HikariCP with what comes back to it. */
    @Test
    void whoClearsWarningsInTheMiddleIsStillWaitedFor() throws Exception {
        follow(4, first);
        try (Connection connection = pool.getConnection()) {
            connection.clearWarnings();
            pool.hold("s1");

            assertFalse(pool.inUse().isEmpty());
            assertEquals(first.address().port(), port(connection));
        }
        soon().until(() -> pool.inUse().isEmpty());
    }

    @Test
    void oneThatBreaksTakesThoseThatLieIdleWithIt() throws Exception {
        follow(4, first);
        String idle;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            try (Connection other = pool.getConnection()) {
                idle = backend(other);
            }
            SQLException broken = assertThrows(
                    SQLException.class, () -> statement.execute("select pg_terminate_backend(pg_backend_pid())"));
            assertEquals("57P01", broken.getSQLState());
        }

        try (Connection next = pool.getConnection()) {
            assertFalse(idle.equals(backend(next)), "whoever borrows next may find it broken");
        }
    }

    @Test
    void whatIsOpenedInAdvanceIsUsedAndIsNotBelieved() throws Exception {
        pool.close();
        pool = FailoverDataSource.of(
                settings().property("ApplicationName", "in-advance").build());
        follow(4, first);
        assertEquals(first.address().port(), portBorrowed());
        pool.expect(second.copy().node());
        String opened =
                "select coalesce(max(pid)::text, '') from pg_stat_activity where application_name = 'in-advance'";
        soon().until(() -> !second.value(opened).isEmpty());
        String early = second.value(opened);

        follow(5, second);
        try (Connection connection = pool.getConnection()) {
            assertEquals(early, backend(connection));
        }

        pool.expect(first.copy().node());
        soon().until(() -> !first.value(opened).isEmpty());
        String stale = first.value(opened);
        follow(6, first);
        CompletableFuture<Connection> next = CompletableFuture.supplyAsync(() -> {
            try {
                return pool.getConnection();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        // What was opened is asked, found to be of another epoch, and closed.
        soon().until(() -> first.value(opened).isEmpty() || !first.value(opened).equals(stale));
        assertFalse(next.isDone());
    }
}
