package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.postgres.LabServer;
import java.util.List;
import java.util.Set;

/** What pools are told of the cluster. */
final class PoolRecords {
    private PoolRecords() {}

    static ClusterState active(long epoch, LabServer primary) {
        return record(epoch, primary, true, Set.of());
    }

    static ClusterState nominated(long epoch, LabServer primary) {
        return record(epoch, primary, false, Set.of());
    }

    static ClusterState active(long epoch, LabServer primary, Copy standby) {
        return record(epoch, primary, true, Set.of(standby));
    }

    private static ClusterState record(long epoch, LabServer primary, boolean active, Set<Copy> inSync) {
        return new ClusterState(
                "lab",
                "",
                epoch,
                "transition",
                1,
                primary.copy(),
                active,
                inSync,
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }
}
