package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a gate that is set right before a promotion may not be shut when the server comes out of recovery: it is the checkpointer that
 * tells commits to wait, and a standby's checkpointer can be busy too.
 */
class LateGateIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private ClusterState state;
    private long checkpointer;

    @BeforeEach
    void aStandbyThatDoesNotRestBehindTheGate() {
        primary = lab.primary("studio-1");
        Writers.table(primary);
        standby = lab.standby("studio-2", primary);
        primary.schema();
        standby.awaitCaughtUpWith(primary);
        state = TestRecord.nominated(TestRecord.certified(TestRecord.activeOn(primary), standby), standby.copy());
        standby.names("");
        standby.execute("checkpoint");
        checkpointer = standby.pidOf("checkpointer");
        standby.freeze(checkpointer);
        primary.loseHost();
    }

    @Test
    void theNaiveOrderAcknowledgesBehindAGateThatIsShownShut() {
        standby.names(ServerNames.gate().setting());
        standby.value("select pg_promote(false)");
        LabServer.await("out of recovery")
                .until(() -> standby.value("select pg_is_in_recovery()").equals("f"));
        assertEquals(ServerNames.gate().setting(), standby.value("show synchronous_standby_names"));
        PendingCommit commit = standby.commitInBackground("insert into lab_entry values (1, 'through the gate')");
        assertTrue(commit.acknowledgedWithin(5000), "the trap did not bite");
    }

    @Test
    void oursDoesNotPromoteBeforeTheGateIsShut() throws Exception {
        try (Connection session = standby.server().connect(Duration.ofSeconds(2))) {
            Promotion promotion = new Promotion(standby.server(), standby.namesSession(), Ticker.system());
            assertThrows(
                    SQLException.class, () -> promotion.promote(state, session, Duration.ofSeconds(2), timeline -> {}));
        }
        assertEquals("t", standby.value("select pg_is_in_recovery()"));
        standby.thaw(checkpointer);
        Outcomes.holds(standby.promote(state));
        PendingCommit commit = standby.commitInBackground("insert into lab_entry values (1, 'waits')");
        commit.awaitWaiting(standby);
        assertFalse(commit.acknowledgedWithin(500));
    }
}
