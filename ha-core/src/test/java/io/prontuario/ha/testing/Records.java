package io.prontuario.ha.testing;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Records as the stores' tests need them. */
public final class Records {
    public static final NodeName STUDIO_1 = new NodeName("studio-1");
    public static final NodeName STUDIO_2 = new NodeName("studio-2");
    public static final NodeName WITNESS = new NodeName("witness");
    public static final Copy COPY_1 = new Copy(STUDIO_1, "1a2b");
    public static final Copy COPY_2 = new Copy(STUDIO_2, "7f3a");

    private Records() {}

    /** Studio-1 active, studio-2 certified. */
    public static ClusterState state(long epoch) {
        return new ClusterState(
                "cluster-0001",
                "7300000000000000001",
                epoch,
                "transition-" + epoch,
                (int) epoch,
                COPY_1,
                true,
                Set.of(COPY_2),
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }

    public static NodeStatus status(NodeName node, String activity) {
        return new NodeStatus(node, NodeRole.DATA, "127.0.0.1:0", false, DataStatus.UNKNOWN, 1, "", activity);
    }

    public static StepRecord step(String transitionId, long epoch, NodeName node, String step, int second) {
        return new StepRecord(
                transitionId,
                epoch,
                node,
                step,
                "done",
                Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second),
                Duration.ofMillis(4),
                "");
    }
}
