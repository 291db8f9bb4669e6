package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Verdict;
import java.util.List;

/** The policy that holds unless the host composes another: fail over when the primary counts as dead and somebody certified can. */
public final class StandardPolicy {

    private StandardPolicy() {}

    public static Decision decide(ClusterView view) {
        ClusterState state = view.state();
        if (state == null || !state.active()) {
            return Decision.stay("no active primary to judge");
        }
        Verdict verdict = Detection.verdict(view, state);
        return switch (verdict.kind()) {
            case ALIVE, UNCERTAIN -> Decision.stay(verdict.reason());
            case CUT_OFF -> Decision.hold(verdict.reason());
            case DEAD -> whoTakesOver(view, state, verdict.reason());
        };
    }

    private static Decision whoTakesOver(ClusterView view, ClusterState state, String death) {
        if (state.paused()) {
            return Decision.hold(death + "; no takeover: the cluster is paused (ha resume)");
        }
        if (state.durability() == Durability.ASYNC) {
            return Decision.hold(death + "; no takeover: in ASYNC nobody is known to hold every acknowledged commit."
                    + bringBack(state));
        }
        if (state.inSync().isEmpty()) {
            return Decision.hold(death + "; no takeover: no standby is certified to hold every acknowledged commit."
                    + barred(view) + bringBack(state));
        }
        List<Copy> able = Candidates.rank(view, state.inSync());
        if (able.isEmpty()) {
            return Decision.hold(death + "; no takeover: certified are " + state.inSync()
                    + ", but none of their agents is alive with a standby running." + barred(view));
        }
        return Decision.failOver(able.get(0), death);
    }

    /** Who would not whatever it holds. */
    private static String barred(ClusterView view) {
        List<NodeName> nodes = view.nodes().keySet().stream()
                .filter(node -> Candidates.barred(view, node))
                .sorted()
                .toList();
        return nodes.isEmpty() ? "" : " Tagged noFailover: " + nodes + ".";
    }

    private static String bringBack(ClusterState state) {
        return " Bring " + state.primary().node() + " back, or give up what only it holds: ha failover --accept-loss";
    }
}
