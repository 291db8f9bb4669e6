package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingClusterStore;
import io.prontuario.ha.testing.InMemoryClusterStore;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store whose watch can be held up: what was last seen stays what it was, while writes and reads go on. Somebody else may get in before a
 * write.
 */
final class StaleStore extends ForwardingClusterStore {
    private final InMemoryClusterStore store;
    private @Nullable Versioned held;
    private Runnable beforeNextWrite = () -> {};
    private int losses;

    StaleStore(InMemoryClusterStore store) {
        super(store);
        this.store = store;
    }

    InMemoryClusterStore real() {
        return store;
    }

    /** Done by whoever writes next, before the write. */
    void beforeNextWrite(Runnable act) {
        beforeNextWrite = act;
    }

    /** So many of the next writes do not arrive, and whoever makes them does not hear of it. */
    synchronized void loseWrites(int writes) {
        losses = writes;
    }

    synchronized int lossesLeft() {
        return losses;
    }

    synchronized void holdUp() {
        held = store.lastSeen().orElseThrow();
    }

    @Override
    public synchronized Optional<Versioned> lastSeen() {
        return held == null ? store.lastSeen() : Optional.of(held);
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
        synchronized (this) {
            if (losses > 0) {
                losses--;
                return WriteOutcome.UNKNOWN;
            }
        }
        Runnable act = beforeNextWrite;
        beforeNextWrite = () -> {};
        act.run();
        return store.compareAndSet(expected, next, term, limit);
    }
}
