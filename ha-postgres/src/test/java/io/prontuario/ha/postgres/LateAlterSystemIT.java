package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a statement acts after its client has gone. An {@code ALTER SYSTEM} that timed out empties the names when its backend runs
 * again, although a standby has been certified on other names since.
 */
class LateAlterSystemIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private ServerNames certified;

    @BeforeEach
    void pair() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        certified = ServerNames.waitingFor(List.of(standby.copy()));
        primary.namesInForce(certified.setting());
    }

    @Test
    void theNaiveOrderLosesAcknowledgedCommitsByAStatementThatItGaveUp() throws Exception {
        Connection former = primary.connect();
        long backend = pid(former);
        // The disk is slow, or the machine: the backend does not come to run the statement.
        primary.freeze(backend);
        giveUp(former, "alter system set synchronous_standby_names = ''");
        // Another session certifies the standby afterwards: names are right, in file and in effect, and commits wait.
        primary.awaitProven(standby);
        assertEquals(certified.setting(), primary.namesSession().inFile());
        primary.thaw(backend);
        LabServer.await("the statement acts late")
                .until(() -> primary.namesSession().inFile().isEmpty());
        // Any reload will do: a log rotation, an operator.
        primary.value("select pg_reload_conf()");
        LabServer.await("names are empty")
                .until(() -> primary.value("show synchronous_standby_names").isEmpty());
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty(), "the trap did not bite");
    }

    @Test
    void oursChangesNothingWhileAFormerSessionMayStillAct() throws Exception {
        NamesSession former = primary.namesSession();
        former.set(certified, LabServer.LIMIT);
        long backend = holder();
        primary.freeze(backend);
        assertThrows(SQLException.class, () -> former.set(ServerNames.none(), Duration.ofSeconds(1)));
        // The same agent tries again, and then its successor.
        SQLException again = assertThrows(SQLException.class, () -> former.set(certified, LabServer.LIMIT));
        assertTrue(again.getMessage().contains("does not end"), again.getMessage());
        assertTrue(again.getMessage().contains(Long.toString(backend)), again.getMessage());
        try (NamesSession successor = new NamesSession(primary.server(), Ticker.system())) {
            SQLException refused = assertThrows(SQLException.class, () -> successor.set(certified, LabServer.LIMIT));
            assertTrue(refused.getMessage().contains("does not end"), refused.getMessage());
            primary.thaw(backend);
            LabServer.await("the former backend is gone")
                    .until(() -> primary.value("select count(*) from pg_stat_activity where pid = " + backend)
                            .equals("0"));
            successor.set(certified, LabServer.LIMIT);
            assertEquals(certified.setting(), successor.inFile());
            assertEquals(certified.setting(), successor.inEffect(LabServer.LIMIT));
        }
        primary.value("select pg_reload_conf()");
        assertTrue(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty());
    }

    @Test
    void aSuccessorEndsAFormerSessionThatOnlyHoldsTheLock() throws Exception {
        NamesSession former = primary.namesSession();
        former.set(certified, LabServer.LIMIT);
        long backend = holder();
        try (NamesSession successor = new NamesSession(primary.server(), Ticker.system())) {
            long began = System.nanoTime();
            successor.set(ServerNames.gate(), LabServer.LIMIT);
            PostgresLab.tell("a successor had names in its hands after "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms");
            assertEquals("0", primary.value("select count(*) from pg_stat_activity where pid = " + backend));
            assertEquals(ServerNames.gate().setting(), successor.inFile());
        }
    }

    @Test
    void oneProofDoesNotOutliveAForeignChangeOfNames() throws Exception {
        primary.awaitProven(standby);
        assertTrue(primary.namesSession().waitingProven());
        // An operator empties them: commits are acknowledged without waiting again.
        primary.namesInForce("");
        primary.namesSession().set(certified, LabServer.LIMIT);
        assertFalse(primary.namesSession().waitingProven(), "it was proven for names that have been empty since");
    }

    private long holder() {
        return primary.number("select pid from pg_locks where locktype = 'advisory' and granted");
    }

    private static long pid(Connection connection) throws SQLException {
        return Long.parseLong(String.valueOf(Sql.value(connection, "select pg_backend_pid()")));
    }

    /** Sends a statement and closes the connection without waiting for the answer, as after a time limit. */
    private void giveUp(Connection connection, String sql) throws Exception {
        connection.setNetworkTimeout(Runnable::run, 300);
        Future<?> asking = lab.threads().submit(() -> {
            Sql.execute(connection, sql);
            return null;
        });
        assertThrows(java.util.concurrent.ExecutionException.class, () -> asking.get(20, TimeUnit.SECONDS));
        assertTrue(connection.isClosed());
    }
}
