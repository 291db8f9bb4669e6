package io.prontuario.ha.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether somebody would take over if the primary were lost now, by the record and what the nodes publish.
 *
 * @param obstacle what stands in the way first; {@link Obstacle#NONE} when nothing does
 * @param sentence the same for people
 * @param able the certified standbys that run and whose agents live, the highest priority first
 */
public record TakeoverProspect(Obstacle obstacle, String sentence, List<Copy> able) {
    /** What can stand in the way. */
    public enum Obstacle {
        /** Nothing: a takeover would begin. */
        NONE,
        /** Somebody is nominated and not active yet. */
        UNDER_WAY,
        /** Takeovers are forbidden. */
        PAUSED,
        /** In {@link Durability#ASYNC} nobody takes over by himself. */
        ASYNC,
        /** No standby is certified. */
        NOBODY_CERTIFIED,
        /** Standbys are certified, and none of them is there. */
        NOBODY_THERE
    }

    public TakeoverProspect {
        able = List.copyOf(able);
    }

    /** The prospect at the moment of this record and these statuses. */
    public static TakeoverProspect of(ClusterState state, Collection<NodeStatus> nodes) {
        List<Copy> able = nodes.stream()
                .filter(node -> state.inSync().stream().anyMatch(copy -> runs(node, copy)))
                .sorted(Comparator.comparingInt(
                                (NodeStatus node) -> -node.tags().priority())
                        .thenComparing(NodeStatus::node))
                .flatMap(node -> Stream.ofNullable(node.data()).flatMap(data -> Stream.ofNullable(data.copy())))
                .toList();
        if (!state.active()) {
            return blocked(
                    Obstacle.UNDER_WAY,
                    "under way: " + state.primary() + " is nominated" + refusal(state, nodes),
                    able);
        }
        if (state.paused()) {
            PauseEnd end = state.pauseEnd();
            return blocked(
                    Obstacle.PAUSED,
                    "not possible: the cluster is paused" + (end == null ? "" : " until about " + end.about())
                            + "; ha resume allows it again",
                    able);
        }
        if (state.durability() == Durability.ASYNC) {
            return blocked(Obstacle.ASYNC, "not possible by itself without a fencer: durability is ASYNC", able);
        }
        if (state.inSync().isEmpty()) {
            return blocked(
                    Obstacle.NOBODY_CERTIFIED,
                    "not possible: no standby is certified to hold every acknowledged commit" + barred(nodes),
                    able);
        }
        if (able.isEmpty()) {
            return blocked(
                    Obstacle.NOBODY_THERE,
                    "not possible: certified are " + state.inSync()
                            + ", but none of their agents is alive with a standby running" + barred(nodes),
                    able);
        }
        return new TakeoverProspect(Obstacle.NONE, "possible, to " + able, able);
    }

    private static TakeoverProspect blocked(Obstacle obstacle, String sentence, List<Copy> able) {
        return new TakeoverProspect(obstacle, sentence, able);
    }

    private static String refusal(ClusterState state, Collection<NodeStatus> nodes) {
        return nodes.stream()
                .filter(node -> node.node().equals(state.primary().node()) && node.epoch() == state.epoch())
                .map(NodeStatus::refusal)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .map(text -> ", and refuses: " + text)
                .orElse("");
    }

    private static String barred(Collection<NodeStatus> nodes) {
        List<NodeName> barred = nodes.stream()
                .filter(node -> node.tags().noFailover())
                .map(NodeStatus::node)
                .sorted()
                .toList();
        return barred.isEmpty() ? "" : "; tagged noFailover: " + barred;
    }

    private static boolean runs(NodeStatus node, Copy copy) {
        DataStatus data = node.data();
        return data != null
                && !node.leaving()
                && !node.tags().noFailover()
                && copy.equals(data.copy())
                && data.runsAs(ServerMode.STANDBY);
    }
}
