package io.prontuario.ha.model;

import java.time.Duration;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A health check as it stood when it was last heard of.
 *
 * @param name the check's name
 * @param capability what suffers when it fails
 * @param standing how it stands
 * @param detail one line for a person
 * @param took how long the last look took; up to now while it still goes on past its limit
 * @param age how long ago the last look ended; zero before the first
 * @param left how much is left of what is being used up; empty when nothing is
 * @param lasts when nothing will be left at the rate of the last hours; null when it does not become less, or too little was seen to tell
 */
public record CheckState(
        String name,
        Capability capability,
        Standing standing,
        String detail,
        Duration took,
        Duration age,
        OptionalDouble left,
        @Nullable Duration lasts) {
    /** How a check stands. */
    public enum Standing {
        /** It has not been looked yet. */
        UNKNOWN,
        /** As it should be. */
        OK,
        /** Not as it should be, or the look failed or did not end within its limit. */
        FAILED
    }

    /** Whether it is known to be as it should be. */
    public boolean ok() {
        return standing == Standing.OK;
    }
}
