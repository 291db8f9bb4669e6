package io.prontuario.ha.spi;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the one record lives, the nodes' statuses, the election and the history. ZooKeeper in production, in memory for tests.
 *
 * <p>Any thread may call any method. Methods without a limit answer from memory and do no I/O.
 */
public interface ClusterStore extends AutoCloseable {
    /** How many entries of the audit trail a store keeps. */
    int KEPT_AUDIT = 5_000;

    /** Connects in the background and keeps connecting; never blocks. {@code self} takes no part in the election until {@link #campaign}. */
    void start(String cluster, NodeName self, StoreListener listener);

    /** Whether the store is reached now, as last heard from its connection. */
    StoreHealth health();

    /** The record as it is now: a read that has seen every write finished before this call. Empty when there is none.
     *
     * @throws StoreUnavailableException when the store does not answer within {@code limit}, or holds a record that is not understood
     */
    Optional<Versioned> read(Duration limit);

    /** The record as last seen through the watch. May be old; fine to decide by, since every act is a compare-and-set or harmless. Empty
     * while what is there is not understood. */
    Optional<Versioned> lastSeen();

    /**
     * Why the record that is there is not given out, in a sentence for a person: it is of a format beyond
     * {@link io.prontuario.ha.model.RecordFormat#UNDERSTOOD}, or holds what this version does not know. Empty when it is understood, and when
     * there is none.
     */
    default Optional<String> notUnderstood() {
        return Optional.empty();
    }

    /** Creates the record, only if there is none. */
    WriteOutcome create(ClusterState first, Duration limit);

    /**
     * Replaces the record if it is still {@code expected}. An unknown outcome is looked into (re-read, compare the write id) before
     * this returns; it is never repeated blindly.
     *
     * @param term the coordinator's term, checked in the same transaction; null for an agent's write, which the version alone guards
     */
    WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit);

    /**
     * Publishes this node's status for as long as its session lives. Coalesced; {@code urgent} goes at once. Never blocks. A goodbye (a
     * status that is {@code leaving}) outlives the session, until this node publishes again; {@link #close} waits a moment for it.
     */
    void publish(NodeStatus status, boolean urgent);

    /** The statuses of the nodes whose sessions live, and the goodbyes of those that closed in order, as last seen. */
    Map<NodeName, NodeStatus> nodes();

    /** Takes part in the election, or leaves it and lets another lead. Never blocks. */
    void campaign(boolean wanted);

    /** The term this node holds, as far as it knows; a write with it tells for certain. */
    Optional<Term> leadership();

    /** Adds steps to the history, in the background; lost quietly when the store is away. Keeps a bounded number of transitions. */
    void record(String transitionId, long epoch, List<StepRecord> steps);

    /** The latest transitions, newest first.
     *
     * @throws StoreUnavailableException when the store does not answer within {@code limit}
     */
    List<TransitionRecord> history(int most, Duration limit);

    /**
     * Appends entries to the audit trail, in order and all or none, behind whatever others append at the same time. A bounded number is kept;
     * the oldest go first.
     *
     * @return the end of the trail that they made
     * @throws StoreUnavailableException when it is not known to be so within {@code limit}; they may be there all the same, and then twice if
     *     this is repeated. Also when this store keeps no trail
     */
    default AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        throw new StoreUnavailableException("this store keeps no audit trail");
    }

    /** The end of the audit trail; empty when there is none.
     *
     * @throws StoreUnavailableException when the store does not answer within {@code limit}
     */
    default Optional<AuditRecord.Head> auditHead(Duration limit) {
        return Optional.empty();
    }

    /** The audit trail as far as it is kept, in order.
     *
     * @throws StoreUnavailableException when the store does not answer within {@code limit}
     */
    default List<AuditRecord> auditTrail(Duration limit) {
        return List.of();
    }

    /**
     * The emergency as it is now; empty when there never was one, and in a store that keeps none.
     *
     * @throws StoreUnavailableException when the store does not answer within {@code limit}
     */
    default Optional<VersionedEmergency> emergency(Duration limit) {
        return Optional.empty();
    }

    /**
     * Writes the emergency if it is still {@code expected}. As with the record, an unknown outcome is looked into before this returns and
     * never repeated blindly.
     *
     * @param expected what was read; null: only if there is none
     * @param term the coordinator's term, checked in the same transaction; null for a person's write, which the version alone guards
     * @throws StoreUnavailableException in a store that keeps none
     */
    default WriteOutcome compareAndSetEmergency(
            @Nullable VersionedEmergency expected, Emergency next, @Nullable Term term, Duration limit) {
        throw new StoreUnavailableException("this store keeps no emergency");
    }

    /** Leaves the election, deletes what lives with this session, disconnects. Idempotent, bounded, never throws. */
    @Override
    void close();
}
