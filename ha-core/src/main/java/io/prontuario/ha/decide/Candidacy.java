package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.ServerMode;
import org.jspecify.annotations.Nullable;

/**
 * Who stands for election as coordinator. Any node may coordinate and safety does not ask who does; it is a matter of milliseconds.
 *
 * <p>A certified standby's node comes first: when it nominates itself, its agent has the record at once, which another's would have to be
 * told of by a watch and read (7 to 12 ms of an outage, measured). The primary's own comes last: what a coordinator does best is to see the
 * loss of another.
 */
public final class Candidacy {

    /** Best first. */
    private enum Rank {
        WOULD_TAKE_OVER,
        LOOKS_ON,
        PRIMARY
    }

    private Candidacy() {}

    /** Whether the node that looks should stand: nobody better is there. */
    public static boolean stands(ClusterView view) {
        if (view.role() == NodeRole.CLIENT) {
            return false;
        }
        ClusterState state = view.state();
        Rank own = rank(state, view.self(), view.local());
        return view.nodes().values().stream()
                .filter(status -> !status.node().equals(view.self()))
                .filter(status -> status.role() != NodeRole.CLIENT && !status.leaving())
                .noneMatch(status -> rank(state, status.node(), status.data()).compareTo(own) < 0);
    }

    private static Rank rank(@Nullable ClusterState state, NodeName node, @Nullable DataStatus data) {
        if (state == null) {
            return Rank.LOOKS_ON;
        }
        if (state.primary().node().equals(node)) {
            // A nominee that coordinates goes on to, and the others need not come between.
            return state.transition() == null || state.preparing().isPresent() ? Rank.PRIMARY : Rank.WOULD_TAKE_OVER;
        }
        boolean certified = data != null
                && data.copy() != null
                && state.inSync().contains(data.copy())
                && data.runsAs(ServerMode.STANDBY);
        return certified ? Rank.WOULD_TAKE_OVER : Rank.LOOKS_ON;
    }
}
