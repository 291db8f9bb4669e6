package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.measure.Acknowledgement;
import java.time.Duration;
import java.util.List;

/** Gaps between acknowledgements. */
final class Outage {
    private Outage() {}

    /** The longest time without one between two moments; those that reach beyond count whole. */
    static Duration longest(List<Acknowledgement> all, long fromNanos, long toNanos) {
        long[] times = all.stream().mapToLong(Acknowledgement::nanos).sorted().toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] - fromNanos > 0 && times[i - 1] - toNanos < 0) {
                longest = Math.max(longest, times[i] - times[i - 1]);
            }
        }
        return Duration.ofNanos(longest);
    }
}
