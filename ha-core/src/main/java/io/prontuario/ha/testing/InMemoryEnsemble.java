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
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the {@link InMemoryClusterStore stores} of several nodes share: the part that three ZooKeeper servers play in production.
 *
 * <p>Deterministic: no thread, no clock. A session ends only when a test says so, and everybody connected is told of a change before the
 * call that made it returns.
 */
public final class InMemoryEnsemble {
    static final int KEPT_TRANSITIONS = 50;

    private final Map<String, Cluster> clusters = new HashMap<>();
    private boolean available = true;

    /** What is kept for one cluster. Guarded by the ensemble. */
    static final class Cluster {
        private final List<InMemoryClusterStore> stores = new ArrayList<>();
        private final List<InMemoryClusterStore> candidates = new ArrayList<>();
        private final Map<NodeName, Published> statuses = new TreeMap<>();
        private final NavigableMap<String, Map<NodeName, List<StepRecord>>> history = new TreeMap<>();
        private final List<AuditRecord> audit = new ArrayList<>();
        private @Nullable Versioned record;
        private @Nullable VersionedEmergency emergency;
        private @Nullable InMemoryClusterStore leader;
        private long incarnations;
        private long writes;
        private int terms;
    }

    private record Published(InMemoryClusterStore by, NodeStatus status) {}

    /** A store for one more node; nothing is shared with it before its {@code start}. */
    public InMemoryClusterStore store() {
        return new InMemoryClusterStore(this);
    }

    /** The servers stop answering; sessions outlive it. */
    public void stop() {
        setAvailable(false);
    }

    /** The servers answer again, with everything they knew. */
    public void resume() {
        setAvailable(true);
    }

    private void setAvailable(boolean wanted) {
        List<InMemoryClusterStore> concerned = new ArrayList<>();
        synchronized (this) {
            available = wanted;
            clusters.values().forEach(cluster -> concerned.addAll(cluster.stores));
        }
        concerned.forEach(InMemoryClusterStore::connectionChanged);
    }

    synchronized boolean available() {
        return available;
    }

    /** The record of {@code cluster} is deleted, as by an operator's hand; the next one created has another incarnation. */
    public void deleteRecord(String cluster) {
        synchronized (this) {
            cluster(cluster).record = null;
        }
        tell(cluster);
    }

    /** The record of {@code cluster} is put back to what it was, version and all, as by servers restored from a backup. */
    public void restoreRecord(String cluster, Versioned former) {
        synchronized (this) {
            cluster(cluster).record = former;
        }
        tell(cluster);
    }

    private Cluster cluster(String name) {
        return clusters.computeIfAbsent(name, any -> new Cluster());
    }

    synchronized void join(String cluster, InMemoryClusterStore store) {
        cluster(cluster).stores.add(store);
    }

    synchronized Optional<Versioned> record(String cluster) {
        return Optional.ofNullable(cluster(cluster).record);
    }

    WriteOutcome create(String name, ClusterState first) {
        synchronized (this) {
            Cluster cluster = cluster(name);
            if (cluster.record != null) {
                return WriteOutcome.CONFLICT;
            }
            cluster.record = new Versioned(first, 0, ++cluster.incarnations, "write-" + ++cluster.writes);
        }
        tell(name);
        return WriteOutcome.DONE;
    }

    WriteOutcome replace(String name, Versioned expected, ClusterState next, @Nullable Term term) {
        synchronized (this) {
            Cluster cluster = cluster(name);
            if (term != null && term.version() != cluster.terms) {
                return WriteOutcome.DEPOSED;
            }
            Versioned present = cluster.record;
            if (present == null
                    || present.version() != expected.version()
                    || present.incarnation() != expected.incarnation()
                    || !present.writeId().equals(expected.writeId())) {
                return WriteOutcome.CONFLICT;
            }
            cluster.record =
                    new Versioned(next, present.version() + 1, present.incarnation(), "write-" + ++cluster.writes);
        }
        tell(name);
        return WriteOutcome.DONE;
    }

    synchronized Optional<VersionedEmergency> emergency(String name) {
        return Optional.ofNullable(cluster(name).emergency);
    }

    WriteOutcome replaceEmergency(
            String name, @Nullable VersionedEmergency expected, Emergency next, @Nullable Term term) {
        synchronized (this) {
            Cluster cluster = cluster(name);
            if (term != null && term.version() != cluster.terms) {
                return WriteOutcome.DEPOSED;
            }
            VersionedEmergency present = cluster.emergency;
            if (!Objects.equals(present, expected)) {
                return WriteOutcome.CONFLICT;
            }
            cluster.emergency = new VersionedEmergency(next, present == null ? 0 : present.version() + 1);
        }
        tell(name);
        return WriteOutcome.DONE;
    }

