package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: what a standby's own names are while it is a standby. Copying and rewinding bring the primary's along: then it waits for itself
 * after a promotion; or they are empty, and whoever promotes it by hand gets a second primary that acknowledges.
 */
class RestingNamesIT {
    private static final String WRITE = "insert into lab_entry values (1, 'first write')";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aCopyThatBringsThePrimarysNamesAlongWaitsForItselfAfterItsPromotion() {
        LabServer primary = lab.primary("studio-1");
        Writers.table(primary);
        LabServer copy = lab.absent("studio-2");
        lab.emptyFolder("studio-2.ha");
        copy.identity().renew();
        primary.names(LabServer.waitingFor(copy));
        copy.server().copyFrom(primary.address(), LabServer.LIMIT);
        copy.server().standbySignal(true);
        copy.start();
        assertEquals(LabServer.waitingFor(copy), copy.value("show synchronous_standby_names"));
        primary.loseHost();
        copy.promoteNaively();
        assertFalse(copy.commitInBackground(WRITE).acknowledgedWithin(1500), "the trap did not bite");
    }

    @Test
    void withEmptyNamesAPromotionByHandMakesTwoPrimariesThatBothAcknowledge() {
        LabServer primary = lab.primary("studio-1");
        Writers.table(primary);
        LabServer standby = lab.standby("studio-2", primary);
        standby.awaitCaughtUpWith(primary);
        standby.names("");
        standby.promoteNaively();
        assertTrue(standby.commitInBackground(WRITE).acknowledgedWithin(5000), "the trap did not bite");
        assertTrue(primary.commitInBackground(WRITE).acknowledgedWithin(5000), "the trap did not bite");
    }

    /** What nothing in the library sees. A clone of one whose commits wait for a standby waits for the same, which follows the primary's address. */
    @Test
    void aCloneOfAPrimaryThatIsAloneAcknowledgesAloneAndOneOfAPrimaryThatIsNotAloneDoesNot() {
        LabServer primary = lab.primary("studio-1");
        Writers.table(primary);
        primary.stop();
        LabServer alone = lab.clone("alone", primary);
        primary.start();
        LabServer standby = lab.standby("studio-2", primary);
        primary.names(LabServer.waitingFor(standby));
        primary.stop();
        LabServer waiting = lab.clone("waiting", primary);

        alone.start();
        assertTrue(alone.commitInBackground(WRITE).acknowledgedWithin(20_000), "the trap did not bite");
        waiting.start();
        PendingCommit commit = waiting.commitInBackground(WRITE);
        commit.awaitWaiting(waiting);
        primary.start();
        assertTrue(primary.commitInBackground(WRITE).acknowledgedWithin(20_000));
        assertFalse(commit.acknowledgedWithin(500));
    }

    @Test
    void aNewServerAcknowledgesNothingBeforeItIsOpened() throws Exception {
        LabServer first = lab.absent("studio-1");
        first.initialise();
        first.start();
        first.schema();
        Writers.table(first);
        PendingCommit waiting = first.commitInBackground(WRITE);
        waiting.awaitWaiting(first);
        assertFalse(waiting.acknowledgedWithin(500));
        Outcomes.holds(first.open(TestRecord.activeOn(first), ServerNames.none()));
        assertTrue(waiting.acknowledgedWithin(5000));
    }

    @Test
    void oursRestsBehindTheGateAfterACopyAndAPromotionByHandAcknowledgesNothing() throws Exception {
        LabServer primary = lab.primary("studio-1");
        Writers.table(primary);
        LabServer standby = lab.standby("studio-2", primary);
        standby.awaitCaughtUpWith(primary);
        assertEquals(ServerNames.gate().setting(), standby.namesSession().inFile());
        assertRestsBehindTheGate(standby);
        // The primary is not disturbed by it.
        assertTrue(primary.commitInBackground(WRITE).acknowledgedWithin(5000));
    }

    @Test
    void oursRestsBehindTheGateAfterARewind() throws Exception {
        LabServer former = lab.primary("studio-1");
        Writers.table(former);
        LabServer primary = lab.standby("studio-2", former);
        primary.awaitCaughtUpWith(former);
        primary.promoteNaively();
        primary.namesInForce("");
        former.execute("insert into lab_entry values (2, 'only here')");
        former.loseHost();
        String way = former.rejoin(primary);
        assertTrue(way.startsWith("rewound"), way);
        former.awaitStreamingFrom(primary);
        former.awaitCaughtUpWith(primary);
        assertEquals("0", former.value("select count(*) from lab_entry"));
        assertRestsBehindTheGate(former);
    }

    @Test
    void whatIsInterruptedBeforeItIsACopyThatCountsIsAHarmlessStandbyAlready() throws IOException {
        LabServer primary = lab.primary("studio-1");
        primary.namesInForce("");
        LabServer node = lab.absent("studio-2");
        Path inTheWay = lab.emptyFolder("studio-2.ha").resolve("copy.new");
        Files.createDirectory(inTheWay);
        // The last act of a rejoin fails here: writing the id.
        assertThrows(UncheckedIOException.class, () -> node.rejoin(primary));
        assertTrue(node.identity().read().isEmpty());
        assertTrue(node.server().standbySignal());
        assertEquals(ServerNames.gate().setting(), node.namesSession().inFile());
        Files.delete(inTheWay);
        assertTrue(node.rejoin(primary).startsWith("copied"));
        node.awaitStreamingFrom(primary);
    }

    private static void assertRestsBehindTheGate(LabServer standby) {
        assertEquals(ServerNames.gate().setting(), standby.value("show synchronous_standby_names"));
        standby.promoteNaively();
        PendingCommit waiting = standby.commitInBackground(WRITE);
        waiting.awaitWaiting(standby);
        assertFalse(waiting.acknowledgedWithin(1000));
    }
}
