package io.prontuario.ha.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How long ago the log was where a follower is now. Unlike the age of the last replayed transaction it is zero when the follower has
 * everything, however long nothing has been written.
 */
final class LagClock {
    private static final int MOST = 512;

    private final Deque<Reached> ahead = new ArrayDeque<>();
    private long head;
    private long behindBytes;

    private record Reached(long atNanos, long position) {}

    /** The log ends here now, and the follower is there. */
    void saw(long nowNanos, long end, long follower) {
        if (end < head) {
            // Another log, such as after a rewind.
            ahead.clear();
            head = end;
        }
        if (end > head || (ahead.isEmpty() && end > follower)) {
            head = end;
            if (ahead.size() == MOST) {
                thinOut();
            }
            ahead.addLast(new Reached(nowNanos, end));
        }
        while (!ahead.isEmpty() && ahead.getFirst().position() <= follower) {
            ahead.removeFirst();
        }
        behindBytes = Math.max(0, end - follower);
    }

    /** Every other one goes, but for the first, which is what counts. */
    private void thinOut() {
        boolean[] keep = {false};
        ahead.removeIf(reached -> {
            keep[0] = !keep[0];
            return !keep[0];
        });
    }

    long bytes() {
        return behindBytes;
    }

    Duration behind(long nowNanos) {
        return ahead.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(nowNanos - ahead.getFirst().atNanos());
    }
}
