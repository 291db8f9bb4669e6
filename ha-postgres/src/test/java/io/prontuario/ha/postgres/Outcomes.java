package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;

/** Assertions on outcomes that show the outcome's own words. */
final class Outcomes {
    private Outcomes() {}

    static void holds(Outcome outcome) {
        assertTrue(outcome.holds(), () -> outcome.kind() + ": " + outcome.detail());
    }

    static void is(Outcome.Kind kind, String words, Outcome outcome) {
        assertEquals(kind, outcome.kind(), outcome.detail());
        assertTrue(outcome.detail().contains(words), () -> "'" + words + "' is not in: " + outcome.detail());
    }
}
