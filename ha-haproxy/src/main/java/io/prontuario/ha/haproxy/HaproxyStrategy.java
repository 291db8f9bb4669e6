package io.prontuario.ha.haproxy;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * HAProxy in front of the servers: exactly one of them gets connections. Runs on the coordinator; several proxies are done one after
 * the other, a proxy that is away does not hold up the others.
 *
 * <p>Level-triggered: a proxy that was reloaded or restarted has forgotten its server states, and {@link #reconcile} brings them back.
 */
public final class HaproxyStrategy implements FailoverStrategy {
    private final HaproxySettings settings;
    private final List<Proxy> proxies;

    private HaproxyStrategy(HaproxySettings settings) {
        this.settings = settings;
        this.proxies = settings.proxies().stream()
                .map(address -> new Proxy(new RuntimeApi(address, settings.limit()), settings.backend()))
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
    public Outcome isolate(StepRequest request) {
        String server = settings.servers().get(request.step().target());
        return server == null ? notConfigured(request.step().target()) : onAll(proxy -> proxy.close(server, true));
    }

    @Override
    public Outcome enable(StepRequest request) {
        return route(request.step().target());
    }

    @Override
    public Outcome reconcile(ClusterState state) {
        // Until the nominee is active nothing is known to serve: traffic stays where it is and fails by the check of
        // /primary.
        return state.active() ? route(state.primary().node()) : Outcome.alreadySo("no active primary");
    }

    @Override
    public String describe(Step step) {
        String server = settings.servers().getOrDefault(step.target(), "?");
        return switch (step.verb()) {
            case ISOLATE -> "set server " + settings.backend() + "/" + server + " to maintenance and end its sessions";
            case ENABLE ->
                "set server " + settings.backend() + "/" + server + " ready, then the others to maintenance, on "
                        + settings.proxies();
            case REJOIN -> "leave " + server + " in maintenance";
        };
    }

    private Outcome route(NodeName node) {
        String server = settings.servers().get(node);
        return server == null
                ? notConfigured(node)
                : onAll(proxy -> proxy.route(server, settings.servers().values()));
    }

    private static Outcome notConfigured(NodeName node) {
        return Outcome.refused("haproxy.servers has no server for " + node + ": add it");
    }

    /** The worst outcome counts, after every proxy has been asked. */
    private Outcome onAll(Function<Proxy, Outcome> act) {
        Outcome worst = Outcome.alreadySo("");
        for (Proxy proxy : proxies) {
            Outcome outcome = contained(proxy, act);
            if (rank(outcome) > rank(worst)) {
                worst = outcome;
            }
        }
        return worst;
    }

    private static Outcome contained(Proxy proxy, Function<Proxy, Outcome> act) {
        try {
            return act.apply(proxy);
        } catch (HaproxyException e) {
            String message = Objects.requireNonNull(e.getMessage());
            return switch (e.kind()) {
                case UNREACHABLE -> Outcome.retry(message, Duration.ofMillis(500));
                case TIMEOUT, UNKNOWN_REPLY -> Outcome.unknown(message);
                case PERMISSION_DENIED, NO_SUCH_BACKEND, NO_SUCH_SERVER, UNKNOWN_COMMAND -> Outcome.refused(message);
            };
        }
    }

    private static int rank(Outcome outcome) {
        return switch (outcome.kind()) {
            case ALREADY_SO -> 0;
            case DONE -> 1;
            case IN_PROGRESS -> 2;
            case RETRY -> 3;
            case UNKNOWN -> 4;
            case REFUSED -> 5;
        };
    }
}
