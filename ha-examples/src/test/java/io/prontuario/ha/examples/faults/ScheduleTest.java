package io.prontuario.ha.examples.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    private static List<PlannedFault> first(long seed, int faults) {
        Schedule schedule = new Schedule(seed, false, FaultRun.everyKind(), null);
        List<PlannedFault> all = new ArrayList<>();
        while (all.size() < faults) {
            all.addAll(schedule.next());
        }
        return all;
    }

    @Test
    void theSameSeedGivesTheSameFaults() {
        assertEquals(first(7, 100), first(7, 100));
        assertTrue(!first(7, 100).equals(first(8, 100)), "another seed gives others");
    }

    @Test
    void everyKindComesBeforeAnyComesAgain() {
        int kinds = FaultKind.values().length;
        EnumSet<FaultKind> seen = EnumSet.noneOf(FaultKind.class);
        first(3, kinds).subList(0, kinds).forEach(fault -> seen.add(fault.kind()));
        assertEquals(EnumSet.allOf(FaultKind.class), seen);
    }

    @Test
    void ofSeveralStandbysOneOrAnotherIsHitAndThePrimaryAsBefore() {
        Schedule schedule = new Schedule(5, true, FaultRun.everyKind(), null);
        EnumSet<Target> hit = EnumSet.noneOf(Target.class);
        for (int i = 0; i < 200; i++) {
            schedule.next().forEach(fault -> hit.add(fault.target()));
        }
        assertEquals(EnumSet.allOf(Target.class), hit);
        assertTrue(first(5, 200).stream().noneMatch(fault -> fault.target() == Target.OTHER_STANDBY));
    }

    @Test
    void aFaultIsAboutWhomItMayBeAboutAndTheSecondBeginsDuringTheFirst() {
        Schedule schedule = new Schedule(5, false, FaultRun.everyKind(), null);
        for (int i = 0; i < 200; i++) {
            List<PlannedFault> round = schedule.next();
            for (PlannedFault fault : round) {
                assertTrue(fault.kind().targets().contains(fault.target()), fault::toString);
                assertTrue(
                        fault.after().compareTo(round.get(0).hold()) < 0,
                        () -> "it begins after the first has ended: " + round);
            }
        }
    }
}
