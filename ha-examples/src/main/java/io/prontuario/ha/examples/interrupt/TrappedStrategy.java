package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.testing.ForwardingStrategy;
import java.util.Optional;

/** A strategy with a trap behind every step that has come about. */
final class TrappedStrategy extends ForwardingStrategy {
    private final Trap trap;
    private final String self;

    TrappedStrategy(FailoverStrategy strategy, Trap trap, String self) {
        super(strategy);
        this.trap = trap;
        this.self = self;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        Outcome outcome = super.isolate(request);
        return switch (layer()) {
            case TRAFFIC -> trap.behind(outcome, Point.ISOLATED, self);
            case SERVICE, DATA -> outcome;
        };
    }

    @Override
    public Outcome enable(StepRequest request) {
        Outcome outcome = super.enable(request);
        return switch (layer()) {
            case TRAFFIC -> trap.behind(outcome, Point.TRAFFIC_ENABLED, self);
            case SERVICE -> trap.behind(outcome, Point.SERVICE_ENABLED, self);
            case DATA -> outcome;
        };
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return super.syncControl().map(control -> new TrappedControl(control, trap, self));
    }
}
