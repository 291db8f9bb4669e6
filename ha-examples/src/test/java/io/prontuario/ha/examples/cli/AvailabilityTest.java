package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the history makes of 99.9 % and 30 s. */
class AvailabilityTest {
    private static final Instant NOW = Instant.parse("2026-03-31T00:00:00Z");
    private static final Instant MONTH_AGO = NOW.minus(Duration.ofDays(30));

    private static TransitionRecord transition(long epoch, Instant at, String first, Duration outage) {
        return new TransitionRecord(
                "t" + epoch,
                epoch,
                List.of(
                        step(epoch, first, at, Duration.ZERO),
                        step(epoch, "opened", at.plus(outage).minusMillis(5), Duration.ofMillis(5))));
    }

    private static StepRecord step(long epoch, String step, Instant at, Duration took) {
        return new StepRecord("t" + epoch, epoch, new NodeName("studio-2"), step, "done", at, took, "");
    }

    @Test
    void countsFailoversFromTheirDetectionAndSwitchoversFromTheStop() {
        Availability all = Availability.of(
                List.of(
                        transition(4, NOW.minus(Duration.ofDays(2)), "detected", Duration.ofMillis(400)),
                        transition(3, NOW.minus(Duration.ofDays(3)), "stopped", Duration.ofMillis(900)),
                        transition(2, NOW.minus(Duration.ofDays(60)), "detected", Duration.ofHours(1))),
                MONTH_AGO,
                NOW);
        assertEquals(
                List.of(Duration.ofMillis(900), Duration.ofMillis(400)),
                all.outages().stream().map(Availability.Outage::took).toList());
        assertEquals(
                List.of(true, false),
                all.outages().stream().map(Availability.Outage::planned).toList());
        assertEquals(1 - 1.3 / (30 * 86_400), all.uptime(), 1e-12);
        assertTrue(all.kept());
        assertTrue(all.complete());
    }

    @Test
    void anOutageOfMoreThanThirtySecondsBreaksThePromiseThoughTheShareIsKept() {
        Availability all = Availability.of(
                List.of(transition(2, NOW.minus(Duration.ofDays(1)), "detected", Duration.ofSeconds(31))),
                MONTH_AGO,
                NOW);
        assertTrue(all.uptime() > 0.999);
        assertFalse(all.kept());
    }

    @Test
    void manyShortOnesBreakTheShare() {
        Availability all = Availability.of(
                List.of(transition(2, NOW.minus(Duration.ofHours(1)), "detected", Duration.ofSeconds(29))),
                NOW.minus(Duration.ofHours(2)),
                NOW);
        assertFalse(all.kept());
    }

    /** The stores keep the last fifty: what was before is not known, and is not counted as up. */
    @Test
    void saysWhenTheHistoryDoesNotGoBackSoFar() {
        List<TransitionRecord> history = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            history.add(transition(60 - i, NOW.minus(Duration.ofHours(1 + i)), "detected", Duration.ofMillis(100)));
        }
        Availability all = Availability.of(history, MONTH_AGO, NOW);
        assertFalse(all.complete());
        assertEquals(NOW.minus(Duration.ofHours(50)), all.from());
    }

    @Test
    void aTransitionThatNeverOpenedOrWasUndoneIsNoOutageOfItsOwn() {
        TransitionRecord undone = new TransitionRecord(
                "t9",
                9,
                List.of(
                        step(9, "stopped", NOW.minusSeconds(60), Duration.ZERO),
                        step(9, "undone", NOW.minusSeconds(50), Duration.ZERO)));
        assertEquals(List.of(), Availability.of(List.of(undone), MONTH_AGO, NOW).outages());
    }
}
