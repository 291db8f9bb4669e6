package io.prontuario.ha.examples.extend;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The whole test of a policy: views as a person would describe them, and what is decided on them. */
class ApprovalAtNightTest {
    private static final BusinessHours HOURS = new BusinessHours(
            ZoneId.of("America/Sao_Paulo"),
            EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
            LocalTime.of(7, 0),
            LocalTime.of(19, 0));
    /** In Sao Paulo: a Wednesday, 11:00, and the following night, 03:00. */
    private static final Instant BY_DAY = Instant.parse("2026-03-04T14:00:00Z");

    private static final Instant AT_NIGHT = Instant.parse("2026-03-05T06:00:00Z");

    private Decision decided(Instant now, ClusterView view) {
        return ApprovalAtNight.outside(HOURS, () -> now, FailoverPolicies.standard())
                .decide(view);
    }

    private static ClusterView primaryDead() {
        return views().primary("studio-1", DOWN).standby("studio-2", inSync()).atWitness();
    }

    @Test
    void byDayTheStandbyTakesOverByItself() {
        assertEquals(Decision.Kind.FAIL_OVER, decided(BY_DAY, primaryDead()).kind());
    }

    @Test
    void atNightAPersonHasToAgree() {
        Decision decision = decided(AT_NIGHT, primaryDead());

        assertEquals(Decision.Kind.NEEDS_APPROVAL, decision.kind());
        assertEquals(copy("studio-2"), decision.to());
        assertTrue(
                decision.reason().endsWith("a person has to agree: ha approve --takeover studio-2"), decision.reason());
    }

    @Test
    void whatNeedsNoTakeoverIsAsItWas() {
        ClusterView well = views().primary("studio-1", RUNNING)
                .standby("studio-2", inSync())
                .atWitness();

        assertEquals(FailoverPolicies.standard().decide(well), decided(AT_NIGHT, well));
        // Nobody may take over: an approval would not help.
        ClusterView alone =
                views().primary("studio-1", DOWN).standby("studio-2").atWitness();
        assertEquals(FailoverPolicies.standard().decide(alone), decided(AT_NIGHT, alone));
    }

    @Test
    void hoursBeginOnTheMinuteAndEndBeforeIt() {
        assertFalse(HOURS.at(Instant.parse("2026-03-04T09:59:59Z")));
        assertTrue(HOURS.at(Instant.parse("2026-03-04T10:00:00Z")));
        assertTrue(HOURS.at(Instant.parse("2026-03-04T21:59:59Z")));
        assertFalse(HOURS.at(Instant.parse("2026-03-04T22:00:00Z")));
        assertFalse(HOURS.at(Instant.parse("2026-03-07T14:00:00Z")), "a Saturday");
        assertThrows(
                IllegalArgumentException.class,
                () -> new BusinessHours(HOURS.zone(), HOURS.days(), HOURS.to(), HOURS.from()));
    }
}
