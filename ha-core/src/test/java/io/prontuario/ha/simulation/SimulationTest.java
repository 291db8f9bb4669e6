package io.prontuario.ha.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole clusters under virtual time. {@code ./ha simulate --seed S --trace} tells the history of a seed. */
final class SimulationTest {
    /** As many as fit beside the other tests; {@code ./ha simulate} runs any number. */
    private static final int SEEDS = 60;

    /** Within which a mistake is found: most by the seventh, the slowest by the sixtieth. */
    private static final int MISTAKEN = 100;

    @Test
    void theSameSeedHasTheSameHistory() {
        Run first = new Simulation().run(3, true);
        Run second = new Simulation().run(3, true);

        assertEquals(first, second);
        assertFalse(first.trace().isEmpty());
    }

    @Test
    void noPromiseIsBrokenInAFixedSetOfSeeds() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Run run = new Simulation().run(seed, false);
            assertEquals(Optional.empty(), run.broken(), "seed " + seed + " " + run.faults());
        }
    }

    /** Three more are not found by drawn faults yet, or not surely; docs/simulation.md says why, and what finds them instead. */
    @ParameterizedTest
    @EnumSource(
            value = PlantedMistake.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"CERTIFY_WITHOUT_THE_SECOND_TOKEN", "OBEY_AN_OLDER_EPOCH", "ACT_ON_A_STALE_VIEW"})
    void aPlantedMistakeIsFound(PlantedMistake mistake) {
        Simulation mistaken = new Simulation(mistake);

        boolean found = LongStream.rangeClosed(1, MISTAKEN)
                .anyMatch(seed ->
                        mistaken.run(seed, mistake.faults(seed), false).broken().isPresent());

        assertTrue(found, mistake + " was not found in " + MISTAKEN + " seeds");
    }
}
