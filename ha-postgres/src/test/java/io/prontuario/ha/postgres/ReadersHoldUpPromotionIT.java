package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import java.sql.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trap: a promotion waits for replay, and replay waits for readers of the standby: for ever, if they may. */
class ReadersHoldUpPromotionIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private ClusterState state;

    @BeforeEach
    void aReaderInTheWayOfReplay() throws Exception {
        primary = lab.primary("studio-1", "max_standby_streaming_delay = -1");
        Writers.table(primary);
        primary.execute("insert into lab_entry values (1, 'read')");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        standby.awaitCaughtUpWith(primary);
        state = TestRecord.nominated(TestRecord.certified(TestRecord.activeOn(primary), standby), standby.copy());
        Connection reader = standby.connect();
        reader.setAutoCommit(false);
        assertEquals("read", Sql.value(reader, "select note from lab_entry"));
        primary.namesInForce(LabServer.waitingFor(standby));
        primary.execute("alter table lab_entry add column more text");
        PendingCommit commit = primary.commitInBackground("insert into lab_entry values (2, 'acknowledged')");
        assertTrue(commit.acknowledgedWithin(10_000));
        primary.loseHost();
    }

    @Test
    void theNaivePromotionWaitsForTheReader() {
        long began = System.nanoTime();
        assertEquals("f", standby.value("select pg_promote(true, 3)"));
        PostgresLab.tell("a promotion behind an idle reader: still in recovery after "
                + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertEquals("t", standby.value("select pg_is_in_recovery()"));
    }

    @Test
    void oursEndsTheReaderFirst() throws Exception {
        long began = System.nanoTime();
        Outcomes.holds(standby.promote(state));
        PostgresLab.tell("ours: promoted after " + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertEquals("2", standby.value("select count(*) from lab_entry"));
    }
}
