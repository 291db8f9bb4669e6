package io.prontuario.ha.examples.load;

import java.time.Duration;

/**
 * One request, as its user saw it.
 *
 * @param id the row that it wrote or read
 * @param write whether it wrote
 * @param fromNanos when it began
 * @param toNanos when it had its answer
 * @param answer what came of it
 */
record Visit(long id, boolean write, long fromNanos, long toNanos, Answer answer) {
    boolean served() {
        return answer.served();
    }

    Duration took() {
        return Duration.ofNanos(toNanos - fromNanos);
    }
}
