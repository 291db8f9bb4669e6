package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeMemory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node remembers beside its data; outlives its agent. */
final class DurableMemory implements Machine.Memory {
    private final Machine.AuditHead auditHead = new AuditHead();
    private @Nullable NodeMemory remembered;

    /** The end of the audit trail. */
    private static final class AuditHead implements Machine.AuditHead {
        private AuditRecord.@Nullable Head seen;

        @Override
        public Optional<AuditRecord.Head> remembered() {
            return Optional.ofNullable(seen);
        }

        @Override
        public void remember(AuditRecord.Head head) {
            seen = head;
        }
    }

    Machine.AuditHead auditHead() {
        return auditHead;
    }

    @Override
    public @Nullable NodeMemory remembered() {
        return remembered;
    }

    @Override
    public void remember(ClusterState state) {
        remembered = new NodeMemory(state.clusterId(), state.epoch(), state.transitionId(), state.systemIdentifier());
    }
}
