package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What the engine asks for. */
final class Requests {
    private Requests() {}

    static StepRequest enable(NodeName node) {
        return request(Verb.ENABLE, node, Duration.ofSeconds(10));
    }

    static StepRequest isolate(NodeName node) {
        return request(Verb.ISOLATE, node, Duration.ofSeconds(10));
    }

    static StepRequest request(Verb verb, NodeName node, Duration limit) {
        return new StepRequest(new Step("haproxy", verb, node), active(node), limit);
    }

    /** A node is the active primary. */
    static ClusterState active(NodeName node) {
        return state(node, true);
    }

    /** A node has been nominated and has not said yet that it is open. */
    static ClusterState nominated(NodeName node) {
        return state(node, false);
    }

    private static ClusterState state(NodeName node, boolean active) {
        return new ClusterState(
                "cluster-0001",
                "7300000000000000001",
                2,
                "transition-2",
                2,
                new Copy(node, "1a2b"),
                active,
                Set.of(),
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }
}
