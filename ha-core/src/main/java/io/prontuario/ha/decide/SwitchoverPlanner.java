package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.SwitchoverPlan.PlannedStep;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Draws up the plan of a switchover from the record, what the nodes publish and what former transitions took. Pure. */
public final class SwitchoverPlanner {
    /** The step that only a planned switchover has. */
    private static final String PLANNED = "prepared";

    private SwitchoverPlanner() {}

    /** The plan; it says itself whether it may be carried out. */
    public static SwitchoverPlan plan(
            ClusterState state, Map<NodeName, NodeStatus> nodes, NodeName to, List<TransitionRecord> history) {
        Copy from = state.primary();
        Copy target = state.inSync().stream()
                .filter(copy -> copy.node().equals(to))
                .findFirst()
                .orElse(null);
        List<Precondition> preconditions = new ArrayList<>();
        preconditions.add(quiet(state));
        preconditions.add(new Precondition(
                "commits wait for certified standbys",
                state.durability() != Durability.ASYNC,
                "durability " + state.durability()));
        preconditions.add(new Precondition(
                to + " is another node than the primary's", !to.equals(from.node()), "the primary is " + from));
        preconditions.add(new Precondition(
                to + " is certified to hold every acknowledged commit", target != null, "in sync: " + state.inSync()));
        preconditions.add(notBarred(to, NodeTags.of(nodes, to)));
        preconditions.add(server(nodes.get(from.node()), from, from.node(), ServerMode.PRIMARY, state));
        preconditions.add(server(nodes.get(to), target, to, ServerMode.STANDBY, state));
        preconditions.add(coordinator(nodes));
        return new SwitchoverPlan(from, to, target, preconditions, steps(from, to, history));
    }

    /** Whom a switchover would be for when nobody says: the certified standby of the highest priority, else any other data node. */
    public static Optional<NodeName> usualTarget(ClusterState state, Map<NodeName, NodeStatus> nodes) {
        Comparator<NodeName> order = Comparator.comparing(
                        (NodeName node) -> NodeTags.of(nodes, node).noFailover())
                .thenComparingInt(node -> -NodeTags.of(nodes, node).priority())
                .thenComparing(Comparator.naturalOrder());
        return state.inSync().stream()
                .map(Copy::node)
                .min(order)
                .or(() -> nodes.values().stream()
                        .filter(status -> status.role() == NodeRole.DATA)
                        .map(NodeStatus::node)
                        .filter(node -> !node.equals(state.primary().node()))
                        .min(order));
    }

    private static Precondition notBarred(NodeName to, NodeTags tags) {
        return new Precondition(
                to + " may become the primary by its tags",
                !tags.noFailover(),
                tags.noFailover()
                        ? "it is tagged noFailover: take that out of its file and start its agent again"
                        : "priority " + tags.priority());
    }

    private static Precondition quiet(ClusterState state) {
        String seen = "epoch " + state.epoch() + ", " + state.primary() + (state.active() ? " active" : " nominated")
                + (state.transition() == null
                        ? ""
                        : ", " + state.transition().kind() + " "
                                + state.transition().transitionId() + " is under way");
        return new Precondition(
                "a primary is active and no transition is under way",
                state.active() && state.transition() == null,
                seen);
    }

    private static Precondition server(
            @Nullable NodeStatus status, @Nullable Copy copy, NodeName node, ServerMode mode, ClusterState state) {
        String what = "the agent of " + node + " lives and its server runs as "
                + mode.name().toLowerCase(Locale.ROOT) + (mode == ServerMode.STANDBY ? ", streaming" : "");
        if (status == null) {
            return new Precondition(what, false, "its agent has no session");
        }
        DataStatus data = status.data();
        if (data == null) {
            return new Precondition(
                    what, false, "it is a " + status.role().name().toLowerCase(Locale.ROOT));
        }
        boolean streaming = data.receiver() != null
                && data.receiver().streamsFrom(state.primary().node());
        boolean well = data.runsAs(mode)
                && !status.leaving()
                && status.epoch() == state.epoch()
                && (copy == null || copy.equals(data.copy()))
                && (mode == ServerMode.PRIMARY || streaming);
        String seen = data.mode().name().toLowerCase(Locale.ROOT) + " "
                + data.condition().name().toLowerCase(Locale.ROOT)
                + (mode == ServerMode.PRIMARY ? "" : streaming ? ", streaming" : ", not streaming")
                + ", copy " + data.copy() + ", in epoch " + status.epoch() + (status.leaving() ? ", closing" : "");
        return new Precondition(what, well, seen);
    }

    private static Precondition coordinator(Map<NodeName, NodeStatus> nodes) {
        List<NodeName> able = nodes.values().stream()
                .filter(status -> status.role() != NodeRole.CLIENT)
                .map(NodeStatus::node)
                .sorted()
                .toList();
        return new Precondition("there are nodes that can coordinate", !able.isEmpty(), "alive: " + able);
    }

    private static List<PlannedStep> steps(Copy from, NodeName to, List<TransitionRecord> history) {
        String old = from.node().value();
        String coordinator = "coordinator";
        return List.of(
                step(
                        PLANNED,
                        old,
                        "a checkpoint while it serves; walsenders that are no certified standby's are ended",
                        history),
                step(
                        "held",
                        "every node",
                        "pools hold who wants to begin and let transactions end, in "
                                + SwitchoverPolicy.DRAIN.toSeconds() + " s or not at all",
                        history),
                step("flushed", old, "what was written since then goes to the disk while it serves", history),
                step("stopped", old, "the server is stopped cleanly, in 3 s or not at all; writes stop here", history),
                step("nominated", coordinator, to + " is nominated once it holds the shutdown checkpoint", history),
                step("promoted", to.value(), "promotion behind the gate", history),
                step("activated", to.value(), "the record says that it is active", history),
                step(
                        "opened",
                        to.value(),
                        "names as the record says, and one acknowledged commit; writes go on",
                        history),
                step("redirected", coordinator, "the proxies send clients to " + to, history));
    }

    private static PlannedStep step(String name, String where, String what, List<TransitionRecord> history) {
        List<Duration> planned = taken(name, history, true);
        List<Duration> taken = planned.isEmpty() ? taken(name, history, false) : planned;
        if (taken.isEmpty()) {
            return new PlannedStep(name, where, what, null, "no history yet");
        }
        String kind = planned.isEmpty() ? " unplanned" : "";
        return new PlannedStep(
                name,
                where,
                what,
                taken.get(taken.size() / 2),
                "median of " + taken.size() + " former" + kind + " transition" + (taken.size() == 1 ? "" : "s"));
    }

    private static List<Duration> taken(String name, List<TransitionRecord> history, boolean planned) {
        return history.stream()
                .filter(transition -> planned
                        == transition.steps().stream()
                                .anyMatch(step -> step.step().equals(PLANNED)))
                .flatMap(transition -> transition.steps().stream())
                .filter(step -> step.step().equals(name) && step.outcome().startsWith("done"))
                .map(StepRecord::took)
                .sorted()
                .toList();
    }
}
