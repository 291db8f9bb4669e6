package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trap: a base backup that runs under a standby's name acknowledges commits for a node that has no usable data. */
class CopyUnderAStandbysNameIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private String name;

    @BeforeEach
    void standbyLostWithItsDisk() {
        primary = lab.primary("studio-1", "log_replication_commands = on");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.execute("create table bulk as select repeat('x', 1000) as v from generate_series(1, 20000)");
        standby.awaitCaughtUpWith(primary);
        primary.namesInForce(LabServer.waitingFor(standby));
        name = standby.copy().applicationName();
        standby.loseHost();
        Durable.empty(standby.data());
    }

    @Test
    void theNaiveCopyAcknowledgesBeforeItIsComplete() {
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        waiting.awaitWaiting(primary);
        Process copying = lab.tool(
                "pg_basebackup",
                "-D",
                lab.emptyFolder("naive").toString(),
                "-d",
                "host=127.0.0.1 port=" + primary.address().port() + " user=postgres application_name=" + name,
                "-c",
                "fast",
                "-X",
                "stream",
                "--status-interval=1",
                "--max-rate=1M");
        LabServer.await("the copy streams under the standby's name")
                .until(() -> primary.value(
                                "select count(*) from pg_stat_replication where state = 'streaming' and sync_state = 'sync'")
                        .equals("1"));
        primary.value("select pg_switch_wal()");
        assertTrue(waiting.acknowledgedWithin(15_000), "the trap did not bite");
        assertTrue(copying.isAlive(), "acknowledged only when the copy was complete");
    }

    @Test
    void oursCopiesUnderANameThatNobodyWaitsFor() {
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        waiting.awaitWaiting(primary);
        int before = primary.logText().length();
        standby.rejoin(primary);
        standby.awaitStreamingFrom(primary);
        // Every line of the server's log bears the name of whoever asked.
        List<String> logged = primary.logText().substring(before).lines().toList();
        List<String> copies =
                logged.stream().filter(line -> line.contains("BASE_BACKUP")).toList();
        assertFalse(copies.isEmpty(), "no copy was made");
        assertTrue(copies.stream().allMatch(line -> line.contains("] prontuario-copy ")), copies.toString());
        assertTrue(logged.stream().noneMatch(line -> line.contains("] " + name + " ")), logged.toString());
        // It is another copy now, and bears another name.
        assertNotEquals(name, standby.copy().applicationName());
        assertFalse(waiting.acknowledged());
    }
}
