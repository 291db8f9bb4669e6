package io.prontuario.ha.examples.local;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.gcp.CloudDouble;
import io.prontuario.ha.haproxy.HaproxyConfiguration;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.testing.FreePorts;
import io.prontuario.ha.testing.LocalEnsemble;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Three ZooKeeper servers, two or three PostgreSQL servers, an HAProxy, and the processes of as many data nodes and a witness, under one
 * folder with free ports. Must not run as root: PostgreSQL refuses it.
 */
public final class LocalCluster implements AutoCloseable {
    public static final String CLUSTER = "medical-records";
    private static final int USUAL_DATA_NODES = 2;
    /** The node without a server. */
    public static final String WITNESS = "lb";

    private static final Duration READ = Duration.ofSeconds(1);
    /** On a machine that is busy with other work as well; a healthy start takes seconds. */
    private static final Duration START = Duration.ofMinutes(4);

    private static final int INITIALISATIONS = 3;

    /** What an installation has and this one need not, so that {@code ha validate} finds nothing here. */
    private static final String ACCEPT = """
            accept:
              backups: nothing that is written here is worth keeping
              cloud: all of this is on one machine
            """;

    private static final Duration DRILL = Duration.ofSeconds(150);

    private final Path folder;
    private final Layout layout;
    private final List<String> dataNodes;
    private final LocalEnsemble ensemble;
    private final NodeProgram program;
    private final Map<String, LocalNode> nodes = new LinkedHashMap<>();
    /** Empty when the nodes connect to the ZooKeeper servers directly. */
    private final Map<String, StoreRelay> relays = new LinkedHashMap<>();

    private final List<Consumer<NodeEvent>> listeners = new CopyOnWriteArrayList<>();
    private final List<NodeEvent> events = new CopyOnWriteArrayList<>();
    private final ZooKeeperStore reader;
    private final LocalProxy proxy;
    /** Null when there is none beside the site. */
    private final @Nullable CloudDouble cloud;

    private LocalCluster(
            Path folder,
            Layout layout,
            LocalEnsemble ensemble,
            NodeProgram program,
            boolean relayed,
            @Nullable CloudDouble cloud) {
        this.cloud = cloud;
        this.folder = folder;
        this.layout = layout;
        this.program = program;
        this.ensemble = ensemble;
        this.dataNodes = layout.dataNodes();
        int[] ports = FreePorts.find(2 * dataNodes.size() + 3);
        Map<String, PostgresAddress> servers = new LinkedHashMap<>();
        for (int i = 0; i < dataNodes.size(); i++) {
            String name = dataNodes.get(i);
            servers.put(name, new PostgresAddress(layout.node(name).address(), ports[2 * i]));
        }
        int proxyPort = ports[2 * dataNodes.size()];
        int witnessPort = ports[2 * dataNodes.size() + 1];
        List<HaproxyConfiguration.Server> behind = new ArrayList<>();
        for (int i = 0; i < dataNodes.size(); i++) {
            String name = dataNodes.get(i);
            behind.add(new HaproxyConfiguration.Server(
                    name, String.valueOf(servers.get(name)), layout.node(name).address() + ":" + ports[2 * i + 1]));
        }
        int runtimePort = layout.severalHosts() ? ports[2 * dataNodes.size() + 2] : 0;
        this.proxy = LocalProxy.startAt(layout.proxy(), runtimePort, folder, proxyPort, behind);
        if (relayed) {
            startRelays();
        }
        for (int i = 0; i < dataNodes.size(); i++) {
            String name = dataNodes.get(i);
            nodes.put(name, node(name, ports[2 * i + 1], servers));
        }
        nodes.put(WITNESS, node(WITNESS, witnessPort, servers));
        this.reader = ZooKeeperStore.connect(ensemble.connectString());
        reader.start(CLUSTER, new NodeName("onlooker"), () -> {});
    }

    /**
     * Starts everything, with two data nodes, and waits until the standby is certified.
     *
     * @param folder must exist; everything lies under it
     * @param progress told each stage as a sentence
     * @throws IllegalStateException when something does not come up in time; everything is ended then
     */
    public static LocalCluster start(Path folder, Consumer<String> progress) {
        return startWith(NodeProgram.usual(), false, folder, progress);
    }

    /**
     * The same, spread over several hosts.
     *
     * @param layout what runs where; the places must exist
     * @param program what runs the nodes
     */
    public static LocalCluster startOn(Layout layout, NodeProgram program, Path folder, Consumer<String> progress) {
        return start(program, layout, false, null, folder, progress);
    }

