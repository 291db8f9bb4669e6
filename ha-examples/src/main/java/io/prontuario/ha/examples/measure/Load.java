package io.prontuario.ha.examples.measure;

import java.time.Duration;

/**
 * How writers write.
 *
 * @param writers how many, each on a connection of its own
 * @param firstId the ids of their rows are above this; writers of other processes have others
 * @param pause of a writer after an acknowledgement
 * @param reconnect its pause before it connects again
 * @param patience how long it waits for an answer before it gives the connection up
 */
public record Load(int writers, long firstId, Duration pause, Duration reconnect, Duration patience) {
    /** What the demonstration and the benchmarks have. */
    public static Load usual(int writers) {
        return new Load(writers, 0, Duration.ofMillis(3), Duration.ofMillis(50), Duration.ofSeconds(30));
    }
}
