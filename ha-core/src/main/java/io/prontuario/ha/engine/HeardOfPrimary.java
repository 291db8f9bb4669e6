package io.prontuario.ha.engine;

import io.prontuario.ha.decide.PrimaryLog;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The furthest that this node has heard the log of the record's primary to go: once that is lost, what it published is lost with it. Owned by
 * the loop thread.
 */
final class HeardOfPrimary {
    private final Ticker ticker;
    private String transitionId = "";
    private @Nullable HeardLog furthest;
    private long atNanos;

    HeardOfPrimary(Ticker ticker) {
        this.ticker = ticker;
    }

    /** With what the nodes say now; null when nobody has said anything in this epoch. */
    @Nullable
    HeardLog by(@Nullable ClusterState state, Collection<NodeStatus> nodes) {
        if (state == null) {
            return null;
        }
        long now = ticker.nanos();
        HeardLog before = furthest;
        if (before != null && (before.epoch() != state.epoch() || !transitionId.equals(state.transitionId()))) {
            before = null;
            furthest = null;
        }
        HeardLog said = PrimaryLog.said(state, nodes).orElse(null);
        if (said != null && (before == null || said.isBeyond(before))) {
            furthest = said;
            transitionId = state.transitionId();
            atNanos = now - said.age().toNanos();
        }
        HeardLog known = furthest;
        return known == null
                ? null
                : new HeardLog(known.epoch(), known.timeline(), known.position(), Duration.ofNanos(now - atNanos));
    }
}
