package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.SyncControl;
import java.time.Duration;
import java.util.function.Supplier;

/** The command over a server, with a trap behind every step of a transition. */
final class TrappedControl implements SyncControl {
    private final SyncControl control;
    private final Trap trap;
    private final String self;

    TrappedControl(SyncControl control, Trap trap, String self) {
        this.control = control;
        this.trap = trap;
        this.self = self;
    }

    @Override
    public Outcome prepareStop(ClusterState state, Duration limit) {
        return trap.behind(control.prepareStop(state, limit), Point.HELD, self);
    }

    @Override
    public Outcome stopCleanly(ClusterState state, Duration limit) {
        return trap.behind(control.stopCleanly(state, limit), Point.STOPPED, self);
    }

    @Override
    public Outcome promote(ClusterState state, Duration limit) {
        return trap.behind(control.promote(state, limit), Point.PROMOTED, self);
    }

    @Override
    public Outcome open(ClusterState state, ServerNames names, Duration limit) {
        return trap.behind(control.open(state, names, limit), Point.OPENED, self);
    }

    @Override
    public DataStatus status() {
        return control.status();
    }

    @Override
    public int heldTimeline() {
        return control.heldTimeline();
    }

    @Override
    public void keepReady(Duration limit) {
        control.keepReady(limit);
    }

    @Override
    public Outcome initialise(Copy copy, Duration limit) {
        return control.initialise(copy, limit);
    }

    @Override
    public Outcome start(StartMode mode, ClusterState state, Duration limit) {
        return control.start(mode, state, limit);
    }

    @Override
    public Outcome stop(boolean deposed, Duration limit) {
        return control.stop(deposed, limit);
    }

    @Override
    public void attend(Duration limit) {
        control.attend(limit);
    }

    @Override
    public Outcome setNames(ServerNames names, Duration limit) {
        return control.setNames(names, limit);
    }

    @Override
    public Outcome prove(ClusterState state, Copy standby, ServerNames names, Duration limit) {
        return control.prove(state, standby, names, limit);
    }

    @Override
    public Outcome stillProven(Copy standby, Duration limit) {
        return control.stillProven(standby, limit);
    }

    @Override
    public Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit) {
        return control.rejoin(state, consent, limit);
    }

    @Override
    public Outcome disciplineNames(ClusterState state, Duration limit) {
        return control.disciplineNames(state, limit);
    }
}