    void publish(String name, InMemoryClusterStore by, NodeStatus status) {
        synchronized (this) {
            cluster(name).statuses.put(status.node(), new Published(by, status));
        }
        tell(name);
    }

    synchronized Map<NodeName, NodeStatus> statuses(String name) {
        Map<NodeName, NodeStatus> all = new TreeMap<>();
        cluster(name).statuses.forEach((node, published) -> all.put(node, published.status()));
        return all;
    }

    /** Takes part or leaves. The longest waiting candidate leads, as with sequential election nodes. */
    void campaign(String name, InMemoryClusterStore store, boolean wanted) {
        synchronized (this) {
            Cluster cluster = cluster(name);
            if (wanted == cluster.candidates.contains(store)) {
                return;
            }
            if (wanted) {
                cluster.candidates.add(store);
            } else {
                cluster.candidates.remove(store);
            }
            elect(cluster);
        }
        tell(name);
    }

    private static void elect(Cluster cluster) {
        InMemoryClusterStore present = cluster.leader;
        if (present != null && cluster.candidates.contains(present)) {
            return;
        }
        InMemoryClusterStore next = cluster.candidates.isEmpty() ? null : cluster.candidates.get(0);
        cluster.leader = next;
        if (next != null) {
            cluster.terms++;
            next.elected(new Term(cluster.terms, cluster.terms));
        }
    }

    /** The store's session is over: what lived with it is gone, and another may lead. */
    void endSession(String name, InMemoryClusterStore store, boolean forGood) {
        synchronized (this) {
            Cluster cluster = cluster(name);
            cluster.statuses
                    .values()
                    .removeIf(published ->
                            published.by() == store && !published.status().leaving());
            cluster.candidates.remove(store);
            if (cluster.leader == store) {
                cluster.leader = null;
            }
            if (forGood) {
                cluster.stores.remove(store);
            }
            elect(cluster);
        }
        tell(name);
    }

    void record(String name, NodeName node, String transitionId, long epoch, List<StepRecord> steps) {
        synchronized (this) {
            NavigableMap<String, Map<NodeName, List<StepRecord>>> history = cluster(name).history;
            history.computeIfAbsent(key(epoch, transitionId), any -> new TreeMap<>())
                    .put(node, List.copyOf(steps));
            while (history.size() > KEPT_TRANSITIONS) {
                history.pollFirstEntry();
            }
        }
        tell(name);
    }

    synchronized List<TransitionRecord> history(String name, int most) {
        List<TransitionRecord> latest = new ArrayList<>();
        for (Map.Entry<String, Map<NodeName, List<StepRecord>>> entry :
                cluster(name).history.descendingMap().entrySet()) {
            if (latest.size() == most) {
                break;
            }
            int dash = entry.getKey().indexOf('-');
            List<StepRecord> steps =
                    entry.getValue().values().stream().flatMap(List::stream).toList();
            latest.add(new TransitionRecord(
                    entry.getKey().substring(dash + 1),
                    Long.parseLong(entry.getKey().substring(0, dash)),
                    steps));
        }
        return latest;
    }

    synchronized AuditRecord.Head append(String name, List<AuditEntry> entries) {
        List<AuditRecord> audit = cluster(name).audit;
        for (AuditEntry entry : entries) {
            Optional<AuditRecord.Head> before = audit.isEmpty()
                    ? Optional.empty()
                    : Optional.of(audit.get(audit.size() - 1).head());
            audit.add(AuditRecord.after(before, entry));
        }
        while (audit.size() > ClusterStore.KEPT_AUDIT) {
            audit.remove(0);
        }
        return audit.get(audit.size() - 1).head();
    }

    synchronized List<AuditRecord> auditTrail(String name) {
        return List.copyOf(cluster(name).audit);
    }

    /** The end of the audit trail of {@code cluster} is cut off, by somebody who sets back its head as well. */
    public synchronized void cutOffAudit(String cluster, int left) {
        List<AuditRecord> audit = cluster(cluster).audit;
        audit.subList(left, audit.size()).clear();
    }

    private static String key(long epoch, String transitionId) {
        return String.format(java.util.Locale.ROOT, "%012d-%s", epoch, transitionId);
    }

    /** Outside the lock: a listener may call back. */
    private void tell(String name) {
        List<InMemoryClusterStore> stores;
        synchronized (this) {
            stores = List.copyOf(cluster(name).stores);
        }
        stores.forEach(InMemoryClusterStore::changed);
    }
}
