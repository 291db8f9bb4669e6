package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingClusterStore;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store with a trap behind every write of the record, and another word in the election. */
final class TrappedStore extends ForwardingClusterStore {
    private final Trap trap;
    private final String self;
    private volatile boolean campaigning;

    TrappedStore(ClusterStore store, Trap trap, String self) {
        super(store);
        this.trap = trap;
        this.self = self;
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
        WriteOutcome outcome = super.compareAndSet(expected, next, term, limit);
        if (outcome == WriteOutcome.DONE) {
            Point.written(expected.state(), next).ifPresent(point -> trap.reached(point, self));
        }
        return outcome;
    }

    @Override
    public void campaign(boolean wanted) {
        campaigning = wanted || trap.leads(self);
        takePart();
    }

    private void takePart() {
        super.campaign(campaigning && !trap.standsBack(self));
    }

    /** Asked at every look of the node's loop, in the middle of a transition too: so who stood back takes part again at once. */
    @Override
    public Optional<Versioned> lastSeen() {
        takePart();
        return super.lastSeen();
    }
}
