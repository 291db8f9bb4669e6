package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Who of several copies could take over now, best first. */
final class Candidates {

    private Candidates() {}

    /**
     * Of copies that are as safe as each other those that can take over now: whose agent lives, publishes this very copy as a running standby,
     * and has no tag against it. The highest priority comes first, then the one that has received most, which has the least to replay.
     */
    static List<Copy> rank(ClusterView view, Collection<Copy> copies) {
        return able(view, copies, byPriority(view).thenComparing(byPosition(view)));
    }

    /** The same of copies of which nobody knows what they lack: what was received comes before any wish. */
    static List<Copy> mostAdvanced(ClusterView view, Collection<Copy> copies) {
        return able(view, copies, byReceived(view).thenComparing(byPriority(view)));
    }

    private static List<Copy> able(ClusterView view, Collection<Copy> copies, Comparator<Copy> order) {
        return copies.stream()
                .filter(copy -> canPromote(view, copy) && !barred(view, copy.node()))
                .sorted(order.thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    private static Comparator<Copy> byPriority(ClusterView view) {
        return Comparator.comparingInt(
                copy -> -NodeTags.of(view.nodes(), copy.node()).priority());
    }

    private static Comparator<Copy> byPosition(ClusterView view) {
        return Comparator.comparing((Copy copy) -> !streams(view, copy)).thenComparing(byReceived(view));
    }

    private static Comparator<Copy> byReceived(ClusterView view) {
        return Comparator.comparingLong((Copy copy) -> -received(view, copy));
    }

    /** Whether it must not take over by itself. */
    static boolean barred(ClusterView view, NodeName node) {
        return NodeTags.of(view.nodes(), node).noFailover();
    }

    /** One that streams does not publish how far it is: further than one that does not. */
    private static boolean streams(ClusterView view, Copy copy) {
        return view.status(copy.node())
                .map(NodeStatus::data)
                .map(DataStatus::receiver)
                .filter(Receiver::streaming)
                .isPresent();
    }

    /** The order of {@link #rank} without the question whether they can: for heirs, of whom any that is alive may be asked. */
    static List<Copy> heirs(ClusterView view, Collection<Copy> copies) {
        return copies.stream()
                .sorted(byPriority(view).thenComparing(byReceived(view)).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /** Whether its agent lives and publishes this very copy, running or not. */
    static boolean holds(ClusterView view, Copy copy) {
        return view.status(copy.node())
                .map(NodeStatus::data)
                .filter(data -> copy.equals(data.copy()))
                .isPresent();
    }

    /** Whether its agent lives and has looked, and there are other data than this copy, or none. */
    static boolean isGone(ClusterView view, Copy copy) {
        return view.status(copy.node())
                .map(NodeStatus::data)
                .filter(data -> data.condition() != ServerCondition.UNKNOWN && !copy.equals(data.copy()))
                .isPresent();
    }

    /** An heir that holds its data and is not about to close: its agent would be gone before it has promoted. */
    static boolean mayBeAsked(ClusterView view, Copy copy) {
        return holds(view, copy)
                && view.status(copy.node()).filter(NodeStatus::leaving).isEmpty();
    }

    /** Whether its agent lives, is not about to close, and its server runs as a standby. */
    static boolean canPromote(ClusterView view, Copy copy) {
        NodeStatus status = view.nodes().get(copy.node());
        DataStatus data = status == null || status.leaving() ? null : status.data();
        return data != null && copy.equals(data.copy()) && data.runsAs(ServerMode.STANDBY);
    }

    /** The end of the log that it is published to hold; 0 when nothing is. */
    static long received(ClusterView view, Copy copy) {
        return view.status(copy.node())
                .map(NodeStatus::data)
                .map(DataStatus::receivedPosition)
                .orElse(0L);
    }
}
