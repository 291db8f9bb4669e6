package io.prontuario.ha;

import io.prontuario.ha.engine.Bootstrap;
import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.engine.EngineSettings;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverPolicy;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Ticker;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
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
    private final ClusterControl control;
    private final @Nullable Departure departure;
    private final AtomicBoolean closing = new AtomicBoolean();

    private HaNode(Engine engine, Switchover switchover, ClusterControl control, @Nullable Departure departure) {
        this.engine = engine;
        this.switchover = switchover;
        this.control = control;
        this.departure = departure;
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
        return switchover.plan(to);
    }

    /**
     * Lets that node become the primary, with nothing lost, and waits for the end; any node may be asked. Blocks for some seconds.
     *
     * @return whether it is, or why it was refused or undone
     */
    public Switchover.Result switchover(NodeName to) {
        return switchover.run(to, stage -> {});
    }

    /** Forbids takeovers until {@link #resume()}, for the whole cluster; see {@link ClusterControl#pause()}. */
    public boolean pause() {
        return control.pause();
    }

    /** Allows takeovers again; see {@link ClusterControl#resume()}. */
    public boolean resume() {
        return control.resume();
    }

    /** The port on which it answers HTTP. */
    public int httpPort() {
        return engine.httpPort();
    }

    /**
     * Leaves the cluster: ends this node's session and lets go of everything it holds. Its server goes on running and acknowledging
     * as the record and its names allow. With {@link Leaving#SWITCH_OVER} the primary's node lets another become the primary first, up to
     * about 40 s longer; when that is not possible, or is undone, it says so and leaves all the same. Idempotent; otherwise waits up to
     * a few seconds; never throws.
     */
    @Override
    public void close() {
        if (departure != null && closing.compareAndSet(false, true)) {
            departure.run();
        }
        engine.close();
    }

    /** Collects the settings. Not thread-safe. */
    public static final class Builder {
        private String cluster = "";
        private @Nullable NodeName node;
        private String nodeText = "";
        private NodeRole role = NodeRole.DATA;
        private @Nullable ClusterStore store;
        private final List<FailoverStrategy> strategies = new ArrayList<>();
        private final List<HaListener> listeners = new ArrayList<>();
        private FailoverPolicy policy = FailoverPolicies.standard();
        private Limits limits = Limits.DEFAULT;
        private Leaving leaving = Leaving.STAY;
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

        /** What {@link HaNode#close()} does on the primary's node. Default {@link Leaving#STAY}. */
        public Builder leaving(Leaving value) {
            this.leaving = value;
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
            Engine engine = new Engine(settings);
            try {
                engine.start();
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
            Switchover switchover = new Switchover(settings.store(), settings.ticker(), settings.clock());
            Departure departure = switch (leaving) {
                case STAY -> null;
                case SWITCH_OVER -> new Departure(engine, switchover, settings.self(), settings.ticker());
            };
            return new HaNode(engine, switchover, new ClusterControl(settings.store(), settings.ticker()), departure);
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
            limits.violations().forEach(violation -> wrong.add("limits: " + violation));
            NodeName self = node;
            ClusterStore where = store;
            Path folder = stateFolder;
            if (!wrong.isEmpty() || self == null || where == null || folder == null) {
                throw new IllegalArgumentException("this node cannot start:\n  " + String.join("\n  ", wrong));
            }
            return new EngineSettings(
                    cluster, self, role, where, strategies, policy, limits, listen, folder, listeners, ticker, clock);
        }
    }
}
