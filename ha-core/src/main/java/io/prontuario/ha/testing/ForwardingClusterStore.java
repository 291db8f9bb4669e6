package io.prontuario.ha.testing;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store that leaves everything to another one: what a test puts in between, it overrides. */
public class ForwardingClusterStore implements ClusterStore {
    private final ClusterStore store;

    /** Closes the other one with itself. */
    protected ForwardingClusterStore(ClusterStore store) {
        this.store = store;
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
    public Optional<Versioned> lastSeen() {
        return store.lastSeen();
    }

    @Override
    public Optional<String> notUnderstood() {
        return store.notUnderstood();
    }

    @Override
    public WriteOutcome create(ClusterState first, Duration limit) {
        return store.create(first, limit);
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
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
    public AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        return store.append(entries, limit);
    }

    @Override
    public Optional<AuditRecord.Head> auditHead(Duration limit) {
        return store.auditHead(limit);
    }

    @Override
    public List<AuditRecord> auditTrail(Duration limit) {
        return store.auditTrail(limit);
    }

    @Override
    public Optional<VersionedEmergency> emergency(Duration limit) {
        return store.emergency(limit);
    }

    @Override
    public WriteOutcome compareAndSetEmergency(
            @Nullable VersionedEmergency expected, Emergency next, @Nullable Term term, Duration limit) {
        return store.compareAndSetEmergency(expected, next, term, limit);
    }

    @Override
    public void close() {
        store.close();
    }
}
