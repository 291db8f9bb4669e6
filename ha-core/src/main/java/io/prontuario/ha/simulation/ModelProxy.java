package io.prontuario.ha.simulation;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** HAProxy as a coordinator sees it: one server is ready, and a reload forgets which (field notes 3, number 22). */
final class ModelProxy implements FailoverStrategy {
    private final VirtualTime time;
    private final Network network;
    private final Chance chance;
    private final NodeName self;
    private final Routing routing;

    ModelProxy(VirtualTime time, Network network, Chance chance, NodeName self, Routing routing) {
        this.time = time;
        this.network = network;
        this.chance = chance;
        this.self = self;
        this.routing = routing;
    }

    /** The proxy's own memory, the same for all coordinators. */
    static final class Routing {
        private @Nullable NodeName ready;

        @Nullable
        NodeName ready() {
            return ready;
        }

        void reload() {
            ready = null;
        }
    }

    @Override
    public String name() {
        return "proxy";
    }

    @Override
    public Layer layer() {
        return Layer.TRAFFIC;
    }

    @Override
    public Placement placement() {
        return Placement.COORDINATOR;
    }

    private Outcome made(@Nullable NodeName wanted, Duration limit) {
        if (!network.bothWays(self.value(), Network.CLIENTS)) {
            time.sleep(Math.min(limit.toNanos(), Duration.ofMillis(500).toNanos()));
            return Outcome.unknown("the proxy does not answer");
        }
        time.sleep(chance.between(1_000_000, 5_000_000));
        if (java.util.Objects.equals(routing.ready, wanted)) {
            return Outcome.alreadySo("");
        }
        routing.ready = wanted;
        return Outcome.done("");
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return request.step().target().equals(routing.ready) ? made(null, request.limit()) : Outcome.alreadySo("");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return made(request.step().target(), request.limit());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return state.active() ? made(state.primary().node(), Duration.ofSeconds(2)) : Outcome.alreadySo("");
    }
}
