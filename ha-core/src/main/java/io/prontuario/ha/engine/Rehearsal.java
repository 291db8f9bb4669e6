package io.prontuario.ha.engine;

import io.prontuario.ha.decide.AgentPolicy;
import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.CoordinatorPolicy;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.StandardPolicy;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Decides a made-up failover once at the start, on values that belong to no cluster. A node may run for a year before its first real
 * one, which then has to find its classes loaded: measured, the first failover of a process took twice as long as the second.
 */
final class Rehearsal {
    private Rehearsal() {}

    /** Pure: what is decided here is thrown away. Answers whether the made-up failover came to its end. */
    static boolean run() {
        Copy first = new Copy(new NodeName("rehearsal-1"), "0000");
        Copy second = new Copy(new NodeName("rehearsal-2"), "0000");
        ClusterState certified = next(Protocol.certify(
                next(Protocol.activate(Protocol.bootstrap("rehearsal", "0", first, Durability.AVAILABLE, 1), first, 1)),
                first,
                second));
        ClusterView dead = view(first.node(), certified, first, second);
        boolean decided =
                CoordinatorPolicy.decide(dead, StandardPolicy.decide(dead)).subject() != null;
        ClusterState nominated =
                next(Protocol.nominate(certified, second, "1", TransitionKind.FAILOVER, "rehearsal", Instant.EPOCH));
        ClusterView asked = view(second.node(), nominated, first, second);
        AgentPolicy.decide(asked);
        CoordinatorPolicy.decide(asked, StandardPolicy.decide(asked));
        ClusterState active = next(Protocol.activate(nominated, second, nominated.timeline()));
        AgentPolicy.decide(view(second.node(), active, first, second));
        AgentPolicy.decide(view(first.node(), active, first, second));
        return decided
                && !Protocol.namesWhenActive(active, List.of(first)).setting().isEmpty();
    }

    private static ClusterState next(Change change) {
        return change.next().orElseThrow(() -> new IllegalStateException("rehearsal: " + change.refusal()));
    }

    private static ClusterView view(NodeName self, ClusterState state, Copy down, Copy standby) {
        DataStatus gone = status(down, ServerCondition.DOWN, ServerMode.PRIMARY);
        DataStatus there = status(standby, ServerCondition.RUNNING, ServerMode.STANDBY);
        return new ClusterView(
                self,
                NodeRole.DATA,
                Limits.DEFAULT,
                state,
                Duration.ofMinutes(1),
                null,
                self.equals(down.node()) ? gone : there,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                List.of(),
                List.of(),
                false,
                false,
                null,
                false,
                Map.of(down.node(), node(down.node(), gone), standby.node(), node(standby.node(), there)),
                List.of(),
                Answer.UNKNOWN,
                true,
                Duration.ZERO,
                Duration.ZERO,
                null);
    }

    private static DataStatus status(Copy copy, ServerCondition condition, ServerMode mode) {
        return new DataStatus(copy, "", condition, mode, 1, 0, 0, 0, null, List.of(), "", "", SyncWait.NONE, "");
    }

    private static NodeStatus node(NodeName name, DataStatus data) {
        return new NodeStatus(name, NodeRole.DATA, "", false, data, 1, "", "");
    }
}
