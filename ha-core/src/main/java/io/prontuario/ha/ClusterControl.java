package io.prontuario.ha;

import io.prontuario.ha.engine.RecordByHand;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;

/**
 * What a person may ask of a cluster, from a node's process or from any other that reaches the store.
 *
 * <p>Any thread may call any method. Each blocks until the record says so.
 */
public final class ClusterControl {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final RecordByHand byHand;

    ClusterControl(ClusterStore store, Ticker ticker) {
        this.byHand = new RecordByHand(store, ticker, LIMIT);
    }

    /** Control by way of a store that has been started and is reached; it stays the caller's to close. */
    public static ClusterControl of(ClusterStore store) {
        return new ClusterControl(store, Ticker.system());
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
