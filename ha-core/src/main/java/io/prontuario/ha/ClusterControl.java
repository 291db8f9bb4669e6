package io.prontuario.ha;

import io.prontuario.ha.engine.RecordByHand;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * What a person may ask of a cluster, from a node's process or from any other that reaches the store.
 *
 * <p>Any thread may call any method. Each blocks until the record says so.
 */
public final class ClusterControl {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(24);

    private final RecordByHand byHand;
    private final InstantSource clock;

    ClusterControl(ClusterStore store, Ticker ticker, InstantSource clock) {
        this.clock = clock;
        this.byHand = new RecordByHand(store, ticker, LIMIT);
    }

    /** Control by way of a store that has been started and is reached; it stays the caller's to close. */
    public static ClusterControl of(ClusterStore store) {
        return new ClusterControl(store, Ticker.system(), InstantSource.system());
    }

    /**
     * Forbids takeovers until {@link #resume()}. Once this returns, no nomination that has not been written is written any more. Standbys are
     * certified and decertified as before, a nomination that was written before is carried to its end, and an agent whose server
     * dies restarts it in place at once.
     *
     * @return whether this call changed it; false when it was so already
     * @throws io.prontuario.ha.spi.StoreUnavailableException when it is not known to be so after 10 s; it may still take effect
     * @throws IllegalStateException when the store holds no such cluster
     */
    public boolean pause() {
        return byHand.paused(true);
    }

    /**
     * The same until so much time has passed, or {@link #resume()}. The nodes keep it: whoever coordinates allows takeovers again, whatever has
     * become of this process. A pause that ends by itself is replaced by this one; one that does not is left as it is.
     *
     * @param time more than zero and at most 24 h
     * @return what was written, with the time at which it ends by this machine's clock
     * @throws io.prontuario.ha.spi.StoreUnavailableException as {@link #pause()}
     * @throws IllegalStateException when the store holds no such cluster, or it is paused until somebody resumes it
     * @throws IllegalArgumentException when {@code time} is out of range
     */
    public PauseEnd pauseFor(Duration time) {
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_PAUSE) > 0) {
            throw new IllegalArgumentException("a pause of " + time.toSeconds()
                    + " s: give more than zero, and at most " + LONGEST_PAUSE.toHours() + " h");
        }
        // For people: nobody reads nanoseconds.
        Instant about = clock.instant().plus(time).truncatedTo(ChronoUnit.SECONDS);
        PauseEnd end = new PauseEnd(UUID.randomUUID().toString().substring(0, 8), time, about);
        byHand.pausedUntil(end);
        return end;
    }

    /** Allows takeovers again: if the primary counts as dead, one begins at once. Answers and throws as {@link #pause()} does. */
    public boolean resume() {
        return byHand.paused(false);
    }

    /**
     * Chooses what a commit has to wait for from now on. The primary's agent brings its server in line a moment after this returns: until then
     * commits wait as before.
     *
     * @param strictMinimum how many certified standbys a commit needs in {@code STRICT}, at least 1; of no effect otherwise
     * @return whether this call changed it; false when it was so already
     * @throws io.prontuario.ha.spi.StoreUnavailableException when it is not known to be so after 10 s; it may still take effect
     * @throws IllegalStateException when the store holds no such cluster, or a transition is under way
     * @throws IllegalArgumentException when {@code strictMinimum} is less than 1
     */
    public boolean durability(Durability wanted, int strictMinimum) {
        if (strictMinimum < 1) {
            throw new IllegalArgumentException("strictMinimum is " + strictMinimum + ", must be at least 1");
        }
        return byHand.durability(wanted, strictMinimum);
    }
}
