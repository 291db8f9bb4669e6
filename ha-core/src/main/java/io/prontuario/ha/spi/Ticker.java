package io.prontuario.ha.spi;

/**
 * Where durations come from. Never goes back; says nothing about calendar time.
 *
 * <p>Callable from any thread.
 */
@FunctionalInterface
public interface Ticker {
    /** Nanoseconds since some fixed moment; only differences mean something. */
    long nanos();

    /** The machine's monotonic clock. */
    static Ticker system() {
        return System::nanoTime;
    }
}
