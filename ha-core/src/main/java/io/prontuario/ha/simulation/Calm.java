package io.prontuario.ha.simulation;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.Versioned;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node's loop would find the same again as when it last looked, so that it need not look: all is well, nobody has woken it, and
 * no time that anything is decided by is running out. It looks all the same twice a second, since some things are done by the clock. A
 * loop that misses a beat does what a busy machine does to it; so nothing that is found depends on this being right, only how quickly.
 */
final class Calm {
    private static final long SELDOM = 450_000_000;

    private final SimulatedNode node;
    private final VirtualTime time;
    private @Nullable ClusterView last;
    private long lookedAt;

    Calm(SimulatedNode node, VirtualTime time) {
        this.node = node;
        this.time = time;
    }

    boolean isSo() {
        ClusterView view = node.view();
        if (isAnother(view)) {
            // It was looked since the last beat: at the latest then.
            last = view;
            lookedAt = time.now();
        }
        return view != null && time.now() - lookedAt < SELDOM && asItWas(view) && settled(view);
    }

    @SuppressWarnings("ReferenceEquality") // another look, whatever it found
    private boolean isAnother(@Nullable ClusterView view) {
        return view != last;
    }

    private boolean asItWas(ClusterView view) {
        StoreClient store = node.store();
        Versioned record = store == null ? null : store.lastSeen().orElse(null);
        return store != null
                && store.health() == StoreHealth.CONNECTED
                && record != null
                && record.state().equals(view.state())
                && !view.storeConnectedFor().isZero();
    }

    private boolean settled(ClusterView view) {
        ClusterState state = view.state();
        ModelPostgres postgres = node.postgres();
        NodeMemory remembered = node.remembered();
        return state != null
                && postgres != null
                && remembered != null
                && state.active()
                && state.transition() == null
                && remembered.epoch() == state.epoch()
                && view.nodes().containsKey(state.primary().node())
                && postgres.settled(state)
                && postgres.reachesAll();
    }
}
