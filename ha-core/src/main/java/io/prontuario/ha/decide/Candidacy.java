package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerMode;
import java.time.Duration;
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

    /** An election in the first moments of an epoch would only be in the way. */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    /** So long a new primary's node coordinates the end of its own takeover; what takes longer, such as a proxy that is away, another may see to. */
    private static final Duration BRINGING = Duration.ofSeconds(10);

    private Candidacy() {}

    /** Whether the node that looks should stand: nobody better is there. */
    public static boolean stands(ClusterView view) {
        if (view.role() == NodeRole.CLIENT) {
            return false;
        }
        Rank own = rank(view, view.self(), view.local());
        for (NodeStatus other : view.nodes().values()) {
            boolean able = other.role() != NodeRole.CLIENT && !other.leaving() && !other.standsBack();
            if (able
                    && !other.node().equals(view.self())
                    && rank(view, other.node(), other.data()).compareTo(own) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether who does not stand may leave the election now. Not while a transition is under way: whoever coordinates brings it to its end,
     * and a change in the middle would only cost time.
     */
    public static boolean mayLeave(ClusterView view) {
        ClusterState state = view.state();
        return state == null
                || (state.active()
                        && view.activeFor().compareTo(SETTLED) >= 0
                        && (state.transition() == null || view.activeFor().compareTo(BRINGING) >= 0));
    }

    private static Rank rank(ClusterView view, NodeName node, @Nullable DataStatus data) {
        ClusterState state = view.state();
        if (state == null) {
            return Rank.LOOKS_ON;
        }
        if (state.primary().node().equals(node)) {
            // A nominee that coordinates goes on to, and the others need not come between.
            boolean takesOver = state.transition() != null
                    && state.preparing().isEmpty()
                    && view.activeFor().compareTo(BRINGING) < 0;
            return takesOver ? Rank.WOULD_TAKE_OVER : Rank.PRIMARY;
        }
        boolean certified = data != null
                && data.copy() != null
                && state.inSync().contains(data.copy())
                && data.runsAs(ServerMode.STANDBY);
        return certified ? Rank.WOULD_TAKE_OVER : Rank.LOOKS_ON;
    }
}
