package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.SyncControl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: recovery makes commits visible that were waiting for a standby and that no client was told of. So a primary's restart in place
 * is the agent's decision, and it starts behind the gate.
 */
class RestartInPlaceIT {
    private static final String VISIBLE = "select count(*) from lab_entry where id = 1";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private PendingCommit waiting;

    private void pair(String... settings) {
        primary = lab.primary("studio-1", settings);
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        standby.awaitCaughtUpWith(primary);
        primary.namesInForce(LabServer.waitingFor(standby));
        standby.cutOffFromUpstream();
        waiting = primary.commitInBackground("insert into lab_entry values (1, 'not acknowledged')");
        waiting.awaitWaiting(primary);
        assertEquals("0", primary.value(VISIBLE));
    }

    @Test
    void asPostgresComesACrashedBackendMakesWaitingCommitsVisibleAtOnce() {
        pair("restart_after_crash = on");
        Processes.signal("KILL", waiting.pid());
        LabServer.await("it has restarted by itself and shows the row").until(() -> {
            try {
                return primary.value(VISIBLE).equals("1");
            } catch (IllegalStateException e) {
                return false;
            }
        });
        assertFalse(waiting.acknowledged());
        assertEquals("0", standby.value(VISIBLE), "a takeover would lose what readers have seen");
    }

    @Test
    void oursStaysDownUntilTheAgentStartsItBehindTheGate() {
        pair();
        Processes.signal("KILL", waiting.pid());
        LabServer.await("it is down").until(() -> primary.server().pid().isEmpty());
        SyncControl agent = primary.control(standby);
        Outcomes.holds(agent.start(StartMode.PRIMARY_BEHIND_GATE, TestRecord.activeOn(primary), LabServer.LIMIT));
        assertEquals(ServerNames.gate().setting(), primary.value("show synchronous_standby_names"));
        PendingCommit behind = primary.commitInBackground("insert into lab_entry values (2, 'behind the gate')");
        behind.awaitWaiting(primary);
        Outcomes.holds(agent.start(StartMode.PRIMARY_BEHIND_GATE, TestRecord.activeOn(primary), LabServer.LIMIT));
        Outcomes.holds(agent.open(TestRecord.activeOn(primary), ServerNames.none(), LabServer.LIMIT));
        assertTrue(behind.acknowledgedWithin(5000));
        assertEquals(1, primary.timeline(), "a restart in place keeps its timeline");
    }
}
