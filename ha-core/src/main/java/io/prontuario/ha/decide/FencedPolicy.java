package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.Verdict;
import java.util.List;

/**
 * The standard policy where somebody can fence: in {@code ASYNC} too somebody takes over when the primary counts as dead. Whatever only that one
 * holds is lost, so not while its own agent is about to start it again, with nothing lost.
 */
public final class FencedPolicy {
    private FencedPolicy() {}

    public static Decision decide(ClusterView view) {
        Decision standard = StandardPolicy.decide(view);
        ClusterState state = view.state();
        if (state == null
                || state.durability() != Durability.ASYNC
                || !state.active()
                || state.paused()
                || Detection.verdict(view, state).kind() != Verdict.Kind.DEAD) {
            return standard;
        }
        String death = Detection.verdict(view, state).reason();
        if (startsAgain(view, state)) {
            return Decision.hold(death + "; no takeover: its agent starts it in place, with nothing lost");
        }
        List<Copy> able = Candidates.mostAdvanced(view, copies(view, state));
        return able.isEmpty()
                ? Decision.hold(death + "; no takeover: no other node has an agent with a standby running")
                : Decision.failOver(
                        able.get(0), death + "; whatever " + able.get(0) + " does not hold is lost (ASYNC)");
    }

    /**
     * A server that is down and has an agent that has not told in vain that it does not start. One that hangs, or whose agent is silent, is started by
     * nobody.
     */
    private static boolean startsAgain(ClusterView view, ClusterState state) {
        return view.status(state.primary().node())
                .filter(status -> !status.leaving() && status.refusal().isEmpty())
                .map(NodeStatus::data)
                .map(DataStatus::condition)
                .filter(condition -> condition == ServerCondition.DOWN || condition == ServerCondition.STARTING)
                .isPresent();
    }

    private static List<Copy> copies(ClusterView view, ClusterState state) {
        return view.nodes().values().stream()
                .map(NodeStatus::data)
                .filter(data -> data != null
                        && data.copy() != null
                        && data.systemIdentifier().equals(state.systemIdentifier())
                        && !state.ordered(data.copy())
                        && !data.copy().node().equals(state.primary().node()))
                .map(DataStatus::copy)
                .toList();
    }
}
