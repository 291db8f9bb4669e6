package io.prontuario.ha.gcp;

import com.google.api.services.dns.model.ResourceRecordSet;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The emergency environment: wakes a small GKE cluster, leads the public name there, and brings both back.
 *
 * <p>A step is called again and again and goes on where the cloud is: each call looks at everything from the start, changes the first
 * thing that is missing, and answers {@code IN_PROGRESS} as long as something runs there. Nothing that it needs for that is kept in this
 * process or in the memo, so another coordinator that has neither arrives at the same end.
 *
 * <p>It takes no part in a failover or switchover on site. It moves the name only by a {@link Mandate}: a journaled emergency or
 * rehearsal, or a person's {@link Declaration}, which comes with the request. What the cloud may do with data follows from the record, see {@link EmergencyMode}.
 */
public final class GcpEmergencyStrategy implements FailoverStrategy {
    private static final Duration RECONCILE = Duration.ofMillis(1_500);
    /** Between looks while all is well: the cloud is asleep, and each look is a handful of requests. */
    private static final Duration BEAT = Duration.ofSeconds(60);

    private final GcpSettings settings;
    private final EmergencyOutbox outbox;
    private final GcpEndpoints endpoints;
    private final Bounded bounded = new Bounded();
    private final Google google;
    private final Gke gke;
    private final Kubernetes kubernetes;
    private final CloudDns dns;
    private final CloudSql sql;
    private final AtomicReference<Long> homeSince = new AtomicReference<>();
    private volatile Ticker ticker = Ticker.system();
    private volatile EmergencyOutbox.Reconciliation reconciliation = EmergencyOutbox.NONE.reconcile();
    private volatile @Nullable Sequence last;
    private volatile @Nullable Long lookedAt;
    private volatile Outcome seen = Outcome.alreadySo("not looked at yet");

    private GcpEmergencyStrategy(
            GcpSettings settings, EmergencyOutbox outbox, GcpEndpoints endpoints, TokenSource tokens) {
        this.settings = settings;
        this.outbox = outbox;
        this.endpoints = endpoints;
        this.google = new Google(tokens, bounded);
        this.gke = new Gke(google, endpoints.container(), settings);
        this.kubernetes = new Kubernetes(gke, endpoints.kubernetes(), tokens, bounded, settings);
        this.dns = new CloudDns(google, endpoints.dns(), settings);
        this.sql = new CloudSql(google, endpoints.sql(), settings);
    }

    /**
     * With the Application Default Credentials, which are looked for with the first call.
     *
     * @param outbox how notes that were written in the cloud come home; {@link EmergencyOutbox#NONE} when it only reads
     * @throws IllegalArgumentException when the cloud appends and there is no way home for what it appends
     */
    public static GcpEmergencyStrategy of(GcpSettings settings, EmergencyOutbox outbox) {
        return of(settings, outbox, GcpEndpoints.GOOGLE);
    }

    /** The same, with the services at other addresses: a private endpoint, or a double. */
    public static GcpEmergencyStrategy of(GcpSettings settings, EmergencyOutbox outbox, GcpEndpoints endpoints) {
        return of(settings, outbox, endpoints, new ApplicationDefaultTokens(endpoints.credentials()));
    }

    static GcpEmergencyStrategy of(
            GcpSettings settings, EmergencyOutbox outbox, GcpEndpoints endpoints, TokenSource tokens) {
        if (settings.mode() == EmergencyMode.APPEND_ONLY && outbox == EmergencyOutbox.NONE) {
            throw new IllegalArgumentException(
                    "mode APPEND_ONLY needs an outbox: without one, what was written in the cloud would never come home");
        }
        return new GcpEmergencyStrategy(settings, outbox, endpoints, tokens);
    }

    @Override
    public String name() {
        return "gcp";
    }

    @Override
    public Layer layer() {
        return Layer.SERVICE;
    }

    @Override
    public Placement placement() {
        return Placement.COORDINATOR;
    }

    @Override
    public Participation participation(TransitionKind kind) {
        return switch (kind) {
            case EMERGENCY, FAILBACK, DRILL -> Participation.REQUIRED;
            case FAILOVER, SWITCHOVER, RESTART -> Participation.NONE;
        };
    }

    @Override
    public Optional<NodeName> environment() {
        return Optional.of(settings.environment());
    }

    @Override
    public void start(StrategyContext context) {
        ticker = context.ticker();
    }

    /** What the cloud may do with data under this record, and what that means. */
    public EmergencyMode mode(ClusterState state) {
        return Mandate.mode(state, settings);
    }

    /** How each stage of the last attempt went, in order; empty before the first. For people. */
    public List<StageReport> progress() {
        Sequence now = last;
        return now == null ? List.of() : now.reports();
    }

    /** What came home of what was written in the cloud, as far as the last way back got. */
    public EmergencyOutbox.Reconciliation reconciliation() {
        return reconciliation;
    }

