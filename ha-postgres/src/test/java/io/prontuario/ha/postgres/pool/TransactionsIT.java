package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.postgres.LabServer;
import io.prontuario.ha.postgres.PostgresLab;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions whose commit is not answered, on a real server. */
class TransactionsIT {
    private static final String NOBODY = "FIRST 1 (\"nobody\")";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @SuppressWarnings("NullAway.Init")
    private LabServer server;

    @SuppressWarnings("NullAway.Init")
    private FailoverDataSource pool;

    @BeforeEach
    void aPrimary() {
        server = lab.primary("studio-1");
        server.execute("create table entry (id int primary key)");
        server.execute(Transactions.tableSql());
        pool = FailoverDataSource.of(PoolSettings.builder()
                .server(server.copy().node(), server.address())
                .database("postgres")
                .user("postgres")
                .size(3)
                .patience(Duration.ofSeconds(20))
                .build());
        pool.strategy().reconcile(PoolRecords.active(1, server));
    }

    @AfterEach
    void end() {
        pool.close();
    }

    private static TransactionWork<Integer> insert(int id) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("insert into entry values (" + id + ")");
            }
        };
    }

    private String rows() {
        return server.value("select count(*) from entry");
    }

    private void awaitWaiting() {
        Awaitility.await()
                .until(() -> server.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
                        .equals("1"));
    }

    /** What is committed here only is told to be committed no sooner than it is so everywhere. */
    @Test
    void aCancelledWaitIsAnsweredOnceALaterCommitIsAcknowledged() throws Exception {
        server.names(NOBODY);
        CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return pool.transactions().inTransaction(insert(1));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        awaitWaiting();

        server.value("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");

        Awaitility.await().until(() -> pool.figures().inDoubt() == 1);
        awaitWaiting();
        assertEquals("1", rows());
        assertFalse(answer.isDone(), "answered while nobody else has it");
        server.names("");
        assertEquals(1, answer.get(20, TimeUnit.SECONDS));
    }

    /** The session is ended before its commit reached the server: that is certain, and the work may be done again. */
    @Test
    void whatIsCertainNotToHaveCommittedIsSaidAndRepeated() throws Exception {
        AtomicInteger times = new AtomicInteger();
        TransactionWork<Integer> unlucky = connection -> {
            int inserted = insert(2).on(connection);
            if (times.incrementAndGet() == 1) {
                endSession(connection);
            }
            return inserted;
        };

        assertEquals(1, pool.transactions().repeated(3, unlucky));

        assertEquals(2, times.get());
        assertEquals("1", rows());
    }

    private void endSession(Connection connection) throws SQLException {
        int process = connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
        server.value("select pg_terminate_backend(" + process + ", 5000)");
    }

    /** Asked while its session still runs: it waits for the end of it, and what it has said stays true. */
    @Test
    void whoAsksWaitsForTheEndOfATransactionThatMayStillCommit() throws Exception {
        Outcomes outcomes = new Outcomes();
        UUID token = UUID.randomUUID();
        try (Connection running = pool.getConnection();
                Connection asking = pool.getConnection()) {
            running.setAutoCommit(false);
            outcomes.write(running, token);
            CompletableFuture<Boolean> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return outcomes.committed(asking, token);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await()
                    .until(() -> server.value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
                            .equals("1"));
            assertFalse(answer.isDone());

            running.commit();

            assertTrue(answer.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void whatWasSaidNotToHaveCommittedNeverCommits() throws Exception {
        Outcomes outcomes = new Outcomes();
        UUID token = UUID.randomUUID();
        try (Connection asking = pool.getConnection()) {
            assertFalse(outcomes.committed(asking, token));
        }

        try (Connection late = pool.getConnection()) {
            late.setAutoCommit(false);
            assertThrows(SQLException.class, () -> outcomes.write(late, token));
        }
    }

    @Test
    void workThatFailsIsRolledBackAndItsFailureIsToldAsItIs() {
        SQLException failure = assertThrows(
                SQLException.class,
                () -> pool.transactions().repeated(3, connection -> {
                    insert(5).on(connection);
                    return insert(5).on(connection);
                }));

        assertEquals("23505", failure.getSQLState());
        assertEquals("0", rows());
        assertEquals(0, pool.figures().lent());
    }
}
