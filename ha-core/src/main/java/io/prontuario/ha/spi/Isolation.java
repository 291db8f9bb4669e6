package io.prontuario.ha.spi;

/** How a strategy is to keep traffic from the primary. */
public enum Isolation {
    /**
     * The primary serves, and is about to be stopped in order: what can wait is held, what has begun is let finish. Answer
     * {@link Outcome.Kind#IN_PROGRESS} while something is still using the primary, naming it, and DONE when nothing is.
     */
    GRACEFUL,
    /** The primary is deposed: whatever still uses it is ended. */
    FORCED
}
