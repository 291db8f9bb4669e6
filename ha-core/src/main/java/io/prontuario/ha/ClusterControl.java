package io.prontuario.ha;

import io.prontuario.ha.engine.Pausing;
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

    private final ClusterStore store;
    private final Ticker ticker;

    ClusterControl(ClusterStore store, Ticker ticker) {
        this.store = store;
        this.ticker = ticker;
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
        return Pausing.set(store, true, ticker, LIMIT);
    }

    /** Allows takeovers again: if the primary counts as dead, one begins at once. Answers and throws as {@link #pause()} does. */
    public boolean resume() {
        return Pausing.set(store, false, ticker, LIMIT);
    }
}
