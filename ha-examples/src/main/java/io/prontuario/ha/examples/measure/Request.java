package io.prontuario.ha.examples.measure;

/**
 * One request of one user.
 *
 * @param id the row that it was to write
 * @param fromNanos when it began
 * @param toNanos when it had its answer
 * @param failure what it failed with, as SQLSTATE, or {@code HTTP}, and message; empty when it was acknowledged
 */
public record Request(long id, long fromNanos, long toNanos, String failure) {
    /** Whether it was acknowledged. */
    public boolean acknowledged() {
        return failure.isEmpty();
    }
}
