package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomesTest {
    private static final Outcome SO = Outcome.alreadySo("a routes to one");
    private static final Outcome DONE = Outcome.done("b routes to one");
    private static final Outcome RETRY = Outcome.retry("c is away", Duration.ofMillis(500));
    private static final Outcome UNKNOWN = Outcome.unknown("d hangs");
    private static final Outcome REFUSED = Outcome.refused("e may not");

    @Test
    void theWorstOneCountsAndTellsWhenToTryAgain() {
        assertEquals(
                new Outcome(Outcome.Kind.RETRY, "c is away; b routes to one", Duration.ofMillis(500)),
                Outcomes.together(List.of(SO, DONE, RETRY)));
        assertEquals(
                Outcome.refused("e may not; d hangs; c is away; b routes to one"),
                Outcomes.together(List.of(SO, DONE, RETRY, UNKNOWN, REFUSED)));
    }

    @Test
    void theyAreAllSoOnlyWhenEachIs() {
        assertEquals(Outcome.alreadySo("a routes to one; a routes to one"), Outcomes.together(List.of(SO, SO)));
        assertEquals(DONE, Outcomes.together(List.of(SO, DONE)));
    }
}
