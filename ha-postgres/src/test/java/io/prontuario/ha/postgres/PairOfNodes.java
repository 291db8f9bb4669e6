package io.prontuario.ha.postgres;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Two real servers under the product's own nodes and a witness, on a store in memory that can be taken away. */
public final class PairOfNodes implements AutoCloseable {
    public static final NodeName OLD = new NodeName("studio-1");
    public static final NodeName TARGET = new NodeName("studio-2");

    static final String CLUSTER = "records";
    static final Duration LIMIT = Duration.ofSeconds(5);

    final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    final InMemoryClusterStore hand = ensemble.store();
    private final Path folder;
    private final Map<NodeName, LabServer> servers = new LinkedHashMap<>();
    private final List<HaNode> nodes = new ArrayList<>();
    private final List<HaEvent> events = new CopyOnWriteArrayList<>();
    private String agents = "postgres";

    /** Starts them and waits until the second one is certified. */
    public PairOfNodes(PostgresLab lab, Path folder) {
        this.folder = folder;
        servers.put(OLD, lab.absent(OLD.value()));
        servers.put(TARGET, lab.absent(TARGET.value()));
        data(OLD).initialise(Durability.AVAILABLE, 1, said -> {});
        nodes.add(data(OLD).start());
        nodes.add(data(TARGET).start());
        nodes.add(withoutServer("witness", NodeRole.WITNESS).start());
        hand.start(CLUSTER, new NodeName("hand"), () -> {});
        awaitRedundant();
    }

    private HaNode.Builder data(NodeName self) {
        PostgresSettings.Builder settings = PostgresSettings.builder()
                .self(self)
                .user(agents)
                .data(server(self).data())
                .binaries(PostgresInstallation.find().orElseThrow())
                .account("root".equals(System.getProperty("user.name")) ? "postgres" : "")
                .networks(List.of("127.0.0.1/32"))
                .extraSettings(List.of("shared_buffers = 32MB", "autovacuum = off", "max_wal_size = 256MB"));
        servers.forEach((name, server) -> settings.server(name, server.server().address()));
        return HaNode.builder()
                .cluster(CLUSTER)
                .node(self.value())
                .store(ensemble.store())
                .strategy(PostgresStrategy.of(settings.build()))
                .addListener(events::add)
                .stateFolder(folder.resolve(self.value()));
    }

    /** Whether the agent of a data node has said since {@link #forgetEvents} that it needs a person, in these words. */
    boolean alarmed(NodeName node, String words) {
        return events.stream().anyMatch(event -> event.kind() == HaEvent.Kind.ALARM && said(event, node, words));
    }

    /** Whether it has said so at all. */
    boolean said(NodeName node, String words) {
        return events.stream().anyMatch(event -> said(event, node, words));
    }

    private static boolean said(HaEvent event, NodeName node, String words) {
        return event.node().equals(node) && event.message().contains(words);
    }

    void forgetEvents() {
        events.clear();
    }

    /** The node beside a server. */
    HaNode node(NodeName self) {
        return nodes.get(self.equals(OLD) ? 0 : 1);
    }

    /** The data nodes are ended in order and started again with agents of that role; their servers run on. */
    void agentsBecome(String role) {
        List<HaNode> former = List.copyOf(nodes.subList(0, 2));
        former.forEach(HaNode::close);
        nodes.removeAll(former);
        agents = role;
        nodes.add(0, data(TARGET).start());
        nodes.add(0, data(OLD).start());
        awaitRedundant();
    }

    /** A node of the same cluster that is not started yet. */
    public HaNode.Builder withoutServer(String name, NodeRole role) {
        return HaNode.builder()
                .cluster(CLUSTER)
                .node(name)
                .role(role)
                .store(ensemble.store())
                .stateFolder(folder.resolve(name));
    }

    LabServer server(NodeName node) {
        return Objects.requireNonNull(servers.get(node));
    }

    /** Where a node's server listens. */
    public PostgresAddress address(NodeName node) {
        return server(node).server().address();
    }

    /** A node's server dies; its agent lives. */
    public void kill(NodeName node) {
        server(node).kill();
    }

    /** The store is away from now on. */
    public void storeStops() {
        ensemble.stop();
    }

    public void storeIsBack() {
        ensemble.resume();
    }

    /** The record as it is. */
    public ClusterState state() {
        return hand.read(LIMIT).map(Versioned::state).orElseThrow();
    }

    /** For conditions that real servers bring about. */
    public static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
    }

    /** Until the standby could be switched over to. */
    public void awaitRedundant() {
        soon().until(() -> state().inSync().size() == 1 && possible(standby()));
    }

    /** The data node that is not the primary's. */
    public NodeName standby() {
        return state().primary().node().equals(OLD) ? TARGET : OLD;
    }

    private boolean possible(NodeName to) {
        return hand.nodes().containsKey(to) && Switchover.on(hand).plan(to).possible();
    }

    /** Begins a switchover. */
    public CompletableFuture<Switchover.Result> asked(NodeName to) {
        return CompletableFuture.supplyAsync(() -> Switchover.on(hand).run(to, stage -> {}));
    }

    public void execute(NodeName node, String sql) throws SQLException {
        try (Connection session = server(node).server().connect(Duration.ofSeconds(5))) {
            Sql.execute(session, sql);
        }
    }

    /** The answer of a server; empty when it does not answer. */
    public String value(NodeName node, String sql) {
        try (Connection session = server(node).server().connect(Duration.ofSeconds(2))) {
            return String.valueOf(Sql.value(session, sql));
        } catch (SQLException e) {
            return "";
        }
    }

    @Override
    public void close() {
        nodes.forEach(HaNode::close);
        hand.close();
    }
}
