package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Draws up the plan of an order to a standby's agent, from the record and what the nodes publish. Pure. */
public final class StandbyPlanner {
    private StandbyPlanner() {}

    /** The plan; it says itself whether it may be carried out. */
    public static StandbyPlan plan(
            StandbyTask task, ClusterState state, Map<NodeName, NodeStatus> nodes, NodeName node) {
        NodeStatus status = nodes.get(node);
        Copy copy = ordered(task, state, node).orElse(present(status));
        return new StandbyPlan(
                task,
                state.epoch(),
                node,
                copy,
                state.primary(),
                consequence(task, state, copy),
                List.of(
                        new Precondition(
                                node + " is another node than that of the primary, which is active",
                                state.active() && !state.primary().node().equals(node),
                                state.primary()
                                        + (state.active() ? " is the primary" : " is nominated and not active")),
                        new Precondition(
                                "no transition is under way",
                                state.transition() == null,
                                state.transition() == null
                                        ? "none"
                                        : state.transition().transitionId() + " is not finished"),
                        agent(state, node, status, copy),
                        server(task, status),
                        primary(state, nodes.get(state.primary().node()))));
    }

    /** What an order that stands already names; its node may have begun with it. */
    private static Optional<Copy> ordered(StandbyTask task, ClusterState state, NodeName node) {
        return task.in(state).stream().filter(copy -> copy.node().equals(node)).findFirst();
    }

    private static @Nullable Copy present(@Nullable NodeStatus status) {
        DataStatus data = status == null ? null : status.data();
        return data == null ? null : data.copy();
    }

    private static String consequence(StandbyTask task, ClusterState state, @Nullable Copy copy) {
        if (state.durability() == Durability.ASYNC) {
            return "nobody is certified in ASYNC anyway";
        }
        if (copy == null || !state.inSync().contains(copy)) {
            return "it is not certified now"
                    + switch (task) {
                        case COPY_ANEW ->
                            ". If it was a primary, the newest of its log is set aside (diverged, beside its data)"
                                    + " before the rest is deleted: it may hold what only it has acknowledged";
                        case RESTART -> "";
                    };
        }
        Set<Copy> left = new TreeSet<>(state.inSync());
        left.remove(copy);
        String waiting = state.durability() == Durability.STRICT && left.size() < state.strictMinimum()
                ? "; ALL WRITES WAIT until it is certified again (STRICT, minimum " + state.strictMinimum() + ")"
                : "";
        return (left.isEmpty()
                        ? "NOBODY CAN TAKE OVER from " + state.primary() + " until it is certified again"
                        : left + " can still take over from " + state.primary())
                + waiting;
    }

    private static Precondition agent(
            ClusterState state, NodeName node, @Nullable NodeStatus status, @Nullable Copy copy) {
        String what = "the agent of " + node + " lives and has a copy of this cluster's data";
        if (status == null) {
            return new Precondition(what, false, "its agent has no session: start ha node there");
        }
        DataStatus data = status.data();
        if (data == null) {
            return new Precondition(
                    what, false, "it is a " + status.role().name().toLowerCase(Locale.ROOT));
        }
        if (status.leaving()) {
            return new Precondition(what, false, "its agent has left: start ha node there");
        }
        if (copy == null) {
            return new Precondition(
                    what,
                    false,
                    "there is no usable data there: its agent copies it anew by itself, and says what hinders it");
        }
        boolean ours =
                data.systemIdentifier().isEmpty() || data.systemIdentifier().equals(state.systemIdentifier());
        return new Precondition(
                what,
                ours,
                ours
                        ? copy + ", " + data.condition().name().toLowerCase(Locale.ROOT)
                        : "system identifier " + data.systemIdentifier() + ", the record has "
                                + state.systemIdentifier() + ": it is left alone");
    }

    /** What is no standby yet comes back by itself, another copy mostly. One that hangs is ended by force: nobody is acknowledged for by it then. */
    private static Precondition server(StandbyTask task, @Nullable NodeStatus status) {
        DataStatus data = status == null ? null : status.data();
        boolean fit = data != null
                && data.mode() == ServerMode.STANDBY
                && (data.condition() == ServerCondition.RUNNING
                        || data.condition() == ServerCondition.DOWN
                        || data.condition() == ServerCondition.HUNG);
        return switch (task) {
            case COPY_ANEW -> new Precondition("whatever its server does", true, "it is stopped");
            case RESTART ->
                new Precondition(
                        "its server is a standby that runs, hangs or is down",
                        fit,
                        data == null
                                ? "nothing is known of it"
                                : data.mode().name().toLowerCase(Locale.ROOT) + " "
                                        + data.condition().name().toLowerCase(Locale.ROOT)
                                        + (data.condition() == ServerCondition.HUNG ? ": it is ended by force" : ""));
        };
    }

    /** Its agent has to decertify, and its server is what the standby comes back to. */
    private static Precondition primary(ClusterState state, @Nullable NodeStatus status) {
        DataStatus data = status == null || status.leaving() ? null : status.data();
        return new Precondition(
                "the agent of the primary lives and its server runs",
                data != null && data.runsAs(ServerMode.PRIMARY),
                data == null
                        ? "the agent of " + state.primary().node() + " has no session"
                        : data.mode().name().toLowerCase(Locale.ROOT) + " "
                                + data.condition().name().toLowerCase(Locale.ROOT));
    }
}
