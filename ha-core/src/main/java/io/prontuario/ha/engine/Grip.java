package io.prontuario.ha.engine;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node is able to coordinate: its acts come to an end, and its disk takes what it has to remember. One whose disk hangs keeps its
 * session all the same, and as long as it led nobody else would. Any thread.
 */
final class Grip {
    /** Every act has bounds of its own, which together are far below this. */
    static final Duration LONGEST_ACT = Duration.ofSeconds(10);

    /** After a failure others get a chance for so long. */
    static final Duration STAND_BACK = Duration.ofSeconds(10);

    private final Ticker ticker;
    private @Nullable Long begunAtNanos;
    private @Nullable Long failedAtNanos;

    Grip(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized void begins() {
        begunAtNanos = ticker.nanos();
    }

    synchronized void ends() {
        begunAtNanos = null;
    }

    /** What it has to remember before it acts could not be written. */
    synchronized void fails() {
        failedAtNanos = ticker.nanos();
    }

    synchronized boolean holds() {
        return !lasts(begunAtNanos, LONGEST_ACT) && (failedAtNanos == null || lasts(failedAtNanos, STAND_BACK));
    }

    private boolean lasts(@Nullable Long since, Duration time) {
        return since != null && ticker.nanos() - since >= time.toNanos();
    }
}
