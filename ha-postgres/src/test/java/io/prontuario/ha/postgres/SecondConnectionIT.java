package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trap: names are not identities. A second connection under a certified name acknowledges for the standby that is meant. */
class SecondConnectionIT {
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
    void aSecondConnectionStandsInForAStandbyThatIsNotThere() {
        String both = "FIRST 2 (\"" + standby.copy() + "\", \"studio-3.0000\")";
        primary.namesInForce(both);
        PendingCommit waiting = primary.commitInBackground("insert into lab_entry values (1, 'needs both')");
        waiting.awaitWaiting(primary);
        assertFalse(waiting.acknowledgedWithin(500));
        lab.receiver(primary, standby.copy().applicationName());
        // Two connections of the first fill the count: studio-3 is not needed any more.
        assertTrue(waiting.acknowledgedWithin(15_000), "the trap did not bite");
    }

    @Test
    void theNaiveOrderLetsItAcknowledgeForAStandbyThatHasLostItsStream() {
        primary.namesInForce(LabServer.waitingFor(standby));
        lab.receiver(primary, standby.copy().applicationName());
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty(), "the trap did not bite");
    }

    @Test
    void oursDoesNotCertifyANameThatTwoBear() {
        Process stranger = lab.receiver(primary, standby.copy().applicationName());
        Outcome outcome = primary.prove(standby, LabServer.allBut());
        assertFalse(outcome.holds());
        assertTrue(outcome.detail().contains("2 connections call themselves"), outcome.detail());
        stranger.destroyForcibly();
        LabServer.await("certified once the stranger is gone")
                .until(() -> primary.prove(standby, LabServer.allBut()).holds());
        assertEquals(Set.of(), Takeover.lossAfterTheStreamBreaks(primary, standby));
    }

    @Test
    void oursNoticesAConnectionThatTakesThePlaceOfTheProvenOne() {
        Certification certification = primary.certification();
        assertTrue(certification
                .prove(
                        standby.copy(),
                        standby.address(),
                        io.prontuario.ha.model.ServerNames.waitingFor(java.util.List.of(standby.copy())),
                        LabServer.LIMIT)
                .holds());
        assertTrue(certification.stillProven(standby.copy(), LabServer.LIMIT).holds());
        standby.cutOffFromUpstream();
        lab.receiver(primary, standby.copy().applicationName());
        Outcome still = certification.stillProven(standby.copy(), LabServer.LIMIT);
        assertEquals(Outcome.Kind.RETRY, still.kind(), still.detail());
    }

    @Test
    void withoutCountingConnectionsOursFallsIntoIt() {
        lab.receiver(primary, standby.copy().applicationName());
        Outcome outcome = primary.prove(standby, LabServer.allBut(Certification.Guard.ONE_WALSENDER));
        assertTrue(outcome.holds(), outcome.detail());
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty());
    }

    @Test
    void whatIsReadOnAStandbyProvesNothingForAStrangerUnderItsName() {
        standby.follow(primary.address(), "studio-2.0000");
        LabServer.await("it streams under another name")
                .until(() -> primary.value("select string_agg(application_name || state, '') from pg_stat_replication")
                        .equals("studio-2.0000streaming"));
        lab.receiver(primary, standby.copy().applicationName());
        Outcome outcome = primary.prove(standby, LabServer.allBut());
        assertFalse(outcome.holds());
        assertTrue(outcome.detail().contains("does not call itself"), outcome.detail());
    }

    @Test
    void withoutAskingWhoItIsOursFallsIntoIt() {
        standby.follow(primary.address(), "studio-2.0000");
        LabServer.await("it streams under another name")
                .until(() -> primary.value("select string_agg(application_name || state, '') from pg_stat_replication")
                        .equals("studio-2.0000streaming"));
        lab.receiver(primary, standby.copy().applicationName());
        Outcome outcome = primary.prove(standby, LabServer.allBut(Certification.Guard.SAME_HISTORY));
        assertTrue(outcome.holds(), outcome.detail());
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty());
    }
}
