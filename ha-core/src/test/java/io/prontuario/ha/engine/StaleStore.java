package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.InMemoryClusterStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store whose watch can be held up: what was last seen stays what it was, while writes and reads go on. Somebody else may get in before a
 * write.
 */
final class StaleStore implements ClusterStore {
    private final InMemoryClusterStore store;
    private @Nullable Versioned held;
    private Runnable beforeNextWrite = () -> {};
    private int losses;

    StaleStore(InMemoryClusterStore store) {
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
    public void start(String cluster, NodeName self, StoreListener listener) {
        store.start(cluster, self, listener);
    }

    @Override
    public StoreHealth health() {
        return store.health();
    }

    @Override
    public Optional<Versioned> read(Duration limit) {
        return store.read(limit);
    }

    @Override
    public WriteOutcome create(ClusterState first, Duration limit) {
        return store.create(first, limit);
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

    @Override
    public void publish(NodeStatus status, boolean urgent) {
        store.publish(status, urgent);
    }

    @Override
    public Map<NodeName, NodeStatus> nodes() {
        return store.nodes();
    }

    @Override
    public void campaign(boolean wanted) {
        store.campaign(wanted);
    }

    @Override
    public Optional<Term> leadership() {
        return store.leadership();
    }

    @Override
    public void record(String transitionId, long epoch, List<StepRecord> steps) {
        store.record(transitionId, epoch, steps);
    }

    @Override
    public List<TransitionRecord> history(int most, Duration limit) {
        return store.history(most, limit);
    }

    @Override
    public void close() {
        store.close();
    }
}
