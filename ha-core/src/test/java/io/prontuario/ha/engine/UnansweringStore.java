package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingClusterStore;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A store that leaves the first write of each step of a transition unanswered, whoever makes it. */
final class UnansweringStore extends ForwardingClusterStore {
    private final Set<String> unanswered;
    private final boolean happens;

    /**
     * @param unanswered the steps that were left unanswered so far; the same set for all nodes
     * @param happens whether such a write takes effect
     */
    UnansweringStore(ClusterStore store, Set<String> unanswered, boolean happens) {
        super(store);
        this.unanswered = unanswered;
        this.happens = happens;
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
        if (!unanswered.add(step(expected.state(), next))) {
            return super.compareAndSet(expected, next, term, limit);
        }
        if (happens) {
            super.compareAndSet(expected, next, term, limit);
        }
        return WriteOutcome.UNKNOWN;
    }

    private static String step(ClusterState before, ClusterState after) {
        if (after.epoch() > before.epoch()) {
            return "nominated";
        }
        if (after.active() && !before.active()) {
            return "activated";
        }
        return before.transition() != null && after.transition() == null ? "finished" : "affirmed";
    }
}
