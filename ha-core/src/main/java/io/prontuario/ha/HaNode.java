package io.prontuario.ha;

import io.prontuario.ha.engine.Adoption;
import io.prontuario.ha.engine.Bootstrap;
import io.prontuario.ha.engine.EmergencySettings;
import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.engine.EngineSettings;
import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.http.OperatorSurface;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.EmergencyRules;
import io.prontuario.ha.model.HealthReport;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.Approval;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverPolicy;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Ticker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One node of the cluster inside this process: the entry point of the library.
 *
 * <pre>{@code
 * try (HaNode node = HaNode.builder()
 *         .cluster("medical-records").node("studio-1")
 *         .store(ZooKeeperStore.connect("studio-1:2181,studio-2:2181,lb:2181"))
 *         .strategy(postgres).strategy(haproxy)
 *         .stateFolder(Path.of("/var/lib/prontuario"))
 *         .listen(new InetSocketAddress("192.0.2.10", 8008))
 *         .start()) { … }
 * }</pre>
 *
 * <p>Any thread may call any method.
 */
public final class HaNode implements AutoCloseable {
    private final Engine engine;
    private final Switchover switchover;
    private final ManualFailover failover;
    private final ClusterControl control;
    private final EmergencyControl emergency;
    private final @Nullable Departure departure;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final FunctionalityLevel level;
    private final @Nullable OperatorSurface operators;

    private HaNode(
            Engine engine,
            Switchover switchover,
            ManualFailover failover,
            ClusterControl control,
            EmergencyControl emergency,
            @Nullable Departure departure,
            FunctionalityLevel level,
            @Nullable OperatorSurface operators) {
        this.engine = engine;
        this.switchover = switchover;
        this.failover = failover;
        this.control = control;
        this.emergency = emergency;
        this.departure = departure;
        this.level = level;
        this.operators = operators;
    }

    /** Collects what a node needs: cluster, node, store and state folder, and for a data node the strategies that move with its server. */
    public static Builder builder() {
        return new Builder();
    }

    /** What this node knew when it last looked; empty before the first look. */
    public Optional<ClusterView> view() {
        return Optional.ofNullable(engine.view());
    }

    /** What a switchover to that node would do, and whether it may: the dry run. Blocks for as long as the store takes to answer. */
    public SwitchoverPlan plan(NodeName to) {
        return engine.described(switchover.plan(to));
    }

    /**
     * Lets that node become the primary, with nothing lost, and waits for the end; any node may be asked. Blocks for some seconds.
     *
     * @return whether it is, or why it was refused or undone
     */
    public Switchover.Result switchover(NodeName to) {
        return switchover.run(to, stage -> {});
    }

    /**
     * A person's agreement to a takeover that the policy does not begin without one ({@code NEEDS_APPROVAL}): that node becomes the primary if it
     * is certified to hold every acknowledged commit. Blocks for some seconds; see {@link ManualFailover#approve}.
     */
    public Switchover.Result approve(NodeName to) {
        return failover.approve(to);
    }

    /** Forbids takeovers until {@link #resume()}, for the whole cluster; see {@link ClusterControl#pause()}. */
    public boolean pause() {
        return control.pause();
    }

    /** Forbids them for a time; see {@link ClusterControl#pauseFor}. */
    public PauseEnd pauseFor(Duration time) {
        return control.pauseFor(time);
    }

    /** Allows takeovers again; see {@link ClusterControl#resume()}. */
    public boolean resume() {
        return control.resume();
    }

    /** What people may ask of an emergency: to approve it, to declare it, the way back, a rehearsal. */
    public EmergencyControl emergency() {
        return emergency;
    }

    /** How the health checks stand, and this node's server. Never blocks. */
    public HealthReport health() {
        return engine.health();
    }

    /** How much of the host application is open; kept in the state folder through restarts. The host sets it. */
    public FunctionalityLevel level() {
        return level;
    }

    /** All that is measured here at this moment; what {@code /metrics} says. Never blocks. */
    public List<Measure> measures() {
        return engine.measures();
    }

    /** Tells a listener what happens from now on. */
    public void addListener(HaListener listener) {
        engine.addListener(listener);
    }

