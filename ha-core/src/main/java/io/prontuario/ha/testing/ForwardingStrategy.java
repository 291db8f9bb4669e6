package io.prontuario.ha.testing;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Measure;
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

/** A strategy that leaves everything to another one: what a test puts in between, it overrides. */
public class ForwardingStrategy implements FailoverStrategy {
    private final FailoverStrategy strategy;

    /** Closes the other one with itself. */
    protected ForwardingStrategy(FailoverStrategy strategy) {
        this.strategy = strategy;
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
    public Outcome isolate(StepRequest request) {
        return strategy.isolate(request);
    }

    @Override
    public Outcome enable(StepRequest request) {
        return strategy.enable(request);
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
    public List<Measure> measures() {
        return strategy.measures();
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return strategy.syncControl();
    }

    @Override
    public void close() {
        strategy.close();
    }
}