    /** The same with so many data nodes, 2 or 3. */
    public static LocalCluster startWith(
            NodeProgram program, boolean relayed, int dataNodes, Path folder, Consumer<String> progress) {
        return start(program, Layout.loopback(dataNodes), relayed, null, folder, progress);
    }

    /**
     * The same, with another program for its nodes.
     *
     * @param relayed give each node a way to the store of its own that can be cut, {@link #cutOffFromStore}; every call of the store takes it
     */
    public static LocalCluster startWith(NodeProgram program, boolean relayed, Path folder, Consumer<String> progress) {
        return start(program, Layout.loopback(USUAL_DATA_NODES), relayed, null, folder, progress);
    }

    /** The same with a cloud beside the site: a double at ten times a cloud's pace, to which the nodes' real clients talk. */
    public static LocalCluster startBesideACloud(
            NodeProgram program, boolean relayed, Path folder, Consumer<String> progress) {
        progress.accept("starting a double of GKE, Cloud DNS and a Kubernetes API server, at ten times their pace");
        CloudDouble cloud = CloudDouble.at(CloudDouble.Pace.REAL.faster(10));
        try {
            return start(program, Layout.loopback(USUAL_DATA_NODES), relayed, cloud, folder, progress);
        } catch (RuntimeException e) {
            cloud.close();
            throw e;
        }
    }

