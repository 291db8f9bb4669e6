package io.prontuario.ha.health;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * When something will be used up, by a straight line through what was seen in the last two hours. A line through two points would be led
 * astray by each log that is written and recycled.
 */
final class Trend {
    private static final Duration BETWEEN = Duration.ofMinutes(1);
    private static final Duration LEAST_SPAN = Duration.ofMinutes(10);
    private static final int MOST = 120;
    /** Beyond that the answer is no help to anybody. */
    private static final Duration FARTHEST = Duration.ofDays(30);

    private final Deque<Sample> samples = new ArrayDeque<>();

    private record Sample(long atNanos, double left) {}

    void saw(long nowNanos, double left) {
        Sample last = samples.peekLast();
        if (last != null && nowNanos - last.atNanos() < BETWEEN.toNanos()) {
            return;
        }
        if (samples.size() == MOST) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(nowNanos, left));
    }

    /** How long it lasts from the last sample on; null when it does not become less, or too little was seen to tell. */
    @Nullable
    Duration lasts() {
        Sample first = samples.peekFirst();
        Sample last = samples.peekLast();
        if (first == null || last == null || last.atNanos() - first.atNanos() < LEAST_SPAN.toNanos()) {
            return null;
        }
        double perSecond = -slope(last.atNanos());
        double seconds = last.left() / perSecond;
        return perSecond > 0 && seconds < FARTHEST.toSeconds() ? Duration.ofSeconds((long) seconds) : null;
    }

    /** Of the line with the least squares, in units a second. */
    private double slope(long originNanos) {
        double times = 0;
        double lefts = 0;
        for (Sample sample : samples) {
            times += seconds(sample, originNanos);
            lefts += sample.left();
        }
        double meanTime = times / samples.size();
        double meanLeft = lefts / samples.size();
        double both = 0;
        double squares = 0;
        for (Sample sample : samples) {
            double time = seconds(sample, originNanos) - meanTime;
            both += time * (sample.left() - meanLeft);
            squares += time * time;
        }
        return both / squares;
    }

    private static double seconds(Sample sample, long originNanos) {
        return (sample.atNanos() - originNanos) / 1e9;
    }
}
