package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: the canary that is seen waiting may be older than a commit that was acknowledged without waiting. A backend writes its commit
 * into the log first and only then looks whether it has to wait; so a slow one waits although a later one did not.
 */
class OlderCanaryIT {
    private static final int ATTEMPTS = 20;
    /** More than the walsender sends in one message (128 KiB), so that a stream can end between the canary and the other commit. */
    private static final int BIG = 1_000_000;

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;

    @BeforeEach
    void pair() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        standby.awaitCaughtUpWith(primary);
    }

    @Test
    void theNaiveOrderTakesTheReleasedCanaryForAProof() {
        primary.execute("insert into prontuario.token values ('older', '') on conflict do nothing");
        standby.awaitCaughtUpWith(primary);
        try (Link link = new Link(primary.address())) {
            standby.cutOffFromUpstream();
            Written written = canaryBeforeAnAcknowledgedCommit();
            // The stream comes back, and goes again when the canary's commit has arrived and the later one has not.
            link.allowBytes(written.canaryEnd - written.segmentStart + 300_000);
            standby.follow(link.address(), standby.copy().applicationName());
            assertTrue(written.canary.acknowledgedWithin(10_000), "the canary was not released");
            assertEquals(
                    "1",
                    primary.value("select count(*) from pg_stat_replication where state in ('streaming', 'catchup')"
                            + " and sync_state = 'sync'"));
            // Canary seen waiting, canary released: certified. Now the primary's host is lost.
            link.cut();
            primary.loseHost();
            standby.promoteNaively();
            assertEquals("0", standby.value("select count(*) from lab_entry where id = 1"), "the trap did not bite");
            PostgresLab.tell("older canary: commit acknowledged "
                    + (written.otherEnd - written.canaryEnd) / 1024
                    + " KiB behind the released canary, absent on the standby");
        }
    }

    @Test
    void oursReadsATokenThatIsYoungerThanTheSighting() {
        try (Link link = linked()) {
            link.allowBytes(0);
            acknowledgedWithoutWaiting();
            Outcome outcome = primary.prove(standby, LabServer.allBut());
            assertFalse(outcome.holds(), outcome.detail());
            link.allowBytes(Long.MAX_VALUE);
            LabServer.await("certified once the stream goes on")
                    .until(() -> primary.prove(standby, LabServer.allBut()).holds());
            assertEquals(Set.of(), Takeover.lossAfterTheStreamBreaks(primary, standby));
            assertEquals("20", standby.value("select count(*) from lab_entry where note = 'before names'"));
        }
    }

    @Test
    void withoutTheTokenOursFallsIntoIt() {
        try (Link link = linked()) {
            link.allowBytes(0);
            acknowledgedWithoutWaiting();
            Outcome outcome = primary.prove(standby, LabServer.allBut(Certification.Guard.TOKEN_READ_ON_STANDBY));
            assertTrue(outcome.holds(), outcome.detail());
            link.cut();
            primary.loseHost();
            standby.promoteNaively();
            assertEquals("0", standby.value("select count(*) from lab_entry where note = 'before names'"));
        }
    }

    private Link linked() {
        Link link = new Link(primary.address());
        standby.follow(link.address(), standby.copy().applicationName());
        LabServer.await("the stream goes over the link")
                .until(() -> standby.value(
                                "select count(*) from pg_stat_wal_receiver where status = 'streaming' and sender_port = "
                                        + link.address().port())
                        .equals("1"));
        standby.awaitStreamingFrom(primary);
        return link;
    }

    /** Commits of clients while names are still empty. */
    private void acknowledgedWithoutWaiting() {
        PendingCommit entries = primary.commitInBackground(
                "insert into lab_entry select -n, 'before names' from generate_series(1, 20) n");
        assertTrue(entries.acknowledgedWithin(10_000));
    }

    private record Written(PendingCommit canary, long canaryEnd, long otherEnd, long segmentStart) {}

    /** A canary that waits for the standby although a commit behind it was acknowledged without waiting. */
    private Written canaryBeforeAnAcknowledgedCommit() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            primary.names("");
            primary.execute("delete from lab_entry");
            // In the file, not loaded yet.
            primary.execute("alter system set synchronous_standby_names = '"
                    + LabServer.waitingFor(standby).replace("'", "''") + "'");
            long segmentStart = primary.number(
                    "select (pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint / 16777216) * 16777216");
            // Group commit: the leader sleeps before it flushes for all; frozen in that sleep it holds the lock that
            // the others
            // need.
            PendingCommit leader = primary.commitInBackground(
                    "set commit_delay = 100000; set commit_siblings = 0; insert into lab_entry values (-1, 'leader')");
            LabServer.await("the leader writes")
                    .until(() -> primary.value("select query from pg_stat_activity where pid = " + leader.pid())
                            .contains("lab_entry"));
            primary.freeze(leader.pid());
            PendingCommit canary =
                    primary.commitInBackground("update prontuario.token set value = 'x' where purpose = 'older'");
            boolean inOrder = waitsForTheLog(canary);
            long canaryEnd = insertPosition();
            PendingCommit other = primary.commitInBackground(
                    "with big as (insert into prontuario.token select 'big' || random(), string_agg(md5(n::text),"
                            + " '') from generate_series(1, " + BIG / 32
                            + ") n) insert into lab_entry values (1, 'acknowledged')");
            inOrder &= waitsForTheLog(other);
            long otherEnd = insertPosition();
            primary.freeze(canary.pid());
            primary.thaw(leader.pid());
            boolean acknowledged = inOrder && other.acknowledgedWithin(5000);
            primary.value("select pg_reload_conf()");
            commitsWaitFromNowOn();
            primary.thaw(canary.pid());
            if (acknowledged && !canary.acknowledgedWithin(300) && canary.waits(primary)) {
                return new Written(canary, canaryEnd, otherEnd, segmentStart);
            }
            PostgresLab.tell("attempt " + attempt + ": the processes did not come in the order that the trap needs");
            primary.names("");
            LabServer.await("all ended").until(() -> leader.answered() && canary.answered() && other.answered());
        }
        throw new AssertionError("no canary came to lie before an acknowledged commit in " + ATTEMPTS + " attempts");
    }

    private void commitsWaitFromNowOn() {
        // Not by a checkpoint: that would wait for the frozen canary's commit.
        LabServer.await("an ordinary commit is seen waiting").until(() -> {
            PendingCommit probe = primary.commitInBackground("insert into lab_entry values (-2, 'probe')"
                    + " on conflict (id) do update set note = excluded.note");
            LabServer.await("answer or wait").until(() -> probe.answered() || probe.waits(primary));
            return !probe.answered();
        });
    }

    private long insertPosition() {
        return primary.number("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    }

    private boolean waitsForTheLog(PendingCommit commit) {
        LabServer.await("a commit comes to its end or to the log")
                .until(() -> commit.answered() || waitEvent(commit).equals("WALWrite"));
        return waitEvent(commit).equals("WALWrite");
    }

    private String waitEvent(PendingCommit commit) {
        return primary.value("select coalesce(wait_event, '') from pg_stat_activity where pid = " + commit.pid());
    }
}
