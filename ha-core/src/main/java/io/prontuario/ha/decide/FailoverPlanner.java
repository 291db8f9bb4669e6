package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.FailoverPlan;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
                from,
                to,
                target,
                certified,
                loss(from, to, certified, data),
                List.of(
                        new Precondition(
                                to + " is another node than that of " + from,
                                !to.equals(from.node()),
                                from + (state.active() ? " is the primary" : " is nominated")),
                        standby(to, status, data, state),
                        notServing(from, nodes.get(from.node()))));
    }

    private static String loss(Copy from, NodeName to, boolean certified, @Nullable DataStatus data) {
        if (certified) {
            return "nothing: it holds every acknowledged commit";
        }
        String held = data == null || data.receivedPosition() == 0
                ? "what " + to + " holds is not known"
                : to + " holds the log up to " + position(data.receivedPosition()) + " of timeline " + data.timeline();
        return held + "; whatever " + from.node() + " has acknowledged beyond that is lost, and nobody can say how much"
                + " that is without it";
    }

    /** A log position as PostgreSQL writes it. */
    private static String position(long position) {
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xffff_ffffL);
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

    /** Only its own agent can tell. A server whose agent is gone has to be looked after by the person who asks. */
    private static Precondition notServing(Copy from, @Nullable NodeStatus status) {
        DataStatus data = status == null ? null : status.data();
        boolean serves = data != null
                && from.equals(data.copy())
                && status != null
                && !status.leaving()
                && data.runsAs(ServerMode.PRIMARY);
        return new Precondition(
                "the server of " + from + " does not serve",
                !serves,
                serves
                        ? "its agent sees it running as primary: use ha switchover, or stop it first"
                        : status == null
                                ? "its agent has no session; make sure that nobody reaches its server"
                                : "its agent says: " + status.activity());
    }
}
