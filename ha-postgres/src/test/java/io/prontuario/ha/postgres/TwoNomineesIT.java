package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: two nominees one after the other take the same timeline id. Their histories cannot be told apart: not by pg_rewind, not by the
 * stream, not by a token that is read, not by comparing histories; and yet their rows differ.
 */
class TwoNomineesIT {
    private static final String ENTRY = "select note from lab_entry where id = 1";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer former;
    private LabServer x;
    private LabServer y;
    private ClusterState state;

    @BeforeEach
    void threeNodes() {
        former = lab.primary("studio-1");
        x = lab.standby("studio-2", former);
        y = lab.standby("studio-3", former);
        former.schema();
        Writers.table(former);
        state = TestRecord.certified(TestRecord.certified(TestRecord.activeOn(former), x), y);
        x.awaitCaughtUpWith(former);
        y.awaitCaughtUpWith(former);
        former.execute("checkpoint");
        former.stop();
        LabServer.await("both have the end of the log").until(() -> x.position() == y.position());
    }

    @Test
    void theNaiveOrderGivesTheSecondNomineeTheTimelineOfTheFirstAndNothingNotices() {
        promoteAndWrite(x, "xxxx");
        x.loseHost();
        promoteAndWrite(y, "yyyy");
        y.execute("insert into lab_entry values (2, 'yyyy')");
        assertEquals(2, y.timeline());
        LabServer tried = lab.clone("clone", x);
        tried.server().endOrphans(LabServer.LIMIT);
        Command.Result rewound = tried.server().rewindTo(y.address(), Duration.ofSeconds(30));
        assertTrue(rewound.ok(), rewound.output());
        assertTrue(rewound.output().contains("no rewind required"), rewound.output());

        x.becomeStandbyUnrewound(y);
        x.awaitStreamingFrom(y);
        // Not even a whole proof notices.
        Outcome proven = y.certification()
                .prove(x.copy(), x.address(), ServerNames.waitingFor(List.of(x.copy())), Duration.ofSeconds(3));
        PostgresLab.tell("two nominees on timeline 2: " + proven.detail() + "; entry 1 is '" + x.value(ENTRY)
                + "' on the standby and '" + y.value(ENTRY) + "' on the primary");
        assertTrue(proven.holds(), proven.detail());
        assertNotEquals(y.value(ENTRY), x.value(ENTRY), "the trap did not bite");
    }

    @Test
    void oursGivesEachNominationATimelineOfItsOwnAndRewindsTheFirst() throws Exception {
        ClusterState toX = TestRecord.nominated(state, x.copy());
        assertTrue(x.promote(toX).holds());
        assertEquals(3, x.timeline());
        x.execute("insert into lab_entry values (1, 'xxxx')");
        x.loseHost();
        ClusterState toY = TestRecord.legal(Protocol.renominate(toX, y.copy(), RenominationCause.SILENT, "second"));
        assertEquals(5, toY.timeline());
        assertTrue(y.promote(toY).holds());
        assertEquals(5, y.timeline());
        ClusterState active = TestRecord.active(toY, y);
        assertTrue(y.open(active, Protocol.namesWhenActive(active, List.of())).holds());
        y.execute("insert into lab_entry values (1, 'yyyy')");
        String way = x.rejoin(y);
        assertTrue(way.startsWith("rewound"), way);
        x.awaitStreamingFrom(y);
        y.awaitProven(x);
        assertEquals("yyyy", x.value(ENTRY));
    }

    @Test
    void aNomineeOnAnotherTimelineThanTheRecordedOneIsNotActivated() throws Exception {
        // Somebody promoted a clone by hand, and its timeline came here by an archive or a stream.
        ClusterState toX = TestRecord.nominated(state, x.copy());
        java.nio.file.Path taken = x.data().resolve("pg_wal").resolve(TimelineHistory.fileName(3));
        Durable.write(taken, "1\t0/1000000\tpromoted by hand\n", lab.installation());
        assertTrue(x.promote(toX).holds());
        assertEquals(4, x.timeline());
        assertTrue(Protocol.activate(toX, x.copy(), x.timeline()).next().isEmpty());
    }

    @Test
    void whereBothAreOnOneTimelineAllTheSameOursRebuilds() {
        x.promoteNaively();
        x.names("");
        x.execute("insert into lab_entry values (1, 'xxxx')");
        x.loseHost();
        y.promoteNaively();
        y.names("");
        y.execute("insert into lab_entry values (1, 'yyyy')");
        String way = x.rejoin(y);
        assertTrue(way.startsWith("copied"), way);
        x.awaitStreamingFrom(y);
        x.awaitCaughtUpWith(y);
        assertEquals("yyyy", x.value(ENTRY));
    }

    /** Both write records of the same size in the same order: so one's log goes on where the other's ends. */
    private static void promoteAndWrite(LabServer nominee, String note) {
        nominee.promoteNaively();
        nominee.names("");
        LabServer.await("the checkpoint of the promotion")
                .until(() -> nominee.number("select timeline_id from pg_control_checkpoint()") == 2);
        nominee.execute("insert into lab_entry values (1, '" + note + "')");
    }
}
