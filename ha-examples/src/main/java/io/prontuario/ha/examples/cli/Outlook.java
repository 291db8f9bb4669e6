package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.TakeoverProspect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether somebody could take over now, and all that stands in the way or is wrong beside it; each in one line.
 *
 * @param possible whether a takeover would begin if the primary were lost now
 * @param takeover the same as a sentence, with the first reason
 * @param troubles everything else that a person should know, each beginning with who says it
 */
record Outlook(boolean possible, String takeover, List<String> troubles) {

    Outlook {
        troubles = List.copyOf(troubles);
    }

    /** @param answers what the agents said themselves, of those that have answered */
    static Outlook of(ClusterState state, List<NodeStatus> nodes, Map<NodeName, NodeAnswer> answers) {
        TakeoverProspect prospect = TakeoverProspect.of(state, nodes);
        Optional<String> obstacle = prospect.obstacle() == TakeoverProspect.Obstacle.NONE
                ? unsaid(nodes, answers)
                : Optional.of(prospect.sentence());
        return new Outlook(obstacle.isEmpty(), obstacle.orElse(prospect.sentence()), troubles(state, nodes, answers));
    }

    /** What only the agents themselves know. */
    private static Optional<String> unsaid(List<NodeStatus> nodes, Map<NodeName, NodeAnswer> answers) {
        List<NodeName> disobedient = nodes.stream()
                .map(NodeStatus::node)
                .filter(node -> answers.containsKey(node) && !answers.get(node).obeysRecord())
                .toList();
        if (!disobedient.isEmpty()) {
            return Optional.of("not possible: " + disobedient
                    + " remember more than the record says and do not obey it: the store was rolled back");
        }
        boolean allAnswered = nodes.stream()
                .filter(node -> node.role() != NodeRole.CLIENT)
                .allMatch(node -> answers.containsKey(node.node()));
        if (allAnswered && answers.values().stream().noneMatch(NodeAnswer::coordinating)) {
            return Optional.of("not possible at this moment: no node coordinates; one is elected within seconds if its"
                    + " agent reaches the store");
        }
        return Optional.empty();
    }

    private static List<String> troubles(
            ClusterState state, List<NodeStatus> nodes, Map<NodeName, NodeAnswer> answers) {
        List<String> all = new ArrayList<>();
        Set<NodeName> expected = new TreeSet<>();
        expected.add(state.primary().node());
        state.inSync().forEach(copy -> expected.add(copy.node()));
        state.heirs().forEach(copy -> expected.add(copy.node()));
        nodes.forEach(node -> expected.remove(node.node()));
        expected.forEach(node -> all.add(
                node + ": has no session: its agent does not run, or does not reach the store. Start ha node there"));
        for (NodeStatus node : nodes) {
            NodeAnswer answer = answers.get(node.node());
            if (node.leaving()) {
                all.add(node.node() + ": has left in order, its server goes on without it. Start ha node there");
                continue;
            }
            if (answer == null) {
                all.add(node.node() + ": has a session but does not answer on " + node.address()
                        + ": others and proxies ask there; check http and the network");
                continue;
            }
            if (!answer.storeReached()) {
                all.add(node.node() + ": does not reach the store at this moment");
            }
            answer.troubles().forEach(trouble -> all.add(node.node() + ": " + trouble));
        }
        uncertified(state, nodes, all);
        return all;
    }

    /** Who is not certified, unless the primary's agent has said why. */
    private static void uncertified(ClusterState state, List<NodeStatus> nodes, List<String> all) {
        if (!state.active() || state.durability() == Durability.ASYNC) {
            return;
        }
        for (NodeStatus node : nodes) {
            DataStatus data = node.data();
            if (data == null
                    || node.node().equals(state.primary().node())
                    || certified(state, node)
                    || node.tags().noFailover()) {
                // Whoever is tagged so is not certified because a person wants it so.
                continue;
            }
            Copy copy = data.copy();
            String said = copy + " is not certified yet: ";
            if (copy == null) {
                all.add(node.node() + ": is not certified: there is no usable data on it yet");
            } else if (!data.runsAs(ServerMode.STANDBY)) {
                all.add(node.node() + ": is not certified: its server does not run as a standby");
            } else if (all.stream().noneMatch(line -> line.contains(said))) {
                all.add(node.node() + ": is not certified yet: the primary's agent has not proven it");
            }
        }
    }

    private static boolean certified(ClusterState state, NodeStatus node) {
        return state.inSync().stream().anyMatch(copy -> copy.node().equals(node.node()));
    }
}
