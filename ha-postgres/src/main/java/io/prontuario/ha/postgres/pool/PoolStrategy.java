package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import java.time.Duration;

/** Lets a pool follow the record, on every node that has one. */
final class PoolStrategy implements FailoverStrategy {
    private final FailoverDataSource pool;

    PoolStrategy(FailoverDataSource pool) {
        this.pool = pool;
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
        pool.wakes(context.wake());
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return switch (request.isolation()) {
            case GRACEFUL -> held(request.state());
            case FORCED -> followed(request.state());
        };
    }

    /** Once nobody is active there is nothing to drain: whoever was not let finish has lost his connection. */
    private Outcome held(ClusterState state) {
        Journal journal = state.transition();
        if (journal == null) {
            return Outcome.refused("no switchover is under way");
        }
        if (!pool.hold(journal.transitionId())) {
            return Outcome.refused("has held for longer than its limit, and goes on without");
        }
        pool.follow(state);
        String inUse = pool.inUse();
        return inUse.isEmpty() ? Outcome.done("") : Outcome.inProgress("waits for " + inUse, Duration.ofMillis(10));
    }

    @Override
    public Outcome enable(StepRequest request) {
        return followed(request.state());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return followed(state);
    }

    private Outcome followed(ClusterState state) {
        if (!pool.knows(state)) {
            return Outcome.refused(
                    "no address of " + state.primary().node() + " is given: add it to the pool's servers");
        }
        boolean moved = pool.follow(state);
        pool.release(moved);
        return moved
                ? Outcome.done("connections go to " + state.primary() + " of epoch " + state.epoch())
                : Outcome.alreadySo("");
    }
}
