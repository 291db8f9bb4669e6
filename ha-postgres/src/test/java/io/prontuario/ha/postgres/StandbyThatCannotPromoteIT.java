package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.SyncControl;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a standby in sync that cannot be promoted. The primary's {@code max_connections} was raised: the standby goes on receiving and
 * acknowledging, has stopped replaying, and ends when it is promoted.
 */
class StandbyThatCannotPromoteIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private ClusterState certified;

    @BeforeEach
    void aCertifiedStandbyFallsBehindInASetting() {
        primary = lab.primary("studio-1", "max_connections = 60");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.awaitProven(standby);
        certified = TestRecord.certified(TestRecord.activeOn(primary), standby);
        primary.execute("alter system set max_connections = 100");
        primary.stop();
        primary.start();
        standby.awaitStreamingFrom(primary);
        LabServer.await("replay has stopped")
                .until(() ->
                        standby.value("select pg_get_wal_replay_pause_state()").equals("paused"));
    }

    @Test
    void itAcknowledgesAndEndsWhenItIsPromoted() {
        try (Writers writers = Writers.start(primary, 2)) {
            writers.awaitMore(20);
            assertEquals("streaming sync", primary.value("select state || ' ' || sync_state from pg_stat_replication"));
            writers.stop();
            primary.loseHost();
            standby.value("select pg_promote(false)");
            LabServer.await("it has ended").until(() -> standby.server().pid().isEmpty());
            assertTrue(standby.logText().contains("recovery aborted because of insufficient parameter settings"));
        }
        // With an order that forgets the former primary, nobody may serve now: in sync is nobody, and the one that has
        // everything was deposed.
    }

    @Test
    void oursDoesNotCertifyIt() {
        Outcomes.is(
                Outcome.Kind.RETRY,
                "max_connections is 60 on " + standby.copy() + " and 100 on the primary",
                primary.prove(standby, LabServer.allBut()));
        // Without that guard the token does not arrive, since replay stands still: two guards for one trap. Without
        // both, it is certified.
        Outcomes.is(
                Outcome.Kind.RETRY,
                "token did not arrive",
                primary.prove(standby, LabServer.allBut(Certification.Guard.ABLE_TO_PROMOTE)));
        Outcomes.holds(primary.prove(
                standby,
                LabServer.allBut(Certification.Guard.ABLE_TO_PROMOTE, Certification.Guard.TOKEN_READ_ON_STANDBY)));
    }

    @Test
    void oursRefusesThePromotionAndTheFormerPrimaryTakesOverWithEverything() throws Exception {
        try (Writers writers = Writers.start(primary, 2)) {
            writers.awaitMore(20);
            writers.stop();
            primary.loseHost();
            ClusterState toStandby = TestRecord.nominated(certified, standby.copy());
            SyncControl nominee = standby.control(primary);
            Outcomes.is(
                    Outcome.Kind.REFUSED,
                    "max_connections is 60 here and was 100",
                    nominee.promote(toStandby, LabServer.LIMIT));
            assertTrue(standby.server().pid().isPresent(), "it goes on as a standby: its data may be needed");

            ClusterState back =
                    TestRecord.legal(Protocol.renominate(toStandby, primary.copy(), RenominationCause.REFUSED, "back"));
            SyncControl former = primary.control(standby);
            Outcomes.holds(former.promote(back, LabServer.LIMIT));
            ClusterState active = TestRecord.active(back, primary);
            Outcomes.holds(former.open(active, Protocol.namesWhenActive(active, List.of()), LabServer.LIMIT));
            assertEquals(Set.of(), writers.absentOn(primary));
            assertEquals("", primary.value("show synchronous_standby_names"));
        }
    }

    @Test
    void itsAgentDoesNotTellItToGoOnSinceThatWouldEndIt() {
        SyncControl agent = standby.control(primary);
        long begin = System.nanoTime();
        // Longer than a pause may take that somebody has forgotten.
        LabServer.await("its agent has looked for a while").until(() -> {
            agent.keepReady(LabServer.LIMIT);
            return System.nanoTime() - begin > 6_000_000_000L;
        });
        assertEquals("paused", standby.value("select pg_get_wal_replay_pause_state()"));
    }

    @Test
    void oneWhoseServerEndsAtEveryStartRefuses() {
        primary.loseHost();
        standby.value("select pg_promote(false)");
        LabServer.await("it has ended").until(() -> standby.server().pid().isEmpty());
        ClusterState toStandby = TestRecord.nominated(certified, standby.copy());
        Outcomes.is(
                Outcome.Kind.REFUSED,
                "insufficient parameter settings",
                standby.control(primary).promote(toStandby, LabServer.LIMIT));
    }

    @Test
    void aNomineeWhoseDataIsAnotherCopyThanTheRecordNamesRefuses() throws Exception {
        ClusterState toStandby = TestRecord.nominated(certified, standby.copy());
        standby.identity().renew();
        Outcomes.is(
                Outcome.Kind.REFUSED,
                "the record nominates " + toStandby.primary(),
                standby.control(primary).promote(toStandby, LabServer.LIMIT));
        standby.identity().forget();
        Outcomes.is(Outcome.Kind.REFUSED, "in pieces", standby.control(primary).promote(toStandby, LabServer.LIMIT));
        assertEquals("t", standby.value("select pg_is_in_recovery()"));
        assertEquals(ServerNames.gate().setting(), standby.value("show synchronous_standby_names"));
    }
}
