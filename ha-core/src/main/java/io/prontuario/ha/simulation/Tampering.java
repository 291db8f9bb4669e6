package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import java.util.Set;

/** What a test puts between the engine and its surroundings, to plant a mistake that the simulator has to find. */
interface Tampering {
    /** Nothing is tampered with. */
    Tampering NONE = new Tampering() {};

    default ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
        return store;
    }

    default FailoverStrategy postgres(ModelPostgres postgres, ClusterStore store) {
        return postgres;
    }

    default Machine.Memory memory(Machine.Memory memory) {
        return memory;
    }

    default Set<ModelPostgres.Guard> guards() {
        return ModelPostgres.allGuards();
    }
}
