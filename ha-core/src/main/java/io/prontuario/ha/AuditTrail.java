package io.prontuario.ha;

import io.prontuario.ha.model.AuditCheck;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who has decided, done, refused or allowed what in a cluster, when and why: entries in a chain of hashes that is only appended to.
 *
 * <p>Any thread may call any method. Each blocks for as long as the store takes to answer.
 */
public final class AuditTrail {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ClusterStore store;
    private final InstantSource clock;

    AuditTrail(ClusterStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The trail in a store that has been started and is reached; it stays the caller's to close. */
    public static AuditTrail on(ClusterStore store) {
        return new AuditTrail(store, InstantSource.system());
    }

    /**
     * Notes what a person has asked for or allowed. Best effort: what a person does in an emergency is not held up by its note.
     *
     * @return whether it is in the trail
     */
    public boolean note(AuditEntry.Kind kind, String who, String what, String why, String evidence) {
        try {
            store.append(List.of(new AuditEntry(clock.instant(), who, kind, what, why, evidence)), LIMIT);
            return true;
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    /** All that is kept, in order.
     *
     * @throws StoreUnavailableException when the store does not answer
     */
    public List<AuditRecord> entries() {
        return store.auditTrail(LIMIT);
    }

    /**
     * What was done to it, a sentence each; empty when it is as it was written.
     *
     * @param remembered the ends that others remember, by who they are; without them a trail whose end was cut off looks whole
     * @throws StoreUnavailableException when the store does not answer
     */
    public List<String> verify(Map<String, AuditRecord.Head> remembered) {
        // The end first: what is appended meanwhile would otherwise look as if it had been put in.
        for (int attempt = 0; ; attempt++) {
            Optional<AuditRecord.Head> head = store.auditHead(LIMIT);
            List<AuditRecord> all = entries();
            boolean moved = !head.equals(store.auditHead(LIMIT));
            if (!moved || attempt == 10) {
                return AuditCheck.findings(all, head, ClusterStore.KEPT_AUDIT, remembered);
            }
        }
    }
}
