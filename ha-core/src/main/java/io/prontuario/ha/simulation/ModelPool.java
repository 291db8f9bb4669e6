package io.prontuario.ha.simulation;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Isolation;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import java.time.Duration;

/**
 * A pool that an application embeds beside its node, as {@code pool.FailoverDataSource} of ha-postgres does it: clients are led to the
 * primary that the node obeys, and wait while a planned switchover wants everybody to hold, which is done when nobody is served any more; after
 * a limit it goes on without.
 */
final class ModelPool implements FailoverStrategy {
    private static final long HOLDS_AT_MOST = 10_000_000_000L;

    private final VirtualTime time;
    private final ModelClient client;
    private Runnable wake = () -> {};
    private String holdsFor = "";
    private long heldAt;

    ModelPool(World world, Life process, NodeName self) {
        this.time = world.time();
        this.client = ModelClient.pooled(world, process, self, () -> wake.run());
    }

    @Override
    public String name() {
        return "pool";
    }

    @Override
    public Layer layer() {
        return Layer.TRAFFIC;
    }

    @Override
    public Placement placement() {
        return Placement.EVERYWHERE;
    }

    @Override
    public Participation participation(TransitionKind kind) {
        return Participation.BEST_EFFORT;
    }

    @Override
    public void start(StrategyContext context) {
        wake = context.wake();
        client.start();
    }

    /** When a client of it was told last that something is stored. */
    long acknowledgedAt() {
        return client.acknowledgedAt();
    }

    @Override
    public Outcome isolate(StepRequest request) {
        Journal journal = request.state().transition();
        if (request.isolation() != Isolation.GRACEFUL || journal == null) {
            return follow(request.state());
        }
        if (!holdsFor.equals(journal.transitionId())) {
            holdsFor = journal.transitionId();
            heldAt = time.now();
        }
        if (time.now() - heldAt > HOLDS_AT_MOST) {
            client.release();
            return Outcome.refused("has held for longer than its limit, and goes on without");
        }
        client.hold();
        return client.isServed() ? Outcome.inProgress("a client is served", Duration.ofMillis(50)) : Outcome.done("");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return follow(request.state());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return follow(state);
    }

    private Outcome follow(ClusterState state) {
        if (state.active()) {
            client.lead(state.primary().node());
        }
        client.release();
        return Outcome.done("");
    }
}
