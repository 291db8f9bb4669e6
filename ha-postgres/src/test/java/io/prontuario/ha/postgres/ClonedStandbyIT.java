package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trap: a machine was cloned, and both the standby and its clone run under the standby's name. */
class ClonedStandbyIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private LabServer clone;

    @BeforeEach
    void aStandbyAndItsClone() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        standby.awaitCaughtUpWith(primary);
        standby.stop();
        clone = lab.clone("clone", standby);
        standby.start();
        standby.awaitStreamingFrom(primary);
    }

    private void startClone() {
        clone.start();
        LabServer.await("both stream under one name")
                .until(() -> primary.value(
                                "select count(*) from pg_stat_replication where state = 'streaming' and application_name = '"
                                        + standby.copy() + "'")
                        .equals("2"));
    }

    @Test
    void theCloneAcknowledgesWhatTheStandbyDoesNotHave() {
        primary.namesInForce(LabServer.waitingFor(standby));
        startClone();
        assertFalse(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty(), "the trap did not bite");
    }

    /** Its directory brings the gate along. */
    @Test
    void aCloneThatIsPromotedAcknowledgesNothingAndThePrimaryIsNotDisturbed() {
        clone.start();
        clone.promoteNaively();
        PendingCommit there = clone.commitInBackground("insert into lab_entry values (1, 'on the clone')");
        there.awaitWaiting(clone);
        assertTrue(primary.commitInBackground("insert into lab_entry values (1, 'on the primary')")
                .acknowledgedWithin(20_000));
        assertFalse(there.acknowledgedWithin(500));
        LabServer.await("the standby has it")
                .until(() -> standby.value("select string_agg(note, ',') from lab_entry")
                        .equals("on the primary"));
    }

    @Test
    void oursCertifiesNeitherWhileBothRunAndSaysThatThereAreTwo() throws Exception {
        startClone();
        Outcomes.is(Outcome.Kind.RETRY, "2 connections call themselves", primary.prove(standby, LabServer.allBut()));
        NamesDiscipline discipline = new NamesDiscipline(Ticker.system());
        Outcomes.holds(discipline.keepNewest(primary.connect()));
        LabServer.await("the ended one comes back")
                .until(() -> primary.value("select count(*) from pg_stat_replication where state = 'streaming'")
                        .equals("2"));
        Outcomes.is(Outcome.Kind.REFUSED, "two servers call themselves", discipline.keepNewest(primary.connect()));
        clone.loseHost();
        LabServer.await("certified once the clone is gone")
                .until(() -> primary.prove(standby, LabServer.allBut()).holds());
        assertTrue(Takeover.lossAfterTheStreamBreaks(primary, standby).isEmpty());
    }
}