    /** Whether everything that would be used is there and may be used, as far as looking tells; names every problem. */
    @Override
    public Outcome prepare(StepRequest request) {
        Deadline deadline = deadline(request.limit());
        List<Outcome> all = new ArrayList<>();
        all.add(looked(() -> new ClusterStage(gke).run(deadline, "")));
        all.add(looked(() -> {
            gke.pool(deadline);
            return Outcome.done("");
        }));
        all.add(looked(() -> {
            kubernetes.scale(deadline);
            return Outcome.done("");
        }));
        all.add(looked(() -> {
            AddressStage.address(kubernetes, deadline);
            return Outcome.done("");
        }));
        all.add(looked(() -> {
            dns.zone(deadline);
            return dns.address(settings.name().record(), deadline).isPresent()
                    ? Outcome.done("")
                    : Outcome.refused("there is no A record " + settings.name().record() + ": create it");
        }));
        List<Outcome> wrong = all.stream().filter(one -> !one.holds()).toList();
        if (wrong.isEmpty()) {
            return Outcome.done("cluster, pool, Deployment, Service and name are there");
        }
        String detail = String.join("; ", wrong.stream().map(Outcome::detail).toList());
        return wrong.stream().anyMatch(one -> one.kind() == Outcome.Kind.REFUSED)
                ? Outcome.refused(detail)
                : Outcome.retry(detail, Failures.SOON);
    }

    private interface Look {
        Outcome at();
    }

    private static Outcome looked(Look look) {
        try {
            return look.at();
        } catch (CloudException e) {
            return e.outcome();
        }
    }

    /** For the cloud: wake it and lead the name there. For a node on site: lead the name home. */
    @Override
    public Outcome enable(StepRequest request) {
        return isCloud(request) ? wake(request) : goHome(request);
    }

    /** For the cloud: the name leads home and clients have had the time to follow. For a node on site: nothing; the name is no fence. */
    @Override
    public Outcome isolate(StepRequest request) {
        if (!isCloud(request)) {
            return Outcome.alreadySo(
                    "the cloud leads nobody to or from " + request.step().target());
        }
        Mandate mandate = Mandate.toReturn(request.state(), settings);
        if (mandate.kind() == Mandate.Kind.NONE) {
            return Outcome.refused(mandate.reason());
        }
        Duration time = Duration.ofSeconds(settings.name().ttlSeconds());
        Stage home = name(mandate, deadline -> site());
        Stage drain = new DrainStage(time, homeSince);
        // What waits there comes home first, so that clients find it; what is written until they have left, afterwards.
        return mandate.kind() == Mandate.Kind.REHEARSAL
                ? attempt(request, home, drain)
                : attempt(request, outbox(), home, drain);
    }

    /** For the cloud: what was written there comes home, then it goes to sleep. Refused while the name leads there. */
    @Override
    public Outcome rejoin(StepRequest request) {
        if (!isCloud(request)) {
            return Outcome.alreadySo("");
        }
        Stage empty = new LeftStage(
                dns, List.of(settings.name().record(), settings.name().rehearsal()), site());
        return attempt(
                request,
                empty,
                outbox(),
                new ScaleStage(kubernetes, settings.workload().asleep(), false),
                new NodePoolStage(gke, kubernetes, settings.pool(), false));
    }

    private Stage outbox() {
        return new OutboxStage(outbox, bounded, far -> reconciliation = far);
    }

    /**
     * Makes the Cloud SQL replica a primary. A stage of its own that no step calls: a person asks for it, and the record must name the
     * cloud as the primary and leave nobody who could be nominated instead. What is lost is what the replica had not received; it is the
     * caller's to say how much that is.
     */
    public Outcome promoteReplica(StepRequest request) {
        Optional<String> against = Mandate.againstPromotion(request.state(), settings);
        String replica = settings.replica();
        return against.isPresent() || replica == null
                ? Outcome.refused(against.orElse(""))
                : attempt(request, new ReplicaStage(sql, replica));
    }

    private Outcome wake(StepRequest request) {
        Mandate mandate = Mandate.toServe(request.state(), settings, Optional.ofNullable(request.declared()));
        if (mandate.kind() == Mandate.Kind.NONE) {
            return Outcome.refused(mandate.reason());
        }
        homeSince.set(null);
        GcpSettings.Workload workload = settings.workload();
        Stage cluster = new ClusterStage(gke);
        Stage nodes = new NodePoolStage(gke, kubernetes, settings.pool(), true);
        Stage configuration =
                new ConfigurationStage(kubernetes, workload.container(), settings.level(), mandate.mode());
        Stage scale = new ScaleStage(kubernetes, workload.awake(), true);
        Stage first = new AvailabilityStage("first", kubernetes, 1);
        Stage all = new AvailabilityStage("available", kubernetes, workload.awake());
        Stage address = new AddressStage(kubernetes, bounded, workload.servicePort());
        Stage name = name(mandate, this::cloud);
        // A pod that is warm serves at once, and grows while it does: a new node alone takes longer than all the rest.
        return warm(request)
                ? attempt(request, cluster, configuration, first, address, name, nodes, scale, all)
                : attempt(request, cluster, nodes, configuration, scale, first, address, name, all);
    }

