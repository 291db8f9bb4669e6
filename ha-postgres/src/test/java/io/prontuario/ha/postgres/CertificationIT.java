package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.SyncControl;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A healthy standby is certified while clients write, and decertified again. */
class CertificationIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void certifiesAHealthyStandbyWhileClientsWriteAndHardlyDelaysThem() throws Exception {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        try (Writers writers = Writers.start(primary, 4)) {
            writers.awaitMore(200);
            for (int round = 0; round < 3; round++) {
                long began = System.nanoTime();
                Outcome proven = primary.prove(standby, LabServer.allBut());
                long ended = System.nanoTime();
                assertEquals(Outcome.Kind.DONE, proven.kind(), proven.detail());
                Outcome still = primary.certification().stillProven(standby.copy(), LabServer.LIMIT);
                assertEquals(Outcome.Kind.REFUSED, still.kind(), "another object has proven nothing");
                writers.awaitMore(50);
                PostgresLab.tell("certify under load: " + proven.detail() + "; whole proof "
                        + (ended - began) / 1_000_000 + " ms, the slowest other commit meanwhile "
                        + writers.worstMillis(began, ended) + " ms");
                primary.namesSession().set(ServerNames.none(), LabServer.LIMIT);
                writers.awaitMore(50);
            }
        }
    }

    @Test
    void everyAcknowledgedCommitIsOnTheStandbyFromTheProofOn() throws Exception {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        try (Writers writers = Writers.start(primary, 4)) {
            writers.awaitMore(100);
            primary.awaitProven(standby);
            writers.awaitMore(300);
            primary.loseHost();
            standby.promoteNaively();
            assertEquals(Set.of(), writers.absentOn(standby));
        }
    }

    @Test
    void afterDecertifyingCommitsWaitForNobody() throws Exception {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.awaitProven(standby);
        standby.freeze();
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'waits')");
        waiting.awaitWaiting(primary);
        primary.namesSession().set(ServerNames.none(), LabServer.LIMIT);
        assertTrue(waiting.acknowledgedWithin(5000));
        standby.thaw();
    }

    @Test
    void refusesAStandbyThatIsDelayedOrUnsafe() {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        standby.execute("alter system set recovery_min_apply_delay = '1min'");
        standby.value("select pg_reload_conf()");
        LabServer.await("the delay")
                .until(() -> !standby.value("show recovery_min_apply_delay").equals("0"));
        assertRefused(primary, standby, "recovery_min_apply_delay");
        standby.execute("alter system reset recovery_min_apply_delay");
        standby.execute("alter system set fsync = off");
        standby.value("select pg_reload_conf()");
        LabServer.await("fsync off").until(() -> standby.value("show fsync").equals("off"));
        assertRefused(primary, standby, "fsync is off");
        Outcomes.holds(primary.prove(standby, LabServer.allBut(Certification.Guard.ABLE_TO_PROMOTE)));
    }

    @Test
    void aReplayThatAKilledAgentLeftPausedGoesOnAndTheStandbyIsCertifiedThen() {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        standby.value("select pg_wal_replay_pause()");
        assertRefused(primary, standby, "replay is paused");
        SyncControl agent = standby.control(primary);
        LabServer.await("its agent ends the pause").until(() -> {
            agent.keepReady(LabServer.LIMIT);
            return standby.value("select pg_get_wal_replay_pause_state()").equals("not paused");
        });
        primary.awaitProven(standby);
    }

    private static void assertRefused(LabServer primary, LabServer standby, String why) {
        Outcome outcome = primary.prove(standby, LabServer.allBut());
        assertFalse(outcome.holds());
        assertTrue(outcome.detail().contains(why), outcome.detail());
    }

    @Test
    void aSecondStandbyJoinsTheFirstWithoutAMomentUncovered() throws Exception {
        LabServer primary = lab.primary("studio-1");
        LabServer first = lab.oneOfSeveral("studio-2", primary);
        LabServer second = lab.oneOfSeveral("studio-3", primary);
        primary.schema();
        Writers.table(primary);
        primary.awaitProven(first);
        Outcome both = primary.certification()
                .prove(
                        second.copy(),
                        second.address(),
                        ServerNames.waitingFor(List.of(second.copy(), first.copy())),
                        Duration.ofSeconds(2));
        assertTrue(both.holds(), both.detail());
        second.freeze();
        PendingCommit waits = primary.commitInBackground("insert into lab_entry values (1, 'needs both')");
        waits.awaitWaiting(primary);
        assertFalse(waits.acknowledgedWithin(500));
        second.thaw();
        assertTrue(waits.acknowledgedWithin(5000));
    }

    @Test
    void waitsUntilEveryWalsenderGoesByTheNewList() {
        LabServer primary = lab.primary("studio-1");
        LabServer first = lab.oneOfSeveral("studio-2", primary);
        LabServer second = lab.oneOfSeveral("studio-3", primary);
        primary.schema();
        primary.namesInForce(LabServer.waitingFor(first));
        long walsender =
                primary.number("select pid from pg_stat_replication where application_name = '" + first.copy() + "'");
        // Commits are seen waiting at once, but only for the first: its walsender has not loaded the list with the
        // second.
        primary.freeze(walsender);
        ServerNames both = ServerNames.waitingFor(List.of(second.copy(), first.copy()));
        Certification certification = primary.certification();
        Outcome outcome = certification.prove(second.copy(), second.address(), both, Duration.ofSeconds(2));
        assertFalse(outcome.holds(), outcome.detail());
        assertTrue(outcome.detail().contains("not every walsender"), outcome.detail());
        primary.thaw(walsender);
        LabServer.await("proven once it has loaded the list")
                .until(() -> certification
                        .prove(second.copy(), second.address(), both, Duration.ofSeconds(2))
                        .holds());
    }

    @Test
    void leavesNobodyWaitingOnThePrimaryWhenTheStandbyHangsInTheMiddle() throws Exception {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        primary.awaitProven(standby);
        long startup = standby.pidOf("startup");
        long receiver = standby.pidOf("walreceiver");
        standby.freeze(startup);
        standby.freeze(receiver);
        Future<Outcome> proving = lab.threads().submit(() -> primary.prove(standby, LabServer.allBut()));
        String sessions =
                "select coalesce(max(pid), 0) from pg_stat_activity where application_name = 'prontuario-agent'"
                        + " and backend_type = 'client backend' and query like '%prontuario.token%'";
        LabServer.await("the token is looked for on the standby").until(() -> standby.number(sessions) != 0);
        long reading = standby.number(sessions);
        standby.freeze(reading);
        Outcome outcome = proving.get(20, TimeUnit.SECONDS);
        assertEquals(Outcome.Kind.UNKNOWN, outcome.kind(), outcome.detail());
        assertEquals("0", primary.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'"));
        List.of(startup, receiver, reading).forEach(standby::thaw);
        LabServer.await("proven again")
                .until(() -> primary.prove(standby, LabServer.allBut()).holds());
    }
}
