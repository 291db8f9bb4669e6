package io.prontuario.ha.model;

import java.time.Duration;
import java.util.Comparator;

/**
 * How far the log of a primary went when somebody last heard of it. What it has written since nobody knows.
 *
 * @param epoch in which it is the primary
 * @param timeline the timeline that it writes
 * @param position the furthest end of its log that was heard of, in bytes
 * @param age how long ago that was heard first
 */
public record HeardLog(long epoch, int timeline, long position, Duration age) {
    private static final Comparator<HeardLog> FURTHER =
            Comparator.comparingInt(HeardLog::timeline).thenComparingLong(HeardLog::position);

    /** What goes furthest comes last, and of the same that which was heard last. */
    public static final Comparator<HeardLog> ORDER =
            FURTHER.thenComparing(Comparator.comparing(HeardLog::age).reversed());

    /** Whether it goes further than another. */
    public boolean isBeyond(HeardLog other) {
        return FURTHER.compare(this, other) > 0;
    }

    /** The same with its age rounded up to seconds of which there are few: it is told again only when it has doubled. */
    public HeardLog toTell() {
        long seconds = 1;
        while (age.compareTo(Duration.ofSeconds(seconds)) > 0) {
            seconds *= 2;
        }
        return new HeardLog(epoch, timeline, position, Duration.ofSeconds(seconds));
    }
}
