package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import java.util.List;
import java.util.Optional;

/** A strategy with a trap behind every step that has come about. */
final class TrappedStrategy implements FailoverStrategy {
    private final FailoverStrategy strategy;
    private final Trap trap;
    private final String self;

    TrappedStrategy(FailoverStrategy strategy, Trap trap, String self) {
        this.strategy = strategy;
        this.trap = trap;
        this.self = self;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        Outcome outcome = strategy.isolate(request);
        return switch (strategy.layer()) {
            case TRAFFIC -> trap.behind(outcome, Point.ISOLATED, self);
            case SERVICE, DATA -> outcome;
        };
    }

    @Override
    public Outcome enable(StepRequest request) {
        Outcome outcome = strategy.enable(request);
        return switch (strategy.layer()) {
            case TRAFFIC -> trap.behind(outcome, Point.TRAFFIC_ENABLED, self);
            case SERVICE -> trap.behind(outcome, Point.SERVICE_ENABLED, self);
            case DATA -> outcome;
        };
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return strategy.syncControl().map(control -> new TrappedControl(control, trap, self));
    }

    @Override
    public String name() {
        return strategy.name();
    }

    @Override
    public Layer layer() {
        return strategy.layer();
    }

    @Override
    public int order() {
        return strategy.order();
    }

    @Override
    public Placement placement() {
        return strategy.placement();
    }

    @Override
    public Participation participation(TransitionKind kind) {
        return strategy.participation(kind);
    }

    @Override
    public void start(StrategyContext context) {
        strategy.start(context);
    }

    @Override
    public List<Sighting> sightings(NodeName target) {
        return strategy.sightings(target);
    }

    @Override
    public Outcome prepare(StepRequest request) {
        return strategy.prepare(request);
    }

    @Override
    public Outcome rejoin(StepRequest request) {
        return strategy.rejoin(request);
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return strategy.reconcile(state);
    }

    @Override
    public Outcome reconcileUnattended(ClusterState state) {
        return strategy.reconcileUnattended(state);
    }

    @Override
    public String describe(Step step) {
        return strategy.describe(step);
    }

    @Override
    public void close() {
        strategy.close();
    }
}
