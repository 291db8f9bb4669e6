package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What has happened here, counted. */
class TallyTest {
    private final Tally tally = new Tally();

    private void step(String name, String outcome, long atMillis, long tookMillis) {
        StepRecord step = new StepRecord(
                "t-1",
                5,
                Records.STUDIO_1,
                name,
                outcome,
                Instant.ofEpochMilli(atMillis),
                Duration.ofMillis(tookMillis),
                "");
        tally.onEvent(new HaEvent(Instant.EPOCH, Records.STUDIO_1, HaEvent.Kind.STEP, name, step));
    }

    private double value(String name, Map<String, String> labels) {
        return tally.measures().stream()
                .filter(one -> one.name().equals(name) && one.labels().equals(labels))
                .mapToDouble(Measure::value)
                .sum();
    }

    private double value(String name) {
        return value(name, Map.of());
    }

    @Test
    void stepsAreCountedByHowTheyEnded() {
        step("promoted", "done", 0, 40);
        step("promoted", "done", 0, 20);
        step("promoted", "refused", 0, 5);
        Map<String, String> done = Map.of("step", "promoted", "outcome", "done");
        assertEquals(2, value("prontuario_ha_steps_total", done));
        assertEquals(0.060, value("prontuario_ha_step_seconds_total", done), 1e-9);
        assertEquals(0.020, value("prontuario_ha_step_last_seconds", done), 1e-9);
        assertEquals(1, value("prontuario_ha_steps_total", Map.of("step", "promoted", "outcome", "refused")));
    }

    @Test
    void aFailoverLastsFromTheDetectionUntilTrafficFollows() {
        step("detected", "done", 1000, 0);
        step("nominated", "done", 1005, 4);
        step("redirected", "unknown", 1100, 50);
        assertEquals(0, value("prontuario_ha_failovers_total"));
        step("redirected", "done", 1200, 30);
        step("redirected", "done", 9000, 30);
        assertEquals(1, value("prontuario_ha_failovers_total"));
        assertEquals(0.230, value("prontuario_ha_failover_last_seconds"), 1e-9);
    }

    @Test
    void aFailoverWithoutTrafficIsOverWithItsJournal() {
        step("detected", "done", 1000, 0);
        tally.saw(Records.state(5), Instant.ofEpochMilli(1500));
        assertEquals(0.5, value("prontuario_ha_failover_seconds_total"), 1e-9);
    }

    @Test
    void aSwitchoverIsNoFailover() {
        step("nominated", "done", 1005, 4);
        step("redirected", "done", 1200, 30);
        assertEquals(0, value("prontuario_ha_failovers_total"));
    }

    @Test
    void alarmsAreCounted() {
        tally.onEvent(new HaEvent(Instant.EPOCH, Records.STUDIO_1, HaEvent.Kind.ALARM, "help", null));
        tally.onEvent(new HaEvent(Instant.EPOCH, Records.STUDIO_1, HaEvent.Kind.STATE, "fine", null));
        assertEquals(1, value("prontuario_ha_alarms_total"));
    }
}
