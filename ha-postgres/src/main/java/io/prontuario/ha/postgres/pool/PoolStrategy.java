package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Lets a pool follow the record, on every node that has one. */
final class PoolStrategy implements FailoverStrategy {
    private static final String MEASURES = "prontuario_ha_pool_";

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
        pool.tags(context.tags());
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
        Journal journal = state.transition();
        Copy target = journal == null ? null : journal.target();
        if (target != null) {
            // Nobody is held yet: what is opened now costs nobody anything.
            pool.expect(target.node());
        } else if (!moved) {
            pool.expectNobody();
        }
        pool.release(moved);
        return moved
                ? Outcome.done("connections go to " + state.primary() + " of epoch " + state.epoch())
                : Outcome.alreadySo("");
    }

    /** The names stand in docs/metrics.md. */
    @Override
    public List<Measure> measures() {
        PoolFigures now = pool.figures();
        return List.of(
                gauge("lent", "Connections lent at this moment.", now.lent()),
                gauge("holding", "Borrowers held at this moment.", now.holding()),
                counter("held_total", "Borrowers that have been held.", (double) now.held()),
                counter("held_seconds_total", "How long, all together.", seconds(now.heldTime())),
                gauge("longest_held_seconds", "How long the longest of them.", seconds(now.longestHeld())),
                counter("evicted_total", "Connections that broke or led to no primary.", (double) now.evicted()),
                counter("in_doubt_total", "Commits whose outcome was open.", (double) now.inDoubt()));
    }

    private static Measure gauge(String what, String help, double value) {
        return Measure.gauge(MEASURES + what, help, Map.of(), value);
    }

    private static Measure counter(String what, String help, double value) {
        return Measure.counter(MEASURES + what, help, Map.of(), value);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