    /**
     * What the node answers at a path, for a host application that wants it in its own web server as well: {@code /health}, {@code /ready},
     * {@code /primary}, {@code /replica}, {@code /metrics}, {@code /status}. Proxies and nodes go on asking the node itself. Never blocks.
     *
     * @param path such as {@code /health}
     * @param query what follows the question mark, undecoded; empty when nothing does
     * @return empty when there is nothing at that path
     */
    public Optional<WebPage> page(String path, String query) {
        return Optional.ofNullable(engine.pages().get(path))
                .map(page -> page.answer(new Request(path, query)))
                .map(reply -> new WebPage(reply.status(), reply.type(), reply.body()));
    }

    /** The port on which it answers HTTP. */
    public int httpPort() {
        return engine.httpPort();
    }

    /** The port on which it answers operators; empty when it was not told to. */
    public OptionalInt operatorPort() {
        return operators == null ? OptionalInt.empty() : OptionalInt.of(operators.port());
    }

    /**
     * Leaves the cluster: ends this node's session and lets go of everything it holds. Its server goes on running and acknowledging
     * as the record and its names allow. With {@link Leaving#SWITCH_OVER} the primary's node lets another become the primary first, up to
     * about 40 s longer; when that is not possible, or is undone, it says so and leaves all the same. Idempotent; otherwise waits up to
     * a few seconds; never throws.
     */
    @Override
    public void close() {
        if (operators != null) {
            operators.close();
        }
        if (departure != null && closing.compareAndSet(false, true)) {
            departure.run();
        }
        engine.close();
        level.close();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        /** Fields that {@code /health} has beside the checks. */
        private static final Set<String> RESERVED = Set.of("timestamp", "hostname", "ip", "database");

        private String cluster = "";
        private @Nullable NodeName node;
        private String nodeText = "";
        private NodeRole role = NodeRole.DATA;
        private @Nullable ClusterStore store;
        private final List<FailoverStrategy> strategies = new ArrayList<>();
        private final List<HaListener> listeners = new ArrayList<>();
        private final List<HealthCheck> checks = new ArrayList<>();
        private final List<Supplier<List<Measure>>> measures = new ArrayList<>();
        private final List<Feature> features = new ArrayList<>();
        private @Nullable OperatorAccess operators;
        private @Nullable FailoverPolicy policy;
        private @Nullable Fencer fencer;
        private Limits limits = Limits.DEFAULT;
        private EmergencyRules emergencyRules = EmergencyRules.DEFAULT;
        private @Nullable Approval approval;
        private Leaving leaving = Leaving.STAY;
        private NodeTags tags = NodeTags.USUAL;
        private InetSocketAddress listen = new InetSocketAddress("127.0.0.1", 0);
        private @Nullable Path stateFolder;
        private Ticker ticker = Ticker.system();
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /** The cluster's name, the same on all nodes: 1 to 40 of {@code a-z 0-9 -}. Required. */
        public Builder cluster(String name) {
            this.cluster = name;
            return this;
        }

        /** This node's name. Required. */
        public Builder node(String name) {
            this.nodeText = name;
            return this;
        }

        /** What this node is. Default DATA. */
        public Builder role(NodeRole value) {
            this.role = value;
            return this;
        }

        /** Where the record lives. Required. The node starts and closes it. */
        public Builder store(ClusterStore value) {
            this.store = value;
            return this;
        }

        /** Something that moves with the primary. A data node needs exactly one with {@code SyncControl}. The node starts and closes it. */
        public Builder strategy(FailoverStrategy value) {
            strategies.add(value);
            return this;
        }

        /**
         * Who keeps a primary from acknowledging by force, when one takes over in {@code ASYNC}; the same on all nodes that may coordinate.
         * Default nobody: then only a person lets somebody take over there.
         */
        public Builder fencer(Fencer value) {
            this.fencer = value;
            return this;
        }

        /** What to do about the primary. Default {@link FailoverPolicies#standard()}. */
        public Builder policy(FailoverPolicy value) {
            this.policy = value;
            return this;
        }

        /** The times to decide by; the same on all nodes. Default {@link Limits#DEFAULT}. */
        public Builder limits(Limits value) {
            this.limits = value;
            return this;
        }

        /** When the environment elsewhere is used, and who has to agree; the same on all nodes. Default {@link EmergencyRules#DEFAULT}. */
        public Builder emergencyRules(EmergencyRules value) {
            this.emergencyRules = value;
            return this;
        }

        /** Who may agree to an emergency beside a person. Default nobody. */
        public Builder approval(Approval value) {
            this.approval = value;
            return this;
        }

        /** What {@link HaNode#close()} does on the primary's node. Default {@link Leaving#STAY}. */
        public Builder leaving(Leaving value) {
            this.leaving = value;
            return this;
        }

        /** What this data node is good for: whether and how gladly it takes over, and whether it is read from. Default {@link NodeTags#USUAL}. */
        public Builder tags(NodeTags value) {
            this.tags = value;
            return this;
        }

        /** Where to answer HTTP. Default a free port on loopback, which only nodes on this machine reach. */
        public Builder listen(InetSocketAddress address) {
            this.listen = address;
            return this;
        }

        /** A folder beside the data directory for what this node must remember. Required. */
        public Builder stateFolder(Path folder) {
            this.stateFolder = folder;
            return this;
        }

        /** Told what happens. */
        public Builder addListener(HaListener listener) {
            listeners.add(listener);
            return this;
        }

        /** Something that is looked at for {@code /health}, events and metrics. Names differ. */
        public Builder check(HealthCheck value) {
            checks.add(value);
            return this;
        }

        /** What the host measures, for {@code /metrics} beside what the node does. Asked at any moment, on any thread: no I/O. */
        public Builder measures(Supplier<List<Measure>> value) {
            measures.add(value);
            return this;
        }

        /** Something that the host can do without; see {@link HaNode#level()}. Names differ. */
        public Builder feature(Feature value) {
            features.add(value);
            return this;
        }

        /** Where to answer operators, apart from nodes and proxies. Default nowhere. */
        public Builder operators(OperatorAccess value) {
            this.operators = value;
            return this;
        }

        /** Where durations come from. Default the machine's monotonic clock. */
        public Builder ticker(Ticker value) {
            this.ticker = value;
            return this;
        }

        /** Where calendar time for people comes from. Default the machine's clock. */
        public Builder clock(InstantSource value) {
            this.clock = value;
            return this;
        }

        /**
         * Checks everything together, then starts the node. Returns at once; the store is connected in the background.
         *
         * @throws IllegalArgumentException with every violation, one a line; nothing has been started then
         */
        public HaNode start() {
            EngineSettings settings = settings();
            FunctionalityLevel level =
                    FunctionalityLevel.keptIn(settings.stateFolder().resolve("functionality-level"), features);
            Engine engine = new Engine(settings.withFunctionality(level::asMap)
                    .withMeasures(() -> List.of(Measure.gauge(
                            "prontuario_ha_functionality_level",
                            "How much of the host application is open, 0 to 100.",
                            Map.of(),
                            level.value()))));
            try {
                engine.start();
                Switchover switchover = new Switchover(settings.store(), settings.ticker(), settings.clock());
                ClusterControl control = new ClusterControl(settings.store(), settings.ticker(), settings.clock());
                EmergencyControl emergency =
                        new EmergencyControl(settings.store(), settings.ticker(), settings.clock());
                ManualFailover failover = new ManualFailover(settings.store(), settings.ticker(), settings.clock());
                AuditTrail audit = new AuditTrail(settings.store(), settings.clock());
                OperatorSurface surface = operators == null
                        ? null
                        : Operators.surface(operators, engine, control, emergency, switchover, failover, audit);
                Departure departure = switch (leaving) {
                    case STAY -> null;
                    case SWITCH_OVER -> new Departure(engine, switchover, settings.self(), settings.ticker());
                };
                return new HaNode(engine, switchover, failover, control, emergency, departure, level, surface);
            } catch (RuntimeException e) {
                engine.close();
                level.close();
                throw e;
            }
        }

        /**
         * Makes this node the first of a new cluster: creates the record only if there is none, the data directory behind the gate,
         * activates and opens it. Interrupted, the same call on the same node goes on; on another node it is refused. Blocks.
         *
         * @param progress told each step as a sentence
         * @throws IllegalStateException when it is refused, with the reason and the next move
         */
        public void initialise(Durability durability, int strictMinimum, Consumer<String> progress) {
            Bootstrap.run(settings(), durability, strictMinimum, progress);
        }

        /**
         * Takes over the server of this node, which runs without an agent, as it is: on the primary's node first, where it creates the record
         * only if there is none, then on the standby's. Interrupted, the same call on the same node goes on. Blocks.
         *
         * @param durability {@code AVAILABLE} or {@code ASYNC}: in {@code STRICT} writes would wait until the standby is taken over too
         * @param agreed shown the plan; nothing is changed when it says no
         * @param progress told each step as a sentence
         * @return whether the server is taken over; false when it was not agreed to
         * @throws IllegalStateException when it is refused, with the reason and the next move
         */
        public boolean adopt(Durability durability, Predicate<AdoptionPlan> agreed, Consumer<String> progress) {
            if (durability == Durability.STRICT) {
                throw new IllegalArgumentException(
                        "in STRICT writes would wait until the standby is certified: take over in"
                                + " AVAILABLE, and change to STRICT (ha durability) when it is");
            }
            return Adoption.run(settings(), durability, agreed, progress);
        }

        private EngineSettings settings() {
            List<String> wrong = new ArrayList<>();
            if (!cluster.matches("[a-z0-9-]{1,40}")) {
                wrong.add("cluster: '" + cluster + "' must be 1 to 40 characters of a-z, 0-9 and '-'");
            }
            try {
                node = new NodeName(nodeText);
            } catch (IllegalArgumentException e) {
                wrong.add("node: " + e.getMessage());
            }
            if (store == null) {
                wrong.add("store: missing: give one, such as ZooKeeperStore.connect(\"a:2181,b:2181,c:2181\")");
            }
            if (stateFolder == null) {
                wrong.add("stateFolder: missing: a folder beside the data directory");
            }
            long data = strategies.stream()
                    .filter(strategy -> strategy.layer() == Layer.DATA && strategy.placement() == Placement.NODE)
                    .count();
            if (role == NodeRole.DATA && data != 1) {
                wrong.add("strategy: a data node needs exactly one strategy that controls its server, " + data
                        + " were given");
            }
            if (strategies.stream().map(FailoverStrategy::name).distinct().count() != strategies.size()) {
                wrong.add("strategy: two have the same name: "
                        + strategies.stream().map(FailoverStrategy::name).toList());
            }
            violations(checks).forEach(violation -> wrong.add("check: " + violation));
            if (operators != null) {
                operators.violations().forEach(violation -> wrong.add("operators: " + violation));
            }
            if (strategies.stream()
                            .filter(strategy -> strategy.environment().isPresent())
                            .count()
                    > 1) {
                wrong.add("strategy: more than one has an environment elsewhere; give one");
            }
            if (role != NodeRole.DATA && !tags.equals(NodeTags.USUAL)) {
                wrong.add("tags: " + tags.unusual() + " are given although role is " + role
                        + ": tags say what a server is good for");
            }
            emergencyRules.violations().forEach(violation -> wrong.add("emergencyRules: " + violation));
            limits.violations().forEach(violation -> wrong.add("limits: " + violation));
            NodeName self = node;
            ClusterStore where = store;
            Path folder = stateFolder;
            if (!wrong.isEmpty() || self == null || where == null || folder == null) {
                throw new IllegalArgumentException("this node cannot start:\n  " + String.join("\n  ", wrong));
            }
            return new EngineSettings(
                            cluster,
                            self,
                            role,
                            where,
                            strategies,
                            chosen(),
                            limits,
                            new EmergencySettings(emergencyRules, approval),
                            listen,
                            folder,
                            listeners,
                            checks,
                            measures,
                            Map::of,
                            ticker,
                            clock,
                            Machine.real())
                    .withTags(tags)
                    .withFencer(fencer);
        }

        private FailoverPolicy chosen() {
            if (policy != null) {
                return policy;
            }
            return FailoverPolicies.standard();
        }

        private static List<String> violations(List<HealthCheck> checks) {
            List<String> wrong = new ArrayList<>();
            Set<String> names = new HashSet<>(RESERVED);
            for (HealthCheck check : checks) {
                String name = check.name();
                if (!name.matches("[a-z][a-z0-9_]{0,39}")) {
                    wrong.add("'" + name + "' must be 1 to 40 characters of a-z, 0-9 and '_' and begin with a letter");
                } else if (!names.add(name)) {
                    wrong.add("'" + name + "' is another's name: give it one of its own");
                }
                if (check.limit().toMillis() < 1 || check.every().toMillis() < 1) {
                    wrong.add("'" + name + "' has a limit of " + check.limit().toMillis() + " ms and looks every "
                            + check.every().toMillis() + " ms; both must be at least 1 ms");
                }
            }
            return wrong;
        }
    }
}
