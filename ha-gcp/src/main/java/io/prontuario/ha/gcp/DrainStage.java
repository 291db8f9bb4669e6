package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Clients have had the time to follow the name. Counted from when this process first saw that the name leads home; another coordinator
 * counts anew, which is the harmless direction.
 */
record DrainStage(Duration time, AtomicReference<Long> homeSince) implements Stage {

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public Outcome run(Deadline deadline, String memo) {
        long now = deadline.ticker().nanos();
        homeSince.compareAndSet(null, now);
        Long since = homeSince.get();
        Duration left = time.minusNanos(now - (since == null ? now : since));
        return left.isNegative() || left.isZero()
                ? Outcome.alreadySo("the name has led home for " + time.toSeconds() + " s")
                : Outcome.inProgress(
                        "clients may keep the cloud's address for " + Math.max(1, left.toSeconds()) + " s more",
                        left.compareTo(Failures.SOON) < 0 ? left : Failures.SOON);
    }
}
