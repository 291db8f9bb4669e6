package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a person may have written into the record: that takeovers are forbidden or allowed again, and what a commit has to wait for. By
 * compare-and-set; others write too: after a lost race, or a write of which nobody has heard, it reads again and decides again.
 */
public final class RecordByHand {
    /** How long one exchange with the store may take, out of the whole. */
    private static final Duration CALL = Duration.ofSeconds(2);

    private final ClusterStore store;
    private final Ticker ticker;
    private final Duration limit;

    public RecordByHand(ClusterStore store, Ticker ticker, Duration limit) {
        this.store = store;
        this.ticker = ticker;
        this.limit = limit;
    }

    /** Forbids takeovers or allows them; answers and throws as {@link #bringAbout} does. */
    public boolean paused(boolean wanted) {
        return bringAbout(
                state -> state.paused() == wanted && state.pauseEnd() == null, state -> Protocol.pause(state, wanted));
    }

    /** Forbids takeovers until an end that needs no person; answers and throws as {@link #bringAbout} does. */
    public boolean pausedUntil(PauseEnd end) {
        return bringAbout(state -> end.equals(state.pauseEnd()), state -> Protocol.pauseUntil(state, end));
    }

    /** What a commit has to wait for; answers and throws as {@link #bringAbout} does. */
    public boolean durability(Durability wanted, int strictMinimum) {
        return bringAbout(
                state -> state.durability() == wanted
                        && (wanted != Durability.STRICT || state.strictMinimum() == strictMinimum),
                state -> Protocol.changeDurability(state, wanted, strictMinimum));
    }

    /**
     * Brings it about, or sees that it is so already.
     *
     * @return whether this call changed something
     * @throws StoreUnavailableException when it could not be brought about within the limit; it may still take effect
     * @throws IllegalStateException when there is no record, or the record does not allow it now
     */
    private boolean bringAbout(Predicate<ClusterState> so, Function<ClusterState, Change> changing) {
        long deadline = ticker.nanos() + limit.toNanos();
        boolean written = false;
        while (ticker.nanos() - deadline < 0) {
            Versioned record = store.read(CALL)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds no such cluster: correct its name, or create it with ha init"));
            if (so.test(record.state())) {
                return written;
            }
            Change change = changing.apply(record.state());
            ClusterState next =
                    change.next().orElseThrow(() -> new IllegalStateException("refused: " + change.refusal()));
            WriteOutcome outcome = store.compareAndSet(record, next, null, CALL);
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
