package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;

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
    public Outcome isolate(StepRequest request) {
        return followed(request.state());
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
        return pool.follow(state)
                ? Outcome.done("connections go to " + state.primary() + " of epoch " + state.epoch())
                : Outcome.alreadySo("");
    }
}
