package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                List.of(),
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
                List.of(),
                MONTH_AGO,
                NOW);
        assertTrue(all.uptime() > 0.999);
        assertFalse(all.kept());
    }

    @Test
    void manyShortOnesBreakTheShare() {
        Availability all = Availability.of(
                List.of(transition(2, NOW.minus(Duration.ofHours(1)), "detected", Duration.ofSeconds(29))),
                List.of(),
                NOW.minus(Duration.ofHours(2)),
                NOW);
        assertFalse(all.kept());
    }

    /** One an hour, newest first. */
    private static List<TransitionRecord> hourly(int many) {
        List<TransitionRecord> history = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            history.add(
                    transition(many + 10 - i, NOW.minus(Duration.ofHours(1 + i)), "detected", Duration.ofMillis(100)));
        }
        return history;
    }

    /** As the nodes write it: every step, oldest first, and what else they had to say. */
    private static List<AuditRecord> trail(List<TransitionRecord> newestFirst) {
        List<AuditRecord> trail = new ArrayList<>();
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            for (StepRecord step : newestFirst.get(i).steps()) {
                append(
                        trail,
                        new AuditEntry(
                                step.started(),
                                step.node().value(),
                                AuditEntry.Kind.STEP,
                                step.step() + " " + step.outcome(),
                                step.detail(),
                                AuditEntry.evidence(step)));
                append(
                        trail,
                        new AuditEntry(step.started(), "studio-1", AuditEntry.Kind.DECISION, "REJOIN", "deposed", ""));
            }
        }
        return trail;
    }

    private static void append(List<AuditRecord> trail, AuditEntry entry) {
        Optional<AuditRecord.Head> end = trail.isEmpty()
                ? Optional.empty()
                : Optional.of(trail.get(trail.size() - 1).head());
        trail.add(AuditRecord.after(end, entry));
    }

    @Test
    void seesTheWholePeriodThoughTheHistoryKeepsFiftyTransitions() {
        List<TransitionRecord> all = hourly(120);
        Availability seen = Availability.of(all.subList(0, 50), trail(all), MONTH_AGO, NOW);
        assertTrue(seen.complete());
        assertEquals(120, seen.outages().size());
        Availability inside = Availability.of(all.subList(0, 50), trail(all), NOW.minus(Duration.ofHours(60)), NOW);
        assertEquals(NOW.minus(Duration.ofHours(60)), inside.from());
    }

    @Test
    void aClusterThatIsYoungerThanThePeriodHasNoUptimeFromBeforeItWasMade() {
        List<TransitionRecord> all = hourly(12);
        Availability seen = Availability.of(all, trail(all), MONTH_AGO, NOW);
        assertTrue(seen.complete());
        assertEquals(NOW.minus(Duration.ofHours(12)), seen.from());
        assertEquals(1 - 1.2 / (12 * 3600), seen.uptime(), 1e-12);
    }

    /** The trail is bounded too: what was before its first entry is not known, and is not counted as up. */
    @Test
    void saysWhenTheTrailWasCutOffBeforeThePeriodBegan() {
        List<TransitionRecord> all = hourly(120);
        List<AuditRecord> kept = trail(all).subList(40, 480);
        Availability seen = Availability.of(all.subList(0, 50), kept, MONTH_AGO, NOW);
        assertFalse(seen.complete());
        assertEquals(110, seen.outages().size());
        assertEquals(NOW.minus(Duration.ofHours(110)), seen.from());
        assertTrue(Availability.of(all.subList(0, 50), kept, NOW.minus(Duration.ofHours(100)), NOW)
                .complete());
    }

    /** The stores keep the last fifty: what was before is not known, and is not counted as up. */
    @Test
    void saysWhenTheHistoryDoesNotGoBackSoFarAndThereIsNoTrail() {
        List<TransitionRecord> history = hourly(50);
        Availability all = Availability.of(history, List.of(), MONTH_AGO, NOW);
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
        assertEquals(
                List.of(),
                Availability.of(List.of(undone), List.of(), MONTH_AGO, NOW).outages());
    }
}
