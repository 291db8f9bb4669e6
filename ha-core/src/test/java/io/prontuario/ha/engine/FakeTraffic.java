package io.prontuario.ha.engine;

import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import java.util.ArrayList;
import java.util.List;

/** Something in front of the servers that remembers what it was told. */
final class FakeTraffic implements FailoverStrategy {
    private final List<String> steps = new ArrayList<>();

    synchronized List<String> steps() {
        return List.copyOf(steps);
    }

    private synchronized Outcome did(StepRequest request) {
        steps.add(request.step().verb() + " " + request.step().target());
        return Outcome.done("");
    }

    @Override
    public String name() {
        return "traffic";
    }

    @Override
    public Layer layer() {
        return Layer.TRAFFIC;
    }

    @Override
    public Placement placement() {
        return Placement.COORDINATOR;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return did(request);
    }

    @Override
    public Outcome enable(StepRequest request) {
        return did(request);
    }
}
