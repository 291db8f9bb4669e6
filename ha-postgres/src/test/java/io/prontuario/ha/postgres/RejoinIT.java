package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How data directories become standbys of a new primary: what decides is where their logs end and how they came about. */
class RejoinIT {
    private static final String ENTRIES = "select string_agg(note, ',' order by id) from lab_entry";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer former;
    private LabServer primary;

    /** A takeover from studio-1 to studio-2 with one entry that both have. */
    private void pair() {
        former = lab.primary("studio-1");
        Writers.table(former);
        primary = lab.standby("studio-2", former);
        former.execute("insert into lab_entry values (1, 'both')");
        primary.awaitCaughtUpWith(former);
    }

    private void takeOver() {
        primary.promoteNaively();
        primary.namesInForce("");
        primary.execute("insert into lab_entry values (100, 'new')");
    }

    private static void assertFollows(LabServer standby, LabServer primary) {
        standby.awaitStreamingFrom(primary);
        standby.awaitCaughtUpWith(primary);
        assertEquals(primary.value(ENTRIES), standby.value(ENTRIES));
        assertEquals(ServerNames.gate().setting(), standby.value("show synchronous_standby_names"));
        primary.schema();
        primary.awaitProven(standby);
    }

    @Test
    void aKilledPrimaryWithLogOfItsOwnIsRewoundAndIsAnotherCopyThen() throws IOException {
        pair();
        Copy before = former.copy();
        primary.cutOffFromUpstream();
        former.execute("insert into lab_entry values (2, 'only here')");
        takeOver();
        former.loseHost();
        long began = System.nanoTime();
        String way = former.rejoin(primary);
        PostgresLab.tell("rejoin by pg_rewind took " + (System.nanoTime() - began) / 1_000_000 + " ms");
        assertTrue(way.startsWith("rewound"), way);
        assertNotEquals(before, former.copy());
        assertFollows(former, primary);
        assertEquals("both,new", former.value(ENTRIES));
        // What nobody else has was kept aside before it was discarded.
        try (Stream<Path> kept = Files.walk(former.server().state().resolve("diverged"))) {
            Set<String> names =
                    kept.map(path -> String.valueOf(path.getFileName())).collect(java.util.stream.Collectors.toSet());
            assertTrue(names.contains("why.txt"), names.toString());
            assertTrue(names.stream().anyMatch(name -> name.matches("[0-9A-F]{24}")), names.toString());
        }
    }

    @Test
    void aKilledPrimaryWhoseLogEndsExactlyAtTheForkIsNotTrustedEither() {
        pair();
        former.loseHost();
        takeOver();
        String way = former.rejoin(primary);
        // Its crash recovery would write a checkpoint where the new timeline begins.
        assertTrue(way.startsWith("rewound"), way);
        assertFollows(former, primary);
    }

    @Test
    void aCleanlyStoppedPrimaryWhoseShutdownCheckpointTheNewOneHasJustFollows() {
        pair();
        Copy before = former.copy();
        former.stop();
        takeOver();
        String way = former.rejoin(primary);
        assertTrue(way.startsWith("follows as it is"), way);
        assertEquals(before, former.copy());
        assertFollows(former, primary);
    }

    @Test
    void aStandbyWhosePrimaryIsLostRunsWithoutAnUpstreamAndFollowsAgainWhenThatIsBack() {
        pair();
        primary.loseHost();
        former.loseHost();
        // "primary" of this class is the standby until it takes over.
        Outcome alone =
                primary.rejoin().asItIs(former.address(), former.server().systemIdentifier());
        assertTrue(alone.holds(), alone.detail());
        assertEquals(
                "true,", primary.value("select pg_is_in_recovery() || ',' || current_setting('primary_conninfo')"));
        timelineIsReadFromItsFiles();

        former.start();
        former.names("");
        assertTrue(primary.rejoin(former).startsWith("follows as it is"));
        assertFollows(primary, former);
    }

    /** No stream says it, and this observer has seen none: as after a restart of its agent. */
    private void timelineIsReadFromItsFiles() {
        try (LocalObserver observer = new LocalObserver(
                primary.server(),
                Map.of(),
                primary.identity(),
                new CleanStop(primary.server(), Ticker.system()),
                new VitalSettings(primary.server(), Ticker.system()),
                Ticker.system(),
                () -> {})) {
            DataStatus seen = observer.refresh();
            assertTrue(seen.runsAs(ServerMode.STANDBY) && seen.receiver() == null, seen::toString);
            assertEquals(1, seen.timeline());
        }
    }

