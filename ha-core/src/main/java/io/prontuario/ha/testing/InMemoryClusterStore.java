package io.prontuario.ha.testing;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's store in memory, with the faults of a real one: cut off, session expired, an answer that gets lost.
 *
 * <p>Keeps the contract of {@link ClusterStore}: what a cut-off node saw last stays seen, its status and its leadership live on until
 * {@link #expire()}, and a term that was superseded writes nothing. Listeners are called on the thread that made the change.
 */
public final class InMemoryClusterStore implements ClusterStore {
    private static final Logger LOG = LoggerFactory.getLogger(InMemoryClusterStore.class);

    private final InMemoryEnsemble ensemble;
    private @Nullable Joined joined;
    private boolean reachable = true;
    private boolean everConnected;
    private boolean sessionLost;
    private boolean campaigning;
    private boolean replyLost;
    private boolean closed;
    private @Nullable Versioned seen;
    private @Nullable String notUnderstood;
    private Map<NodeName, NodeStatus> statuses = Map.of();
    private @Nullable NodeStatus published;
    private @Nullable Term term;

    private record Joined(String cluster, NodeName self, StoreListener listener) {}

    InMemoryClusterStore(InMemoryEnsemble ensemble) {
        this.ensemble = ensemble;
    }

    @Override
    public void start(String cluster, NodeName self, StoreListener listener) {
        synchronized (this) {
            if (joined != null || closed) {
                throw new IllegalStateException("a store is started once; this one was started or closed before");
            }
            joined = new Joined(cluster, self, listener);
        }
        ensemble.join(cluster, this);
        connectionChanged();
    }

    /** The node loses its way to the servers; its session lives until {@link #expire()}. */
    public void cutOff() {
        setReachable(false);
    }

    /** The node finds the servers again, with a new session if the old one has expired. */
    public void reconnect() {
        setReachable(true);
    }

    private void setReachable(boolean wanted) {
        synchronized (this) {
            reachable = wanted;
        }
        connectionChanged();
    }

    /** The servers end this node's session: its status goes, another may lead. The node itself does not hear of it while it is cut off. */
    public void expire() {
        Joined here = started();
        synchronized (this) {
            sessionLost = true;
        }
        ensemble.endSession(here.cluster(), this, false);
        connectionChanged();
    }

    /** The next write takes effect, and neither its answer nor a reading back arrives: {@link WriteOutcome#UNKNOWN}. */
    public synchronized void loseNextReply() {
        replyLost = true;
    }

    private boolean connected() {
        boolean up = ensemble.available();
        synchronized (this) {
            return up && reachable && joined != null && !closed;
        }
    }

    /** The way to the servers may have changed: catch up with what was missed. */
    void connectionChanged() {
        if (connected()) {
            Joined here = started();
            boolean candidate;
            NodeStatus status;
            synchronized (this) {
                everConnected = true;
                if (sessionLost) {
                    term = null;
                }
                sessionLost = false;
                candidate = campaigning;
                status = published;
            }
            ensemble.campaign(here.cluster(), this, candidate);
            if (status != null) {
                ensemble.publish(here.cluster(), this, status);
            }
        }
        changed();
    }

    /** Something may have changed on the servers. */
    void changed() {
        Joined here;
        synchronized (this) {
            here = joined;
        }
        if (here == null) {
            return;
        }
        if (connected()) {
            Optional<Versioned> record = ensemble.record(here.cluster());
            Map<NodeName, NodeStatus> all = ensemble.statuses(here.cluster());
            synchronized (this) {
                note(record);
                statuses = all;
            }
        }
        try {
            here.listener().changed();
        } catch (RuntimeException e) {
            LOG.warn("a listener of the store of {} failed", here.self(), e);
        }
    }

    synchronized void elected(Term raised) {
        term = raised;
    }

    @Override
    public StoreHealth health() {
        if (connected()) {
            return StoreHealth.CONNECTED;
        }
        synchronized (this) {
            if (!everConnected) {
                return StoreHealth.NEVER_CONNECTED;
            }
            return sessionLost ? StoreHealth.LOST : StoreHealth.SUSPENDED;
        }
    }

    @Override
    public Optional<Versioned> read(Duration limit) {
        Joined here = started();
        requireConnection();
        Optional<Versioned> record = ensemble.record(here.cluster());
        synchronized (this) {
            note(record);
            if (notUnderstood != null) {
                throw new StoreUnavailableException(notUnderstood);
            }
        }
        return record;
    }

    private void note(Optional<Versioned> record) {
        notUnderstood = record.flatMap(read -> read.state().format().beyond(RecordFormat.UNDERSTOOD))
                .orElse(null);
        seen = notUnderstood == null ? record.orElse(null) : null;
    }

    @Override
    public synchronized Optional<String> notUnderstood() {
        return Optional.ofNullable(notUnderstood);
    }

    private void requireConnection() {
        if (!connected()) {
            throw new StoreUnavailableException("the store in memory was told not to answer; resume or reconnect it");
        }
    }

    @Override
    public synchronized Optional<Versioned> lastSeen() {
        return Optional.ofNullable(seen);
    }

    @Override
    public WriteOutcome create(ClusterState first, Duration limit) {
        Joined here = started();
        return connected() ? answered(ensemble.create(here.cluster(), first)) : WriteOutcome.UNKNOWN;
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term guard, Duration limit) {
        Joined here = started();
        if (!connected()) {
            return WriteOutcome.UNKNOWN;
        }
        WriteOutcome outcome = ensemble.replace(here.cluster(), expected, next, guard);
        if (outcome == WriteOutcome.DEPOSED) {
            synchronized (this) {
                // Only the term that was refused: a newer one may have been won meanwhile.
                term = guard != null && guard.equals(term) ? null : term;
            }
        }
        return answered(outcome);
    }

    private synchronized WriteOutcome answered(WriteOutcome outcome) {
        boolean lost = replyLost;
        replyLost = false;
        return lost ? WriteOutcome.UNKNOWN : outcome;
    }

    @Override
    public void publish(NodeStatus status, boolean urgent) {
        Joined here = started();
        synchronized (this) {
            published = status;
        }
        if (connected()) {
            ensemble.publish(here.cluster(), this, status);
        }
    }

    @Override
    public synchronized Map<NodeName, NodeStatus> nodes() {
        return Map.copyOf(statuses);
    }

    @Override
    public void campaign(boolean wanted) {
        Joined here = started();
        synchronized (this) {
            if (campaigning == wanted) {
                return;
            }
            campaigning = wanted;
            if (!wanted) {
                term = null;
            }
        }
        if (connected()) {
            ensemble.campaign(here.cluster(), this, wanted);
        }
    }

    @Override
    public synchronized Optional<Term> leadership() {
        return Optional.ofNullable(term);
    }

    @Override
    public void record(String transitionId, long epoch, List<StepRecord> steps) {
        Joined here = started();
        if (connected()) {
            ensemble.record(here.cluster(), here.self(), transitionId, epoch, steps);
        }
    }

    @Override
    public List<TransitionRecord> history(int most, Duration limit) {
        Joined here = started();
        requireConnection();
        return ensemble.history(here.cluster(), most);
    }

    @Override
    public AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        Joined here = started();
        requireConnection();
        return ensemble.append(here.cluster(), entries);
    }

    @Override
    public Optional<AuditRecord.Head> auditHead(Duration limit) {
        List<AuditRecord> trail = auditTrail(limit);
        return trail.isEmpty()
                ? Optional.empty()
                : Optional.of(trail.get(trail.size() - 1).head());
    }

    @Override
    public List<AuditRecord> auditTrail(Duration limit) {
        Joined here = started();
        requireConnection();
        return ensemble.auditTrail(here.cluster());
    }

    @Override
    public Optional<VersionedEmergency> emergency(Duration limit) {
        Joined here = started();
        requireConnection();
        return ensemble.emergency(here.cluster());
    }

    @Override
    public WriteOutcome compareAndSetEmergency(
            @Nullable VersionedEmergency expected, Emergency next, @Nullable Term guard, Duration limit) {
        Joined here = started();
        return connected()
                ? answered(ensemble.replaceEmergency(here.cluster(), expected, next, guard))
                : WriteOutcome.UNKNOWN;
    }

    @Override
    public void close() {
        Joined here;
        synchronized (this) {
            here = closed ? null : joined;
            closed = true;
            term = null;
        }
        if (here != null) {
            ensemble.endSession(here.cluster(), this, true);
        }
    }

    private synchronized Joined started() {
        Joined here = joined;
        if (here == null) {
            throw new IllegalStateException("the store has not been started");
        }
        return here;
    }
}
