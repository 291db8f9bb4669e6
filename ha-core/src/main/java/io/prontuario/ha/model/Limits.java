package io.prontuario.ha.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The times by which a node decides. One record for the whole cluster's nodes; give the same to all of them. Besides their ranges:
 * {@code reconnectGrace} is at most {@code standbyTimeout}, {@code promotionTimeout} at least {@code suspicionTime}, {@code restartGrace}
 * at least {@code suspicionTime} and {@code sessionTime}.
 *
 * @param suspicionTime how long every sighting of a silent host must be negative before it counts as dead. Default 1 s, 200 ms to
 *     60 s. Shorter: a hiccup of the network costs a needless failover (never a write). Longer: that much more outage.
 * @param standbyTimeout how long a commit waits for a certified standby without flush progress before it counts as lost. Default
 *     1 s, 100 ms to 60 s. Shorter: a busy standby's disk costs its certificate. Longer: writes stall that long.
 * @param reconnectGrace how long a certified standby's connection may be gone while a commit waits. Default 200 ms, 0 to 10 s.
 * @param promotionTimeout how long a nominee may go without progress before another heir is tried; doubles with each. Default 10 s.
 * @param restartGrace how long the agent of a dead primary with certified standbys waits for a takeover before it restarts its
 *     server in place. Default 5 s. Shorter than a takeover: a needless second recovery, never a loss.
 * @param recertifyPause the shortest pause between two attempts to certify the same standby; doubles up to 32 times after failures.
 * @param sessionTime the session time asked of the store. Default 2 s.
 */
public record Limits(
        Duration suspicionTime,
        Duration standbyTimeout,
        Duration reconnectGrace,
        Duration promotionTimeout,
        Duration restartGrace,
        Duration recertifyPause,
        Duration sessionTime) {

    /** The defaults above. */
    public static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(200),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofSeconds(2));

    /** Everything that is wrong with these limits, one sentence each; empty when they may be used. */
    public List<String> violations() {
        List<String> found = new ArrayList<>();
        within(found, "suspicionTime", suspicionTime, Duration.ofMillis(200), Duration.ofSeconds(60));
        within(found, "standbyTimeout", standbyTimeout, Duration.ofMillis(100), Duration.ofSeconds(60));
        within(found, "reconnectGrace", reconnectGrace, Duration.ZERO, Duration.ofSeconds(10));
        within(found, "promotionTimeout", promotionTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
        within(found, "restartGrace", restartGrace, Duration.ofMillis(500), Duration.ofMinutes(10));
        within(found, "recertifyPause", recertifyPause, Duration.ofMillis(10), Duration.ofMinutes(1));
        within(found, "sessionTime", sessionTime, Duration.ofMillis(500), Duration.ofSeconds(60));
        if (found.isEmpty()) {
            relations(found);
        }
        return List.copyOf(found);
    }

    private void relations(List<String> found) {
        if (reconnectGrace.compareTo(standbyTimeout) > 0) {
            found.add("reconnectGrace is " + reconnectGrace.toMillis() + " ms, must be at most standbyTimeout, "
                    + standbyTimeout.toMillis() + " ms: a standby that is gone is not waited for longer than one that"
                    + " is there");
        }
        atLeast(
                found,
                "promotionTimeout",
                promotionTimeout,
                "suspicionTime",
                suspicionTime,
                "a nominee is not given up sooner than a silent host");
        String late = "the server would be restarted before anybody could have taken over";
        atLeast(found, "restartGrace", restartGrace, "suspicionTime", suspicionTime, late);
        atLeast(found, "restartGrace", restartGrace, "sessionTime", sessionTime, late);
    }

    private static void atLeast(
            List<String> found, String name, Duration value, String other, Duration least, String why) {
        if (value.compareTo(least) < 0) {
            found.add(name + " is " + value.toMillis() + " ms, must be at least " + other + ", " + least.toMillis()
                    + " ms: " + why);
        }
    }

    private static void within(List<String> found, String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            found.add(name + " is " + value.toMillis() + " ms, must be between " + least.toMillis() + " and "
                    + most.toMillis() + " ms");
        }
    }
}
