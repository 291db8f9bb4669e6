package io.prontuario.ha.simulation;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Leaves everything to the model of PostgreSQL: what a planted mistake puts in between, it overrides. */
class ForwardingPostgres implements FailoverStrategy, SyncControl {
    private final ModelPostgres postgres;

    ForwardingPostgres(ModelPostgres postgres) {
        this.postgres = postgres;
    }

    @Override
    public String name() {
        return postgres.name();
    }

    @Override
    public Layer layer() {
        return postgres.layer();
    }

    @Override
    public Placement placement() {
        return postgres.placement();
    }

    @Override
    public void start(StrategyContext context) {
        postgres.start(context);
    }

    @Override
    public List<Sighting> sightings(NodeName target) {
        return postgres.sightings(target);
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return postgres.isolate(request);
    }

    @Override
    public Outcome enable(StepRequest request) {
        return postgres.enable(request);
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return postgres.syncControl().map(any -> this);
    }

    @Override
    public void close() {
        postgres.close();
    }

    @Override
    public DataStatus status() {
        return postgres.status();
    }

    @Override
    public void keepReady(Duration limit) {
        postgres.keepReady(limit);
    }

    @Override
    public Outcome initialise(Copy copy, Duration limit) {
        return postgres.initialise(copy, limit);
    }

    @Override
    public Outcome start(StartMode mode, ClusterState state, Duration limit) {
        return postgres.start(mode, state, limit);
    }

    @Override
    public Outcome stop(boolean deposed, Duration limit) {
        return postgres.stop(deposed, limit);
    }

    @Override
    public Outcome prepareStop(ClusterState state, Duration limit) {
        return postgres.prepareStop(state, limit);
    }

    @Override
    public Outcome stopCleanly(ClusterState state, Duration limit) {
        return postgres.stopCleanly(state, limit);
    }

    @Override
    public void attend(Duration limit) {
        postgres.attend(limit);
    }

    @Override
    public Outcome promote(ClusterState state, Duration limit) {
        return postgres.promote(state, limit);
    }

    @Override
    public Outcome open(ClusterState state, ServerNames names, Duration limit) {
        return postgres.open(state, names, limit);
    }

    @Override
    public Outcome setNames(ServerNames names, Duration limit) {
        return postgres.setNames(names, limit);
    }

    @Override
    public Outcome prove(ClusterState state, Copy standby, ServerNames names, Duration limit) {
        return postgres.prove(state, standby, names, limit);
    }

    @Override
    public Outcome stillProven(Copy standby, Duration limit) {
        return postgres.stillProven(standby, limit);
    }

    @Override
    public Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit) {
        return postgres.rejoin(state, consent, limit);
    }

    @Override
    public Outcome disciplineNames(ClusterState state, Duration limit) {
        return postgres.disciplineNames(state, limit);
    }
}