    private static LocalCluster start(
            NodeProgram program,
            Layout layout,
            boolean relayed,
            @Nullable CloudDouble cloud,
            Path folder,
            Consumer<String> progress) {
        progress.accept("starting three ZooKeeper servers");
        LocalEnsemble ensemble = LocalEnsemble.startAt(layout.voters(), folder, START);
        LocalCluster cluster;
        try {
            progress.accept("starting HAProxy");
            cluster = new LocalCluster(folder, layout, ensemble, program, relayed, cloud);
        } catch (RuntimeException e) {
            ensemble.close();
            throw e;
        }
        try {
            progress.accept("ha init on studio-1: the record, the data directory, the first commit");
            List<String> names = cluster.dataNodes;
            LocalNode first = cluster.node(names.get(0));
            initialise(first, progress);
            List<String> others = names.subList(1, names.size());
            progress.accept("starting the nodes " + String.join(", ", names) + " and " + WITNESS + " (witness); "
                    + joined(others, "copies", "copy") + " the data by "
                    + (others.size() == 1 ? "itself" : "themselves"));
            cluster.nodes.values().forEach(LocalNode::start);
            cluster.awaitRedundant(START);
            progress.accept(joined(others, "is certified: it holds", "are certified: each holds")
                    + " every acknowledged commit and may take over");
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static String joined(List<String> names, String one, String several) {
        return String.join(" and ", names) + " " + (names.size() == 1 ? one : several);
    }

    /** On a machine that is busy with other work the store may answer late; interrupted, the same command goes on where it was. */
    private static void initialise(LocalNode first, Consumer<String> progress) {
        for (int attempt = 1; ; attempt++) {
            try {
                first.run(START, "init", "--config", first.configuration().toString());
                return;
            } catch (IllegalStateException e) {
                if (attempt == INITIALISATIONS) {
                    throw e;
                }
                progress.accept("again: " + e.getMessage());
            }
        }
    }

    private void startRelays() {
        int servers = ensemble.connectString().split(",", -1).length;
        List<String> names = new ArrayList<>(dataNodes);
        names.add(WITNESS);
        int[] ports = FreePorts.find(servers * names.size());
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            relays.put(
                    name,
                    StoreRelay.start(
                            name,
                            folder.resolve(name),
                            ensemble.connectString(),
                            Arrays.copyOfRange(ports, i * servers, (i + 1) * servers)));
        }
    }

    private String wayToStore(String name) {
        StoreRelay relay = relays.get(name);
        return relay == null ? ensemble.connectString() : relay.connectString();
    }

    private StoreRelay relay(LocalNode node) {
        return Optional.ofNullable(relays.get(node.name()))
                .orElseThrow(() -> new IllegalStateException("this cluster was started without relays to the store"));
    }

    /** That node reaches no ZooKeeper server any more, without a connection being closed; everybody else it reaches as before. */
    public void cutOffFromStore(LocalNode node) {
        relay(node).cut();
    }

    /** The end of {@link #cutOffFromStore}. */
    public void giveStoreBack(LocalNode node) {
        relay(node).restore();
    }

    private LocalNode node(String name, int httpPort, Map<String, PostgresAddress> servers) {
        boolean data = servers.containsKey(name);
        Path home = folder.resolve(name);
        Path file = home.resolve("node.yaml");
        String addresses = servers.entrySet().stream()
                .map(entry -> "    " + entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"));
        String names =
                dataNodes.stream().map(node -> "    " + node + ": " + node).collect(Collectors.joining("\n"));
        String text = """
                cluster: %s
                node: %s
                role: %s
                store: %s
                http: %s:%d
                state: %s
                postgres:
                %s
                  # As the benchmarks' floor has it: a crowd with a connection each.
                  settings: [ "max_connections = 300" ]
                  servers:
                %s
                haproxy:
                  proxies: [ "%s" ]
                  backend: %s
                  servers:
                %s
                """.formatted(
                                CLUSTER,
                                name,
                                data ? "data" : "witness",
                                wayToStore(name),
                                layout.node(name).address(),
                                httpPort,
                                home.resolve("state"),
                                postgresLines(home, data),
                                addresses,
                                proxy.runtimeAddress(),
                                LocalProxy.BACKEND,
                                names)
                + (data ? checks(home) : "")
                + ACCEPT
                + (cloud == null ? "" : section(cloud));
        try {
            Files.createDirectories(home);
            Files.writeString(file, text);
            if (!layout.password().isEmpty()) {
                Files.writeString(home.resolve("password"), layout.password() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return new LocalNode(name, layout.node(name), home, file, httpPort, servers.get(name), program, this::happened);
    }

    private String postgresLines(Path home, boolean data) {
        List<String> lines = new ArrayList<>();
        if (!layout.password().isEmpty()) {
            lines.add("  password-file: " + home.resolve("password"));
        }
        if (data) {
            lines.add("  data: " + home.resolve("data"));
            lines.add("  networks: [ " + layout.network() + " ]");
        }
        return String.join("\n", lines);
    }

    /** As an installation should have them, with bounds that a busy machine keeps. */
    private static String checks(Path home) {
        return """
                checks:
                  disk-space: { path: "%s", at-least: 1MiB }
                  memory: { at-most: 100%% }
                """.formatted(home);
    }

    private String section(CloudDouble there) {
        Path key = folder.resolve("cloud-key.json");
        try {
            if (!Files.exists(key)) {
                Files.writeString(key, there.serviceAccountKey());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + key, e);
        }
        String root = "http://127.0.0.1:" + there.port() + "/";
        return """
                gcp:
                  project: my-hospital
                  image: gcr.io/my-hospital/emergency-api:1.4
                  dns-zone: hospital
                  dns-record: ehr.hospital.example.
                  rehearsal-record: ehr-rehearsal.hospital.example.
                  on-premises: [ %s ]
                  service-port: %d
                  ttl: 5s
                  credentials: %s
                  endpoints:
                    container: %s
                    dns: %s
                    sql: %s
                    kubernetes: %s
                    name-servers: [ "%s" ]
                  emergency: { after: 5s }
                """.formatted(CloudDouble.SITE, there.port(), key, root, root, root, root, there.nameServer());
    }

    /** The cloud beside the site. */
    public CloudDouble cloud() {
        return Optional.ofNullable(cloud)
                .orElseThrow(() -> new IllegalStateException("this cluster was started without a cloud beside it"));
    }

    /** What a person may ask of an emergency. */
    public EmergencyControl emergency() {
        return EmergencyControl.of(reader);
    }

    private void happened(NodeEvent event) {
        events.add(event);
        listeners.forEach(listener -> listener.accept(event));
    }

    /** Told every event of every node, on the threads that read their output. */
    public void addListener(Consumer<NodeEvent> listener) {
        listeners.add(listener);
    }

    /** What the nodes have said so far. */
    public List<NodeEvent> events() {
        return List.copyOf(events);
    }

    public LocalNode node(String name) {
        return Optional.ofNullable(nodes.get(name))
                .orElseThrow(() -> new IllegalArgumentException("no node " + name + "; there are " + nodes.keySet()));
    }

    /** The one without a server, on the proxy's machine. */
    public LocalNode witness() {
        return node(WITNESS);
    }

    /** Those with a server. */
    public List<LocalNode> dataNodes() {
        return dataNodes.stream().map(this::node).toList();
    }

    /** The data nodes and the witness. */
    public List<LocalNode> nodes() {
        return Stream.concat(dataNodes().stream(), Stream.of(witness())).toList();
    }

    public LocalProxy proxy() {
        return proxy;
    }

    public LocalEnsemble ensemble() {
        return ensemble;
    }

    public Path folder() {
        return folder;
    }

    /** The record, as last seen. */
    public ClusterState state() {
        return reader.lastSeen()
                .map(Versioned::state)
                .orElseThrow(() -> new IllegalStateException("there is no record yet"));
    }

    /** The record as it is now. */
    public ClusterState readState() {
        return reader.read(READ)
                .map(Versioned::state)
                .orElseThrow(() -> new IllegalStateException("there is no record"));
    }

    /** The node that is the active primary by the record. */
    public LocalNode primary() {
        return node(state().primary().node().value());
    }

    /** The other data node, the first when there are several. */
    public LocalNode standby() {
        return standbys().get(0);
    }

    /** The other data nodes. */
    public List<LocalNode> standbys() {
        LocalNode primary = primary();
        return dataNodes().stream().filter(node -> node != primary).toList();
    }

    /** Waits until a primary is active and every other data node certified. */
    public void awaitRedundant(Duration limit) {
        Waiting.until(limit, "a primary is active and its standbys are certified", () -> {
            // A synced read: the watch may hang on a server that was frozen.
            ClusterState state = readState();
            return state.active()
                    && state.transition() == null
                    && state.inSync().size() == dataNodes.size() - 1
                    && state.inSync().stream()
                            .map(Copy::node)
                            .noneMatch(state.primary().node()::equals);
        });
    }

    /**
     * {@code ha switchover --to} a node; answers what it said.
     *
     * @throws IllegalStateException when it was refused or undone, with the reason
     */
    public String switchover(LocalNode to) {
        LocalNode witness = witness();
        return witness.run(
                START,
                "switchover",
                "--to",
                to.name(),
                "--config",
                witness.configuration().toString());
    }

    /**
     * {@code ha restart} of a standby; answers what it said.
     *
     * @throws IllegalStateException when it was refused, with the reason
     */
    public String restart(LocalNode standby) {
        LocalNode witness = witness();
        return witness.run(
                START,
                "restart",
                standby.name(),
                "--config",
                witness.configuration().toString());
    }

    /**
     * {@code ha drill gcp}; answers its report.
     *
     * @throws IllegalStateException when it has a problem
     */
    public String drillGcp() {
        LocalNode witness = witness();
        return witness.run(
                DRILL, "drill", "gcp", "--config", witness.configuration().toString(), "--price-per-node-hour", "0.20");
    }

    /** What a pool of an application beside this cluster is made of. */
    public PoolSettings.Builder pool() {
        PoolSettings.Builder settings =
                PoolSettings.builder().database("postgres").user("postgres");
        dataNodes().forEach(node -> settings.server(new NodeName(node.name()), node.server()));
        return settings;
    }

    /** A node without a server for such an application, in this process; not started yet. */
    public HaNode.Builder client(String name) {
        return HaNode.builder()
                .cluster(CLUSTER)
                .node(name)
                .role(NodeRole.CLIENT)
                .store(ZooKeeperStore.connect(ensemble.connectString()))
                .stateFolder(folder.resolve(name));
    }

    /** How to look around in what {@code --keep} leaves, and how to stop it. */
    public List<String> directions() {
        String config = node("lb").configuration().toString();
        return List.of(
                "everything lies under " + folder,
                "the cluster:    ./ha status --config " + config,
                "the history:    ./ha history --config " + config,
                "through HAProxy: psql -h " + proxy.address() + " -p " + proxy.port() + " -U postgres postgres");
    }

    /** The processes that {@code close} would end, for those who keep them. */
    public List<Long> pids() {
        Stream<Long> agents = nodes.values().stream().flatMap(node -> node.agentPid().stream());
        Stream<Long> servers = dataNodes().stream()
                .flatMap(node -> node.serverProcess().postmaster().stream())
                .map(ProcessHandle::pid);
        Stream<Long> stores = Stream.of(0, 1, 2).flatMap(server -> ensemble.pidOf(server).stream());
        Stream<Long> ways = relays.values().stream().map(StoreRelay::pid);
        return Stream.of(agents, Stream.of(proxy.pid()), servers, stores, ways)
                .flatMap(pids -> pids)
                .toList();
    }

    /**
     * Ends every process that this one started for a cluster under {@code folder}, however far the start had come: for Ctrl-C. Servers
     * are no children of this process; their own files name them.
     */
    public static void endEverythingUnder(Path folder) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        for (String name : Layout.names(Layout.MOST_DATA_NODES)) {
            LocalServerProcess.of(folder.resolve(name).resolve("data")).killForGood();
        }
    }

    /** Ends every process: agents first, so that nobody takes over from a server that is being ended. Leaves the folder. */
    @Override
    public void close() {
        nodes.values().forEach(LocalNode::killAgent);
        proxy.close();
        dataNodes().forEach(node -> node.serverProcess().killForGood());
        reader.close();
        relays.values().forEach(StoreRelay::close);
        if (cloud != null) {
            cloud.close();
        }
        ensemble.close();
    }
}
