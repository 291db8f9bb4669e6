package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: names are shown by {@code SHOW}, the walsender goes by them, and commits are acknowledged without waiting, because the process
 * that tells committing backends is the checkpointer, and it is busy.
 */
class BusyCheckpointerIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private long checkpointer;

    @BeforeEach
    void pair() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        standby.awaitCaughtUpWith(primary);
        checkpointer = primary.pidOf("checkpointer");
    }

    @Test
    void theNaiveOrderBelievesWhatIsShownAndLosesAcknowledgedCommits() {
        primary.freeze(checkpointer);
        primary.names(LabServer.waitingFor(standby));
        // All that a script can look at says that commits wait for the standby, which has everything.
        LabServer.await("the walsender shows it as synchronous")
                .until(() -> primary.value(
                                "select state || ' ' || sync_state || ' ' || (flush_lsn = pg_current_wal_lsn())"
                                        + " from pg_stat_replication")
                        .equals("streaming sync true"));
        assertFalse(
                Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty(), "the trap did not bite: commits waited");
    }

    @Test
    void oursDoesNotCertifyBeforeACommitWasSeenWaiting() {
        primary.freeze(checkpointer);
        Outcome outcome = primary.prove(standby, LabServer.allBut());
        assertEquals(Outcome.Kind.RETRY, outcome.kind());
        assertTrue(outcome.detail().contains("no commit was seen waiting"), outcome.detail());
        primary.thaw(checkpointer);
        LabServer.await("certified once the checkpointer goes on")
                .until(() -> primary.prove(standby, LabServer.allBut()).holds());
        assertEquals(Set.of(), Takeover.lossAfterTheStreamBreaks(primary, standby));
    }

    @Test
    void withoutThatGuardOursFallsIntoIt() {
        primary.freeze(checkpointer);
        Outcome outcome = primary.prove(standby, LabServer.allBut(Certification.Guard.SEE_COMMITS_WAIT));
        assertTrue(outcome.holds(), outcome.detail());
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty());
    }

    @Test
    void anOpenedServerIsOneThatWasSeenToAcknowledge() throws Exception {
        standby.freeze();
        primary.namesInForce(LabServer.waitingFor(standby));
        primary.freeze(checkpointer);
        // The way out of a lost standby: names are shown empty, and whoever waits goes on waiting.
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        waiting.awaitWaiting(primary);
        primary.namesSession().set(ServerNames.none(), LabServer.LIMIT);
        assertEquals("", primary.value("show synchronous_standby_names"));
        assertFalse(waiting.acknowledgedWithin(1000), "released although the checkpointer stands still");
        primary.thaw(checkpointer);
        assertTrue(waiting.acknowledgedWithin(5000));
        assertTrue(
                primary.open(TestRecord.activeOn(primary), ServerNames.none()).holds());
        standby.thaw();
    }
}