    /** The new primary left before the stop: the shutdown checkpoint lies beyond the fork. */
    @Test
    void aCleanlyStoppedPrimaryWhoseShutdownCheckpointTheNewOneLacksIsRewound() {
        pair();
        primary.cutOffFromUpstream();
        takeOver();
        former.stop();
        String way = former.rejoin(primary);
        assertTrue(way.startsWith("rewound"), way);
        assertFollows(former, primary);
    }

    @Test
    void aStandbyWhoseLogEndsBeforeOrAtTheForkJustFollowsAndStaysTheSameCopy() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        Copy before = third.copy();
        former.execute("checkpoint");
        former.stop();
        LabServer.await("both have all of it").until(() -> third.position() == primary.position());
        takeOver();
        // Stopped cleanly: its control file says that it has recovered exactly up to the fork.
        third.stop();
        String way = third.rejoin(primary);
        assertTrue(way.startsWith("follows as it is"), way);
        assertEquals(before, third.copy());
        assertFollows(third, primary);
    }

    @Test
    void aStandbyBehindTheForkFollowsFromWhereItIs() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        Copy before = third.copy();
        third.loseHost();
        former.execute("insert into lab_entry select n, 'more' from generate_series(10, 50) n");
        former.value("select pg_switch_wal()");
        primary.awaitCaughtUpWith(former);
        former.loseHost();
        takeOver();
        String way = third.rejoin(primary);
        assertTrue(way.startsWith("follows as it is"), way);
        assertEquals(before, third.copy());
        assertFollows(third, primary);
    }

    @Test
    void aStandbyThatWasAheadOfTheNewPrimaryIsRewound() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        Copy before = third.copy();
        primary.cutOffFromUpstream();
        former.execute("insert into lab_entry values (2, 'ahead')");
        third.awaitCaughtUpWith(former);
        former.loseHost();
        takeOver();
        Outcome asItIs =
                third.rejoin().asItIs(primary.address(), primary.server().systemIdentifier());
        Outcomes.is(Outcome.Kind.REFUSED, "cannot just follow", asItIs);
        assertEquals(before, third.copy());
        String way = third.rejoin(primary);
        assertTrue(way.startsWith("rewound"), way);
        assertNotEquals(before, third.copy());
        assertFollows(third, primary);
        assertEquals("both,new", third.value(ENTRIES));
    }

    @Test
    void logThatWasReceivedOnATimelineYoungerThanTheLastCheckpointCounts() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        LabServer behind = lab.standby("studio-4", former);
        // The last checkpoint of the third lies in another segment than everything that follows.
        former.execute("checkpoint");
        former.value("select pg_switch_wal()");
        former.execute("insert into lab_entry values (2, 'next segment')");
        List.of(third, behind, primary).forEach(standby -> standby.awaitCaughtUpWith(former));
        former.loseHost();
        primary.promoteNaively();
        primary.names("");
        for (LabServer standby : List.of(third, behind)) {
            standby.follow(primary.address(), standby.copy().applicationName());
            standby.awaitStreamingFrom(primary);
        }
        LabServer.await("its checkpoint")
                .until(() -> primary.number("select timeline_id from pg_control_checkpoint()") == 2);
        List.of(third, behind).forEach(standby -> standby.awaitCaughtUpWith(primary));
        behind.cutOffFromUpstream();
        primary.execute("insert into lab_entry values (3, 'ahead on timeline 2')");
        third.awaitCaughtUpWith(primary);
        // Power is lost: its control file still speaks of timeline 1.
        third.loseHost();
        assertEquals("1", third.server().controlData().get("Latest checkpoint's TimeLineID"));
        primary.loseHost();
        behind.promoteNaively();
        behind.names("");
        behind.execute("insert into lab_entry values (100, 'new')");
        assertEquals(3, behind.timeline());
        String way = third.rejoin(behind);
        assertTrue(way.startsWith("rewound"), way);
        assertFollows(third, behind);
        assertEquals("both,next segment,new", third.value(ENTRIES));
    }

    @Test
    void aNomineeThatWasKilledBeforeItsFirstCheckpointIsRewound() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        third.awaitCaughtUpWith(former);
        former.loseHost();
        long checkpointer = primary.pidOf("checkpointer");
        primary.freeze(checkpointer);
        primary.value("select pg_promote(false)");
        LabServer.await("out of recovery")
                .until(() -> primary.value("select pg_is_in_recovery()").equals("f"));
        primary.execute("insert into lab_entry values (2, 'only on timeline 2')");
        primary.loseHost();
        assertEquals("1", primary.server().controlData().get("Latest checkpoint's TimeLineID"));
        Durable.write(third.data().resolve("pg_wal").resolve(TimelineHistory.fileName(2)), "", lab.installation());
        third.promoteNaively();
        third.names("");
        third.execute("insert into lab_entry values (100, 'new')");
        assertEquals(3, third.timeline());
        String way = primary.rejoin(third);
        assertTrue(way.startsWith("rewound"), way);
        assertFollows(primary, third);
        assertEquals("both,new", primary.value(ENTRIES));
    }

    @Test
    void whatPgRewindCannotMendIsCopied() throws IOException {
        pair();
        primary.cutOffFromUpstream();
        former.execute("insert into lab_entry values (2, 'only here')");
        former.execute("checkpoint");
        for (int segment = 0; segment < 2; segment++) {
            former.value("select pg_switch_wal()");
            former.execute("insert into lab_entry values (" + (10 + segment) + ", 'only here')");
            former.execute("checkpoint");
        }
        takeOver();
        former.loseHost();
        // The segment with the last common checkpoint is gone, as after a long time.
        try (Stream<Path> files = Files.list(former.data().resolve("pg_wal"))) {
            List<Path> old = files.filter(
                            file -> String.valueOf(file.getFileName()).matches("0000000100000000000000[0-9A-F]{2}"))
                    .sorted()
                    .filter(file -> String.valueOf(file.getFileName()).compareTo("000000010000000000000003") <= 0)
                    .toList();
            for (Path segment : old) {
                Files.delete(segment);
            }
        }
        Copy before = former.copy();
        String way = former.rejoin(primary);
        PostgresLab.tell("fall-back: " + way);
        assertTrue(way.startsWith("copied: pg_rewind failed"), way);
        assertNotEquals(before, former.copy());
        assertFollows(former, primary);
    }

    /** The primary throws its old log away, as it does after half a gigabyte. */
    private void keepNoOldLog() {
        primary.execute("alter system set wal_keep_size = 0");
        primary.value("select pg_reload_conf()");
        for (int segment = 0; segment < 3; segment++) {
            primary.value("select pg_switch_wal()");
            primary.execute("insert into lab_entry values (" + (200 + segment) + ", 'later')");
            primary.execute("checkpoint");
        }
    }

    @Test
    void aStandbyThatWasAwayForLongerThanTheLogWasKeptIsCopied() {
        pair();
        LabServer third = lab.standby("studio-3", former);
        third.stop();
        former.loseHost();
        takeOver();
        keepNoOldLog();
        String way = third.rejoin(primary);
        assertTrue(way.startsWith("copied: it needs log from"), way);
        assertFollows(third, primary);
    }

    @Test
    void aFormerPrimaryWhoseForkIsOlderThanTheLogThatWasKeptIsCopied() {
        pair();
        primary.cutOffFromUpstream();
        former.execute("insert into lab_entry values (2, 'only here')");
        takeOver();
        former.loseHost();
        keepNoOldLog();
        String way = former.rejoin(primary);
        assertTrue(way.startsWith("copied: it needs log from"), way);
        assertFollows(former, primary);
    }

    @Test
    void aRejoinThatIsInterruptedLeavesNoIdAndRunsToTheEndNextTime() throws Exception {
        pair();
        former.execute("create table bulk as select repeat('x', 1000) as v from generate_series(1, 20000)");
        primary.awaitCaughtUpWith(former);
        former.loseHost();
        takeOver();
        LabServer third = lab.absent("studio-3");
        Future<?> interrupted = lab.threads().submit(() -> third.rejoin(primary));
        LabServer.await("the copy has begun")
                .until(() -> Files.exists(third.data().resolve("base")));
        interrupted.cancel(true);
        LabServer.await("its tool has ended")
                .until(() -> Processes.workingIn(third.data()).isEmpty());
        assertTrue(third.identity().read().isEmpty(), "data in pieces bears an id");
        third.rejoin(primary);
        assertFollows(third, primary);
        assertFalse(third.identity().inPieces());
    }

    /** Nor when it cannot be used, as where a careless hand has left out an empty folder: control file and log look well. */
    @Test
    void anAgentsStartOfAStandbyNeverTouchesItsData() throws IOException {
        pair();
        LabServer third = lab.standby("studio-3", former);
        Copy before = third.copy();
        String identifier = former.server().systemIdentifier();
        third.stop();
        Outcomes.holds(third.rejoin().asItIs(former.address(), identifier));
        assertEquals(before, third.copy());
        assertFollows(third, former);

        third.stop();
        Files.delete(third.data().resolve("pg_twophase"));
        Outcomes.is(
                Outcome.Kind.RETRY,
                "could not open directory \"pg_twophase\"",
                third.rejoin().asItIs(former.address(), identifier));
        assertEquals(before, third.copy());
        assertTrue(third.server().exists());
        Outcomes.holds(third.rejoin().afresh(former.address(), identifier, LabServer.CONSENT));
        assertNotEquals(before, third.copy());
        assertFollows(third, former);
    }
}
