package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a standby's connection dies without the primary noticing, and the standby connects again. The old walsender is still the one that
 * counts, so every commit waits for somebody who is not there although the standby streams.
 */
class StaleWalsenderIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private Link link;

    @BeforeEach
    void pairOverALink() {
        // As PostgreSQL comes; the library's own setting is 5 s.
        primary = lab.primary("studio-1", "wal_sender_timeout = 60s");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        link = new Link(primary.address());
        standby.follow(link.address(), standby.copy().applicationName());
        LabServer.await("streams over the link")
                .until(() -> standby.value("select status || sender_port from pg_stat_wal_receiver")
                        .equals("streaming" + link.address().port()));
        LabServer.await("one connection")
                .until(() -> primary.value("select count(*) from pg_stat_replication")
                        .equals("1"));
        primary.namesInForce(LabServer.waitingFor(standby));
        link.loseSilently();
        LabServer.await("a second connection under the name")
                .until(() -> primary.value("select count(*) from pg_stat_replication where state = 'streaming'")
                        .equals("2"));
    }

    @AfterEach
    void closeLink() {
        link.close();
    }

    @Test
    void theStaleWalsenderHoldsEveryCommitAlthoughTheStandbyStreams() {
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        assertFalse(waiting.acknowledgedWithin(3000), "the trap did not bite");
        assertEquals(
                "sync,potential",
                primary.value("select string_agg(sync_state, ',' order by backend_start) from pg_stat_replication"));
        LabServer.await("the standby has the commit")
                .until(() -> standby.value("select count(*) from lab_entry").equals("1"));
        assertFalse(waiting.acknowledged());
    }

    @Test
    void oursEndsTheOlderConnectionAndCommitsGoOn() throws SQLException {
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        waiting.awaitWaiting(primary);
        String newest = primary.value("select pid from pg_stat_replication order by backend_start desc limit 1");
        Outcome outcome = new NamesDiscipline(Ticker.system()).keepNewest(primary.connect());
        assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        assertTrue(waiting.acknowledgedWithin(5000));
        assertEquals(newest, primary.value("select string_agg(pid::text, ',') from pg_stat_replication"));
    }

    @Test
    void oneThatComesBackAfterItWasEndedIsNoStaleConnectionButAnotherServer() throws SQLException {
        lab.receiver(primary, standby.copy().applicationName());
        NamesDiscipline discipline = new NamesDiscipline(Ticker.system());
        assertEquals(Outcome.Kind.DONE, discipline.keepNewest(primary.connect()).kind());
        // The standby was the older one and alive: it connects again.
        LabServer.await("two again")
                .until(() -> primary.value("select count(*) from pg_stat_replication where state = 'streaming'")
                        .equals("2"));
        Outcome outcome = discipline.keepNewest(primary.connect());
        assertEquals(Outcome.Kind.REFUSED, outcome.kind(), outcome.detail());
        assertTrue(outcome.detail().contains(standby.copy().toString()), outcome.detail());
    }
}
