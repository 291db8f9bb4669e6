package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy in front of the servers: exactly one of them gets connections. Runs on the coordinator; several proxies are done at the same
 * time, so that one that is away holds up none of the others.
 *
 * <p>Level-triggered: a proxy that was reloaded or restarted has forgotten its server states, and {@link #reconcile} brings them back.
 *
 * <p>On every node it also reads the proxies' checks of {@code /primary}, as one more pair of eyes on a host that is silent: see
 * {@link #sightings}.
 */
public final class HaproxyStrategy implements FailoverStrategy {
    /** For a reconcile, which has no limit of its own. */
    private static final Duration RECONCILE = HaproxySettings.LONGEST_LIMIT;

    private final HaproxySettings settings;
    private final List<Lane> lanes;
    private volatile List<CheckWatch> watches = List.of();
    private volatile Ticker ticker = Ticker.system();
    private volatile @Nullable NodeName self;

    private HaproxyStrategy(HaproxySettings settings) {
        this.settings = settings;
        this.lanes = settings.proxies().stream()
                .map(address -> new Lane(settings, address, () -> ticker.nanos()))
                .toList();
    }

    public static HaproxyStrategy of(HaproxySettings settings) {
        return new HaproxyStrategy(settings);
    }

    @Override
    public String name() {
        return "haproxy";
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
    public void start(StrategyContext context) {
        ticker = context.ticker();
        self = context.self();
        if (!settings.checkInterval().isZero()) {
            watches = lanes.stream().map(lane -> lane.watch(settings, context)).toList();
            watches.forEach(CheckWatch::start);
        }
    }

    /**
     * What each proxy's check of {@code /primary} says of the target's host. The proxy does not check a server in maintenance, so it is an
     * eye on the server that gets the traffic alone; on any other, and when the proxy itself is away, it knows nothing.
     */
    @Override
    public List<Sighting> sightings(NodeName target) {
        NodeName observer = self;
        String server = settings.servers().get(target);
        if (observer == null || server == null) {
            return List.of();
        }
        return watches.stream()
                .map(watch -> {
                    CheckHistory.Seen seen = watch.seen(server);
                    String means = "proxy check " + watch.address();
                    return new Sighting(observer, target, means, seen.answer(), seen.lastReachedAge(), true);
                })
                .toList();
    }

    /** Whether every proxy could be flipped: reached, known servers, a socket that may change them. */
    @Override
    public Outcome prepare(StepRequest request) {
        return onAll(request.limit(), false, Proxy::prepare);
    }

    @Override
    public Outcome isolate(StepRequest request) {
        String server = settings.servers().get(request.step().target());
        // What comes next, enabling the new primary on every proxy, waits for this.
        return server == null
                ? notConfigured(request.step().target())
                : onAll(request.limit(), true, (proxy, deadline) -> proxy.isolate(server, deadline));
    }

    @Override
    public Outcome enable(StepRequest request) {
        String server = settings.servers().get(request.step().target());
        return server == null
                ? notConfigured(request.step().target())
                : onAll(request.limit(), false, (proxy, deadline) -> proxy.enable(server, deadline));
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        return reconcile(state, Proxy::reconcile);
    }

    @Override
    public Outcome reconcileUnattended(ClusterState state) {
        return reconcile(state, Proxy::reconcileUnattended);
    }

    private Outcome reconcile(ClusterState state, Routing routing) {
        // Until the nominee is active nothing is known to serve: traffic stays where it is and fails by the check of
        // /primary.
        if (!state.active()) {
            return Outcome.alreadySo("no active primary");
        }
        NodeName primary = state.primary().node();
        String server = settings.servers().get(primary);
        return server == null
                ? notConfigured(primary)
                : onAll(RECONCILE, false, (proxy, deadline) -> routing.to(proxy, server, deadline));
    }

    /** Brings one proxy in line with the server that is wanted. */
    private interface Routing {
        Outcome to(Proxy proxy, String server, Deadline deadline);
    }

    @Override
    public String describe(Step step) {
        String server = settings.servers().getOrDefault(step.target(), "?");
        return switch (step.verb()) {
            case ISOLATE ->
                "set server " + settings.backend() + "/" + server + " to maintenance and end its sessions, on "
                        + settings.proxies();
            case ENABLE ->
                "set server " + settings.backend() + "/" + server + " ready, then the others to maintenance, on "
                        + settings.proxies();
            case REJOIN -> "leave " + server + " in maintenance";
        };
    }

    private static Outcome notConfigured(NodeName node) {
        return Outcome.refused("haproxy.servers has no server for " + node + ": add it");
    }

    private Outcome onAll(Duration cap, boolean othersWait, BiFunction<Proxy, Deadline, Outcome> act) {
        List<Lane.Attempt> attempts =
                lanes.stream().map(lane -> lane.attempt(cap, othersWait, act)).toList();
        return Outcomes.together(attempts.stream().map(Lane.Attempt::await).toList());
    }

    @Override
    public void close() {
        watches.forEach(CheckWatch::close);
        lanes.forEach(Lane::close);
    }
}
