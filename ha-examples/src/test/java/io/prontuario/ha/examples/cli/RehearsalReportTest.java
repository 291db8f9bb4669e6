package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a rehearsal is said to have come to. */
class RehearsalReportTest {
    private static final Instant BEGUN = Instant.parse("2026-01-01T00:00:00Z");

    private static Emergency drill(EmergencyPhase phase, int second) {
        return new Emergency(
                "e1", TransitionKind.DRILL, phase, "c1", 4, "a rehearsal", "Ana", false, BEGUN.plusSeconds(second), "");
    }

    private static StepRecord step(String name, String outcome, int second, String detail) {
        return new StepRecord(
                "e1", 4, new NodeName("lb"), name, outcome, BEGUN.plusSeconds(second), Duration.ofSeconds(3), detail);
    }

    private static RehearsalReport report(Emergency now, List<StepRecord> steps) {
        return RehearsalReport.of(
                drill(EmergencyPhase.WAKING, 0),
                now,
                List.of(
                        new TransitionRecord("another", 3, List.of(step("serving", "done", 1, ""))),
                        new TransitionRecord("e1", 4, steps)),
                Duration.ofSeconds(20),
                2,
                0.5);
    }

    @Test
    void hasNoProblemWhenItServedInTimeAndSleeps() {
        RehearsalReport report = report(
                drill(EmergencyPhase.ENDED, 3_600),
                List.of(step("enable name", "done", 5, ""), step("serving", "done", 18, "")));

        assertEquals(List.of(), report.problems());
        assertEquals(Duration.ofSeconds(18), report.toServe());
        // Two nodes more for an hour.
        assertEquals(1.0, report.cost(), 1e-9);
        assertTrue(report.lines().toString().contains("enable name"), report.lines()::toString);
    }

    @Test
    void namesWhatWasSlowRefusedAndNotPutToSleep() {
        RehearsalReport slow = report(drill(EmergencyPhase.ENDED, 60), List.of(step("serving", "done", 21, "")));
        assertEquals(List.of("it served after 21 s, the target is 20 s"), slow.problems());

        RehearsalReport refused = report(
                drill(EmergencyPhase.CLEARING, 60),
                List.of(step("enable nodes", "refused", 2, "nodes: the quota is exhausted")));
        assertEquals(3, refused.problems().size(), refused.problems()::toString);
        assertEquals("it never served", refused.problems().get(0));
        assertEquals(
                "enable nodes refused: nodes: the quota is exhausted",
                refused.problems().get(1));
        assertTrue(refused.problems().get(2).contains("it costs money as it is"));
    }
}
