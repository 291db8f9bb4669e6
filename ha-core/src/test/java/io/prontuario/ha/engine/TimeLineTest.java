package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A transition afterwards, for whoever was woken by it. */
class TimeLineTest {
    @Test
    void tellsWhatClientsWaitedForInOneLine() {
        TransitionRecord record = new TransitionRecord(
                "t",
                2,
                List.of(
                        step("lb", "detected", 0, 0, "done", "the agent of a saw its server die"),
                        step("lb", "decided", 0, 20, "done", ""),
                        step("lb", "nominated", 22, 12, "done", "b"),
                        step("b", "promoted", 40, 82, "done", ""),
                        step("b", "opened", 130, 28, "done", ""),
                        step("lb", "redirected", 160, 10, "done", ""),
                        step("a", "rejoined", 5000, 900, "done", "")));

        assertEquals(
                "failover took 170 ms: detected +0 ms by lb, nominated +22 ms by lb in 12 ms, promoted +40 ms by b in"
                        + " 82 ms, opened +130 ms by b in 28 ms, redirected +160 ms by lb in 10 ms",
                TimeLine.of("failover", List.of(record)));
    }

    @Test
    void tellsTriesInARowAsOneAndWhyTheyFailed() {
        TransitionRecord first = new TransitionRecord(
                "t1",
                2,
                List.of(
                        step("lb", "nominated", 0, 5, "done", "b"),
                        step("b", "promoted", 10, 20, "retry", "no room"),
                        step("b", "promoted", 40, 20, "retry", "no room"),
                        step("b", "promoted", 70, 20, "refused", "it is paused")));
        TransitionRecord second = new TransitionRecord("t2", 3, List.of(step("lb", "nominated", 100, 5, "done", "a")));

        assertEquals(
                "failover took 105 ms: nominated +0 ms by lb in 5 ms, promoted +10 ms by b in 40 ms (2 times) retry: no"
                        + " room, promoted +70 ms by b in 20 ms refused: it is paused, nominated +100 ms by lb in 5 ms",
                TimeLine.of("failover", List.of(second, first)));
    }

    @Test
    void saysNothingOfATransitionThatNobodyWroteDown() {
        assertEquals("", TimeLine.of("failover", List.of()));
    }

    private static StepRecord step(String node, String step, long at, long took, String outcome, String detail) {
        return new StepRecord(
                "t",
                2,
                new NodeName(node),
                step,
                outcome,
                Instant.parse("2026-01-01T00:00:00Z").plusMillis(at),
                Duration.ofMillis(took),
                detail);
    }
}
