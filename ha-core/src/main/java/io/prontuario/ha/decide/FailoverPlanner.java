package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.FailoverPlan;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Draws up the plan of a failover that a person asks for, from the record and what the nodes publish. Pure. */
public final class FailoverPlanner {
    private FailoverPlanner() {}

    /** The plan; it says itself whether it may be carried out. */
    public static FailoverPlan plan(ClusterState state, Map<NodeName, NodeStatus> nodes, NodeName to) {
        Copy from = state.primary();
        NodeStatus status = nodes.get(to);
        DataStatus data = status == null ? null : status.data();
        Copy target = data == null ? null : data.copy();
        boolean certified = target != null
                && (state.active() ? state.inSync() : state.heirs()).contains(target)
                && !target.equals(from);
        return new FailoverPlan(
                state.epoch(),
                from,
                to,
                target,
                certified,
                loss(state, to, certified, data, PrimaryLog.said(state, nodes.values())),
                List.of(
                        new Precondition(
                                to + " is another node than that of " + from,
                                !to.equals(from.node()),
                                from + (state.active() ? " is the primary" : " is nominated")),
                        standby(to, status, data, state),
                        nobodyServes(from, certified, nodes),
                        nobodyBetter(state, certified, nodes)));
    }

    private static String loss(
            ClusterState state, NodeName to, boolean certified, @Nullable DataStatus data, Optional<HeardLog> heard) {
        if (certified) {
            return "nothing: it holds every acknowledged commit";
        }
        String held = data == null || data.receivedPosition() == 0
                ? "what " + to + " holds is not known"
                : to + " holds the log up to " + PrimaryLog.position(data.receivedPosition());
        return held + "; whatever " + state.primary().node() + " has acknowledged beyond that is lost, "
                + heard.map(known -> howMuch(known, data)).orElse("and nobody can say how much that is without it");
    }

    private static String howMuch(HeardLog heard, @Nullable DataStatus data) {
        String lacks = data == null
                ? "and how much that is cannot be said"
                : PrimaryLog.lacks(heard, data)
                        .map(bytes -> bytes + " bytes of log")
                        .orElse("and how much that is cannot be said, for the two logs cannot be compared");
        return lacks + ": " + PrimaryLog.sentence(heard) + ". What it has written since comes on top";
    }

    private static Precondition standby(
            NodeName to, @Nullable NodeStatus status, @Nullable DataStatus data, ClusterState state) {
        String what = "the agent of " + to + " lives and its server runs as a standby of this cluster";
        if (status == null) {
            return new Precondition(what, false, "its agent has no session: start ha node there");
        }
        if (data == null) {
            return new Precondition(
                    what, false, "it is a " + status.role().name().toLowerCase(Locale.ROOT));
        }
        boolean well = data.runsAs(ServerMode.STANDBY)
                && !status.leaving()
                && data.copy() != null
                && data.systemIdentifier().equals(state.systemIdentifier());
        return new Precondition(
                what,
                well,
                data.mode().name().toLowerCase(Locale.ROOT) + " "
                        + data.condition().name().toLowerCase(Locale.ROOT) + ", copy " + data.copy()
                        + (status.leaving() ? ", closing" : ""));
    }

    /** Only a server's own agent can tell. One whose agent is gone has to be looked after by the person who asks. */
    private static Precondition nobodyServes(Copy from, boolean certified, Map<NodeName, NodeStatus> nodes) {
        String what = "no server of this cluster serves as primary, or is about to";
        for (NodeStatus status : nodes.values()) {
            DataStatus data = status.data();
            if (data != null
                    && !status.leaving()
                    && data.mode() == ServerMode.PRIMARY
                    && mayServe(data.condition(), certified)) {
                return new Precondition(
                        what,
                        false,
                        "the agent of " + status.node() + " sees its server "
                                + data.condition().name().toLowerCase(Locale.ROOT)
                                + " as primary: use ha switchover, or stop it first");
            }
        }
        NodeStatus status = nodes.get(from.node());
        String seen = status == null
                ? "the agent of " + from.node() + " has no session"
                : status.leaving()
                        ? "the agent of " + from.node() + " has left in order, and its server may go on without it"
                        : "the agent of " + from.node() + " says: " + status.activity();
        return new Precondition(what, true, seen + "; make sure that nobody reaches the server of " + from.node());
    }

    /** One that hangs may go on at any moment; what it then acknowledges, a certified node has. */
    private static boolean mayServe(ServerCondition condition, boolean certified) {
        return switch (condition) {
            case RUNNING, STARTING -> true;
            case HUNG -> !certified;
            case DOWN, UNKNOWN -> false;
        };
    }

    /** As long as one that holds everything can be asked, nothing has to be given up. */
    private static Precondition nobodyBetter(ClusterState state, boolean certified, Map<NodeName, NodeStatus> nodes) {
        List<Copy> better = (state.active() ? state.inSync() : state.heirs())
                .stream()
                        .filter(copy -> !copy.equals(state.primary()))
                        .filter(copy -> {
                            NodeStatus status = nodes.get(copy.node());
                            DataStatus data = status == null || status.leaving() ? null : status.data();
                            return data != null && copy.equals(data.copy()) && data.runsAs(ServerMode.STANDBY);
                        })
                        .toList();
        return new Precondition(
                "it holds everything, or nobody who does can be asked",
                certified || better.isEmpty(),
                better.isEmpty() ? "none" : better + " can take over with nothing lost");
    }
}
