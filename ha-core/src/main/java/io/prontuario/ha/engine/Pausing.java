package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;

/**
 * Writes into the record that takeovers are forbidden, or allowed again, by compare-and-set. Others write too: after a lost race, or a
 * write of which nobody has heard, it reads again and decides again.
 */
public final class Pausing {
    /** How long one exchange with the store may take, out of the whole. */
    private static final Duration CALL = Duration.ofSeconds(2);

    private Pausing() {}

    /**
     * Brings it about, or sees that it is so already.
     *
     * @return whether this call changed something
     * @throws StoreUnavailableException when it could not be brought about within {@code limit}; it may still take effect
     * @throws IllegalStateException when there is no record
     */
    public static boolean set(ClusterStore store, boolean paused, Ticker ticker, Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        boolean written = false;
        while (ticker.nanos() - deadline < 0) {
            Versioned record = store.read(CALL)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds no such cluster: correct its name, or create it with ha init"));
            Change change = Protocol.pause(record.state(), paused);
            if (change.next().isEmpty()) {
                return written;
            }
            WriteOutcome outcome = store.compareAndSet(record, change.next().get(), null, CALL);
            switch (outcome) {
                case DONE -> {
                    return true;
                }
                // What is found now may be this very write, which has arrived after all.
                case UNKNOWN -> written = true;
                case CONFLICT, DEPOSED -> {}
            }
        }
        throw new StoreUnavailableException("the record was not written within " + limit.toSeconds()
                + " s: others changed it all the time, or the store did not answer. It may still take effect: look at"
                + " ha status before trying again");
    }
}
