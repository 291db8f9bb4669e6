package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the bars of a terminal's chart stand. */
class StepChartTest {
    private static StepRecord step(String name, long beganMillis, long tookMillis) {
        return new StepRecord(
                "t",
                2,
                new NodeName("studio-2"),
                name,
                "done",
                Instant.EPOCH.plusMillis(beganMillis),
                Duration.ofMillis(tookMillis),
                "");
    }

    @Test
    void allBarsAreOfOneWidthAndStandWhereTheStepWas() {
        List<StepRecord> steps = List.of(
                step("detected", 0, 0),
                step("promoted", 100, 200),
                step("opened", 300, 100),
                step("rejoined", 9_000, 500));
        StepChart chart = StepChart.of(steps);
        steps.forEach(one -> assertEquals(40, chart.bar(one).length()));
        assertEquals("█" + "·".repeat(39), chart.bar(steps.get(0)));
        assertEquals("·".repeat(10) + "█".repeat(20) + "·".repeat(10), chart.bar(steps.get(1)));
        assertEquals("·".repeat(30) + "█".repeat(10), chart.bar(steps.get(2)));
        assertTrue(chart.bar(steps.get(3)).endsWith("→"), chart.bar(steps.get(3)));
    }

    @Test
    void nothingHasNoBars() {
        assertEquals(Instant.EPOCH, StepChart.of(List.of()).first());
    }
}
