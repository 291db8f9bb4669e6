package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeMemory;
import org.jspecify.annotations.Nullable;

/** What a node remembers beside its data; outlives its agent. */
final class DurableMemory implements Machine.Memory {
    private @Nullable NodeMemory remembered;

    @Override
    public @Nullable NodeMemory remembered() {
        return remembered;
    }

    @Override
    public void remember(ClusterState state) {
        remembered = new NodeMemory(state.clusterId(), state.epoch(), state.transitionId(), state.systemIdentifier());
    }
}