    /** Whether a pod is available. What cannot be looked at is told by the stage that needs it. */
    private boolean warm(StepRequest request) {
        Outcome looked = looked(() -> new AvailabilityStage("first", kubernetes, 1).run(deadline(request.limit()), ""));
        return looked.holds();
    }

    private Outcome goHome(StepRequest request) {
        Mandate mandate = Mandate.toReturn(request.state(), settings);
        if (mandate.kind() == Mandate.Kind.NONE) {
            return Outcome.refused(mandate.reason());
        }
        if (mandate.kind() == Mandate.Kind.EMERGENCY
                && !request.step().target().equals(request.state().primary().node())) {
            return Outcome.refused(request.step().target() + " is not the active primary, "
                    + request.state().primary() + " is");
        }
        return attempt(request, name(mandate, deadline -> site()));
    }

    /** Bounded, and at most once a minute. Only looks: what is to be awake is said by steps. */
    @Override
    public Outcome reconcile(ClusterState state) {
        Long before = lookedAt;
        if (before != null && ticker.nanos() - before < BEAT.toNanos()) {
            return seen;
        }
        lookedAt = ticker.nanos();
        Deadline deadline = deadline(RECONCILE);
        seen = looked(() -> standing(state, deadline));
        return seen;
    }

    private Outcome standing(ClusterState state, Deadline deadline) {
        Outcome cluster = new ClusterStage(gke).run(deadline, "");
        if (!cluster.holds()) {
            return cluster;
        }
        Optional<ResourceRecordSet> found = dns.address(settings.name().record(), deadline);
        if (found.isEmpty()) {
            return Outcome.refused("there is no A record " + settings.name().record() + ": create it");
        }
        boolean atHome = site().containsAll(found.get().getRrdatas());
        if (!atHome && state.transition() == null && state.active()) {
            return Outcome.refused(
                    settings.name().record() + " leads to " + found.get().getRrdatas()
                            + " although no emergency is journaled: lead it home, or somebody else has changed it");
        }
        return Outcome.alreadySo(
                cluster.detail() + "; the name leads to " + found.get().getRrdatas());
    }

    @Override
    public String describe(Step step) {
        String cluster = settings.place().cluster() + " in " + settings.place().project() + "/"
                + settings.place().zone();
        boolean cloud = step.target().equals(settings.environment());
        return switch (step.verb()) {
            case ENABLE ->
                cloud
                        ? "wake " + cluster + ": " + settings.pool().awake() + " nodes, "
                                + settings.workload().awake() + " replicas of "
                                + settings.workload().deployment() + " at level " + settings.level() + " ("
                                + settings.mode().meaning() + "), then lead "
                                + settings.name().record() + " there"
                        : "lead " + settings.name().record() + " to "
                                + settings.name().onPremises();
            case ISOLATE ->
                cloud
                        ? "lead " + settings.name().record() + " to "
                                + settings.name().onPremises() + ", then wait "
                                + settings.name().ttlSeconds() + " s for clients to follow"
                        : "nothing: the cloud leads nobody to " + step.target();
            case REJOIN ->
                cloud
                        ? "bring home what was written in the cloud, then put " + cluster + " to sleep: "
                                + settings.workload().asleep() + " replicas, "
                                + settings.pool().asleep() + " nodes"
                        : "nothing";
        };
    }

    private boolean isCloud(StepRequest request) {
        return request.step().target().equals(settings.environment());
    }

    private Outcome attempt(StepRequest request, Stage... stages) {
        Sequence sequence = continued(request, stages);
        return sequence.run(deadline(request.limit()), request.memo());
    }

    /** The same step again keeps the times of its stages. */
    private Sequence continued(StepRequest request, Stage... stages) {
        String key = request.step() + "@" + request.state().epoch() + "/"
                + Objects.toString(request.state().transition(), "");
        Sequence before = last;
        Sequence next =
                before != null && before.key().equals(key) ? before.with(stages) : new Sequence(key, ticker, stages);
        last = next;
        return next;
    }

    private Stage name(Mandate mandate, Function<Deadline, Set<String>> wanted) {
        boolean rehearsal = mandate.kind() == Mandate.Kind.REHEARSAL;
        return new NameStage(
                dns,
                bounded,
                endpoints.nameServers(),
                rehearsal ? settings.name().rehearsal() : settings.name().record(),
                settings.name().ttlSeconds(),
                wanted,
                this::known);
    }

    private Set<String> site() {
        return Set.copyOf(settings.name().onPremises());
    }

    private Set<String> cloud(Deadline deadline) {
        return Set.of(AddressStage.address(kubernetes, deadline));
    }

    private Set<String> known(Deadline deadline) {
        Set<String> all = new HashSet<>(settings.name().onPremises());
        all.addAll(cloud(deadline));
        return all;
    }

    private Deadline deadline(Duration limit) {
        return Deadline.in(limit, settings.callLimit(), ticker);
    }

    @Override
    public void close() {
        kubernetes.close();
        google.close();
        bounded.close();
    }
}
