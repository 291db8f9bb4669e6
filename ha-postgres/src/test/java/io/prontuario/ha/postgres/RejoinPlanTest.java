package io.prontuario.ha.postgres;

import static io.prontuario.ha.postgres.RejoinPlan.Way.FOLLOW;
import static io.prontuario.ha.postgres.RejoinPlan.Way.REBUILD;
import static io.prontuario.ha.postgres.RejoinPlan.Way.REWIND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.postgres.RejoinPlan.Last;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The table of ways, one row a test. Positions are small numbers; a fork lies between two records. */
class RejoinPlanTest {
    private static final TimelineHistory FIRST = history(1);
    /** 1 until 100, then 2. */
    private static final TimelineHistory SECOND = history(2, 1, 100);
    /** 1 until 100, 2 until 200, then 3. */
    private static final TimelineHistory THIRD = history(3, 1, 100, 2, 200);

    private static TimelineHistory history(int timeline, long... parents) {
        List<TimelineHistory.Parent> all = new ArrayList<>();
        for (int index = 0; index < parents.length; index += 2) {
            all.add(new TimelineHistory.Parent((int) parents[index], parents[index + 1]));
        }
        return new TimelineHistory(timeline, all);
    }

    private static RejoinPlan standby(TimelineHistory primary, TimelineHistory own, long end) {
        return RejoinPlan.decide(primary, own, OptionalLong.of(end), Last.STANDBY, 0);
    }

    private static RejoinPlan formerPrimary(TimelineHistory primary, TimelineHistory own, long end) {
        return RejoinPlan.decide(primary, own, OptionalLong.of(end), Last.CRASHED_PRIMARY, 0);
    }

    private static RejoinPlan stoppedPrimary(TimelineHistory primary, TimelineHistory own, long end) {
        return RejoinPlan.decide(primary, own, OptionalLong.of(end), Last.STOPPED_PRIMARY, 0);
    }

    @Test
    void aStandbyOnThePrimarysTimelineFollows() {
        assertEquals(FOLLOW, standby(FIRST, FIRST, 50).way());
        assertEquals(FOLLOW, standby(THIRD, THIRD, 250).way());
    }

    @Test
    void aStandbyWhoseLastRecordBeginsBeforeTheForkFollows() {
        assertEquals(FOLLOW, standby(SECOND, FIRST, 99).way());
        assertEquals(FOLLOW, standby(THIRD, FIRST, 99).way());
        assertEquals(FOLLOW, standby(THIRD, SECOND, 199).way());
    }

    @Test
    void aStandbyWithARecordThatBeginsAtTheForkIsRewound() {
        assertEquals(REWIND, standby(SECOND, FIRST, 100).way());
        assertEquals(REWIND, standby(THIRD, SECOND, 200).way());
        assertEquals(REWIND, standby(THIRD, FIRST, 150).way());
    }

    @Test
    void aStandbyWhoseLogCannotBeReadIsRewound() {
        assertEquals(
                REWIND,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.empty(), Last.STANDBY, 0)
                        .way());
    }

    @Test
    void aFormerPrimaryIsRewoundWhereverItsLogEnds() {
        for (long end : new long[] {50, 99, 100, 150}) {
            assertEquals(REWIND, formerPrimary(SECOND, FIRST, end).way());
        }
        assertEquals(
                REWIND,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.empty(), Last.CRASHED_PRIMARY, 0)
                        .way());
    }

    /** After a planned switchover: its last record is the shutdown checkpoint, and the target has that. */
    @Test
    void aFormerPrimaryThatWasStoppedCleanlyBeforeTheForkJustFollows() {
        assertEquals(FOLLOW, stoppedPrimary(SECOND, FIRST, 99).way());
        assertEquals(REWIND, stoppedPrimary(SECOND, FIRST, 100).way());
        assertEquals(REWIND, stoppedPrimary(SECOND, FIRST, 150).way());
        assertEquals(REBUILD, stoppedPrimary(SECOND, SECOND, 150).way());
    }

    @Test
    void oneThatWroteOnThePrimarysOwnTimelineIsRebuiltSincePgRewindSeesNothingToDo() {
        assertEquals(REBUILD, formerPrimary(SECOND, SECOND, 150).way());
        assertEquals(REBUILD, formerPrimary(FIRST, FIRST, 50).way());
    }

    @Test
    void oneOnThePrimarysTimelineIdWithAnotherHistoryIsRebuilt() {
        TimelineHistory ghost = history(2, 1, 90);
        assertEquals(REBUILD, standby(SECOND, ghost, 95).way());
        assertEquals(REBUILD, formerPrimary(SECOND, ghost, 95).way());
        assertEquals(REBUILD, standby(THIRD, history(3, 1, 100), 95).way());
    }

    @Test
    void oneOnATimelineThatThePrimaryNeverHadIsRewound() {
        TimelineHistory afterAReservedId = history(3, 1, 100);
        assertEquals(REWIND, formerPrimary(afterAReservedId, SECOND, 150).way());
        // Promoted and killed before its history file was written.
        assertEquals(REWIND, formerPrimary(afterAReservedId, history(2), 150).way());
    }

    @Test
    void anAncestorThatBranchedOffElsewhereIsNone() {
        // A timeline 2 that somebody made by hand, and the one of the record: the same id, not the same log.
        TimelineHistory ghost = history(2, 1, 90);
        RejoinPlan plan = standby(THIRD, ghost, 95);
        assertEquals(REWIND, plan.way());
        assertTrue(plan.reason().contains("branched off elsewhere"), plan.reason());
    }

    @Test
    void oneBeyondThePrimarysTimelineIsRebuilt() {
        // A nominee that was lost, and the former primary has gone on on its own timeline since.
        assertEquals(REBUILD, formerPrimary(FIRST, SECOND, 150).way());
        assertEquals(REBUILD, standby(FIRST, SECOND, 150).way());
    }

    @Test
    void oneThatNeedsLogThatThePrimaryHasNotKeptIsRebuilt() {
        assertEquals(
                FOLLOW,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.of(99), Last.STANDBY, 99)
                        .way());
        assertEquals(
                REBUILD,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.of(99), Last.STANDBY, 100)
                        .way());
        assertEquals(
                REBUILD,
                RejoinPlan.decide(SECOND, SECOND, OptionalLong.of(150), Last.STANDBY, 160)
                        .way());
        assertEquals(
                REWIND,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.of(150), Last.CRASHED_PRIMARY, 100)
                        .way());
        assertEquals(
                REBUILD,
                RejoinPlan.decide(SECOND, FIRST, OptionalLong.of(150), Last.CRASHED_PRIMARY, 101)
                        .way());
    }

    @Test
    void theReasonNamesPositionsAsPostgresDoes() {
        assertEquals(
                "its log ends at 1/A0, the fork to timeline 2 is at 1/FF000028",
                standby(history(2, 1, 0x1_ff00_0028L), FIRST, 0x1_0000_00a0L).reason());
    }
}
