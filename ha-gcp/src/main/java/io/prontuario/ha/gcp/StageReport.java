package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;

/**
 * How far one stage of the emergency environment is.
 *
 * @param stage its name
 * @param outcome how its last call ended
 * @param detail one line
 * @param since how long ago it was first tried in this attempt, when it last answered: its duration once it holds
 */
public record StageReport(String stage, Outcome.Kind outcome, String detail, Duration since) {
    @Override
    public String toString() {
        return stage + ": " + outcome + (detail.isEmpty() ? "" : ", " + detail) + " (" + since.toMillis() + " ms)";
    }
}
