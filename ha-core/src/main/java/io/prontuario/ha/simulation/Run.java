package io.prontuario.ha.simulation;

import java.util.List;
import java.util.Optional;

/**
 * What became of one seed.
 *
 * @param seed the seed
 * @param faults what was done to the cluster
 * @param broken the promise that did not hold; empty when all did
 * @param simulatedMillis how long it was, in virtual time
 * @param recoveredMillis how long after the end of the faults everything was as it should be
 * @param events how much happened
 * @param acknowledged how many commits were acknowledged
 * @param epochs how often somebody was nominated
 * @param trace what happened, when it was wanted
 */
public record Run(
        long seed,
        List<String> faults,
        Optional<String> broken,
        long simulatedMillis,
        long recoveredMillis,
        long events,
        int acknowledged,
        long epochs,
        List<String> trace) {
    public Run {
        faults = List.copyOf(faults);
        trace = List.copyOf(trace);
    }
}
