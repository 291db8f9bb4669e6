package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the active primary's agent is there to be asked. One that is back after a goodbye has to adopt its server and open it before it
 * answers well; until it has, or has had time enough, it counts as away. Owned by the loop thread.
 */
final class Attendance {
    private static final Duration SETTLING = Duration.ofSeconds(3);
    /** Longer than an application takes to start again. */
    private static final Duration ABSENCE = Duration.ofSeconds(60);

    private @Nullable NodeName left;
    private long leftAtNanos;
    private long backAtNanos;
    private boolean back;

    boolean attended(Map<NodeName, NodeStatus> nodes, ClusterState state, long nowNanos) {
        NodeName primary = state.primary().node();
        NodeStatus status = nodes.get(primary);
        boolean away = status != null && status.leaving();
        if (away) {
            if (!primary.equals(left)) {
                left = primary;
                leftAtNanos = nowNanos;
            }
            back = false;
            return false;
        }
        if (!primary.equals(left)) {
            left = null;
            return true;
        }
        if (!back) {
            back = true;
            backAtNanos = nowNanos;
        }
        if (nowNanos - backAtNanos < SETTLING.toNanos()) {
            return false;
        }
        left = null;
        return true;
    }

    /** What a person should know of an agent that is away for longer than it takes to start again; empty until then. */
    Optional<String> missed(long nowNanos) {
        NodeName gone = left;
        return gone != null && !back && nowNanos - leftAtNanos > ABSENCE.toNanos()
                ? Optional.of("the agent of " + gone + " has left in order and has not come back for "
                        + ABSENCE.toSeconds()
                        + " s: its server goes on as the primary, but nobody takes out a standby that"
                        + " is lost or starts it when it dies. Start it again, or switch over")
                : Optional.empty();
    }
}
