package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * The standard policy where somebody can fence: in {@code ASYNC} too somebody takes over when the primary counts as dead. Whatever only that one
 * holds is lost: so not while its own agent is about to start it again, with nothing lost, and only a standby that lacks no more than a bound, as
 * far as anybody has heard how far the primary's log went. Where nobody has there is no bound, and a person has to decide.
 */
public final class FencedPolicy {
    /** As Patroni has it: {@code maximum_lag_on_failover} is 1048576 (Patroni docs, Dynamic Configuration Settings). */
    public static final DataSize USUAL_MAX_LAG = DataSize.mebibytes(1);

    private FencedPolicy() {}

    public static Decision decide(ClusterView view, DataSize maxLag) {
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
                : within(view, state, able, maxLag, death);
    }

    private static Decision within(
            ClusterView view, ClusterState state, List<Copy> able, DataSize maxLag, String death) {
        String byHand = ". Bring " + state.primary().node() + " back, or decide what to give up: ha failover"
                + " --accept-loss --dry-run";
        HeardLog heard = view.primaryLog();
        if (heard == null) {
            return Decision.hold(death + "; no takeover: nobody has heard how far the log of " + state.primary()
                    + " went, so what " + able.get(0) + " lacks is not known" + byHand);
        }
        StringBuilder whyNot = new StringBuilder();
        for (Copy copy : able) {
            DataStatus data = data(view, copy);
            Optional<Long> lacks = PrimaryLog.lacks(heard, data);
            if (lacks.isEmpty()) {
                whyNot.append("; ").append(copy).append(" is on timeline ").append(data.timeline());
                whyNot.append(" at ").append(PrimaryLog.position(data.receivedPosition()));
                whyNot.append(", which cannot be compared with timeline ").append(heard.timeline());
            } else if (lacks.get() > maxLag.bytes()) {
                whyNot.append("; ").append(copy).append(" lacks ").append(lacks.get());
                whyNot.append(" bytes of the log of ").append(state.primary()).append(", more than ");
                whyNot.append(maxLag.bytes());
            } else {
                return Decision.failOver(
                        copy,
                        death + "; whatever " + copy + " does not hold is lost (ASYNC): " + lacks.get() + " bytes, as "
                                + PrimaryLog.sentence(heard) + ", and what was written since");
            }
        }
        return Decision.hold(death + "; no takeover" + whyNot + byHand);
    }

    private static DataStatus data(ClusterView view, Copy copy) {
        return view.status(copy.node()).map(NodeStatus::data).orElse(DataStatus.UNKNOWN);
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
