package io.prontuario.ha.simulation;

import io.prontuario.ha.decide.AgentPolicy;
import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Versioned;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Everything there is in one run: the nodes, their servers, the store, the network, clients, and what happens to them. */
final class World implements AutoCloseable {
    static final String CLUSTER = "records";
    private static final long MILLI = 1_000_000;

    private final VirtualTime time = new VirtualTime();
    private final Life outside = new Life("the world");
    private final Chance chance;
    private final Trace trace;
    private final Tampering tampering;
    private final Network network;
    private final Promises promises;
    private final StoreServers store;
    private final SimulatedSwitchboard.Directory directory = new SimulatedSwitchboard.Directory();
    private final ModelProxy.Routing routing = new ModelProxy.Routing();
    private final Map<NodeName, ModelServer> servers = new TreeMap<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final Setting setting;
    private final ModelClient routed;
    private @Nullable Versioned early;

    World(Chance chance, Setting setting, Trace trace, Tampering tampering) {
        this.chance = chance;
        this.setting = setting;
        this.trace = trace;
        this.tampering = tampering;
        this.network = new Network(time, chance);
        this.promises = new Promises(this);
        this.store = new StoreServers(time, chance, Limits.DEFAULT.sessionTime(), promises);
        this.routed = ModelClient.routed(this);
        Copy first = new Copy(name(0), "0001");
        Wal wal = new Wal();
        for (int i = 0; i < setting.dataNodes(); i++) {
            ModelServer server = new ModelServer(time, network, chance, name(i), servers, promises);
            server.create(new Copy(name(i), "0001"), wal.copy(), i > 0, i > 0 ? name(0) : null);
            servers.put(name(i), server);
        }
        for (int i = 0; i <= setting.dataNodes(); i++) {
            nodes.add(new SimulatedNode(this, name(i), i < setting.dataNodes() ? NodeRole.DATA : NodeRole.WITNESS));
        }
        ClusterState empty = Protocol.bootstrap("made-up", "t0", first, setting.durability(), 1);
        store.start(next(Protocol.activate(next(Protocol.identify(empty, first, ModelPostgres.SYSTEM)), first, 1)));
    }

    private static ClusterState next(Change change) {
        return change.next().orElseThrow(() -> new IllegalStateException(change.refusal()));
    }

    private static NodeName name(int number) {
        return new NodeName("node-" + (number + 1));
    }

    VirtualTime time() {
        return time;
    }

    Life outside() {
        return outside;
    }

    Chance chance() {
        return chance;
    }

    Trace trace() {
        return trace;
    }

    Tampering tampering() {
        return tampering;
    }

    Network network() {
        return network;
    }

    Promises promises() {
        return promises;
    }

    StoreServers store() {
        return store;
    }

    SimulatedSwitchboard.Directory directory() {
        return directory;
    }

    ModelProxy.Routing routing() {
        return routing;
    }

    Map<NodeName, ModelServer> servers() {
        return servers;
    }

    Setting setting() {
        return setting;
    }

    void start() {
        servers.values().forEach(ModelServer::start);
        nodes.forEach(SimulatedNode::start);
        routed.start();
        servers.keySet().forEach(node -> ModelClient.stubborn(this, node).start());
    }

    void serverDied(ModelServer server) {
        trace.add(time.now(), server.host(), "the server has died");
        nodes.stream().filter(node -> node.name().equals(server.node())).forEach(SimulatedNode::serverDied);
    }

    void plan(List<Fault> faults) {
        faults.forEach(fault -> time.after(outside, fault.atMillis() * MILLI, () -> befall(fault)));
    }

    private void befall(Fault fault) {
        if (trace.wanted()) {
            trace.add(time.now(), "FAULT", fault.toString());
        }
        SimulatedNode node = nodes.get(fault.node() % nodes.size());
        SimulatedNode other = nodes.get(fault.other() % nodes.size());
        ModelServer server = servers.get(node.name());
        String host = node.name().value();
        long until = time.now() + fault.lastsMillis() * MILLI;
        switch (fault.kind()) {
            case SERVER_CRASHES -> onServer(server, ModelServer::crash);
            case SERVER_HANGS -> onServer(server, one -> one.hang(until));
            case AGENT_IS_KILLED -> {
                node.kill();
                time.after(outside, fault.lastsMillis() * MILLI, node::start);
            }
            case AGENT_LEAVES -> {
                node.close();
                time.after(outside, fault.lastsMillis() * MILLI + 100 * MILLI, node::start);
            }
            case AGENT_STOPS -> Optional.ofNullable(node.process()).ifPresent(process -> process.stopUntil(until));
            case NODE_IS_LOST -> {
                node.kill();
                onServer(server, ModelServer::crash);
                time.after(outside, fault.lastsMillis() * MILLI, node::start);
            }
            case NODES_ARE_CUT -> cut(host, other.name().value(), until);
            case ONE_WAY_IS_CUT -> network.cut(host, other.name().value(), until);
            case STORE_IS_CUT -> cut(host, Network.STORE, until);
            case STORE_HEARS_ONLY -> network.cut(Network.STORE, host, until);
            case NODE_IS_ISOLATED -> {
                nodes.forEach(one -> cut(host, one.name().value(), until));
                cut(host, Network.STORE, until);
                if (chance.percent(50)) {
                    cut(host, Network.CLIENTS, until);
                }
            }
            case STORE_IS_AWAY -> {
                store.setAvailable(false);
                time.after(outside, fault.lastsMillis() * MILLI, () -> store.setAvailable(true));
            }
            case STORE_IS_ROLLED_BACK -> rollBack(fault.lastsMillis());
            case REPLY_IS_LOST -> Optional.ofNullable(node.store()).ifPresent(StoreClient::loseNextReply);
            case STORE_IS_SLOW -> {
                network.slow(host, Network.STORE, until);
                network.slow(Network.STORE, host, until);
            }
            case DISK_IS_SLOW -> onServer(server, one -> one.slowDisk(until));
            case CHECKPOINTER_IS_BUSY -> onServer(server, one -> one.busyCheckpointer(until));
            case BACKENDS_ARE_STARVED -> onServer(server, one -> one.starve(until));
            case CLOCK_IS_SET -> node.stepWallClock((fault.node() % 2 == 0 ? 1 : -1) * 3_600_000L);
            case PROXY_RELOADS -> routing.reload();
            case SWITCHOVER -> switchOver();
            case PAUSE -> {
                paused(true);
                time.after(outside, fault.lastsMillis() * MILLI, () -> paused(false));
            }
            case PROMOTED_BY_HAND -> onServer(server, ModelServer::promote);
            case DURABILITY_IS_CHANGED -> changeDurability();
            case ROLLING_UPGRADE -> upgrade(fault.lastsMillis() * MILLI / nodes.size());
        }
    }

    private static void onServer(@Nullable ModelServer server, java.util.function.Consumer<ModelServer> act) {
        if (server != null) {
            act.accept(server);
        }
    }

    private void cut(String one, String other, long until) {
        if (!one.equals(other)) {
            network.cut(one, other, until);
            network.cut(other, one, until);
        }
    }

    private void switchOver() {
        Versioned record = store.record();
        if (record != null) {
            record.state().inSync().stream()
                    .findFirst()
                    .flatMap(target -> Protocol.askSwitchover(
                                    record.state(), target, freshId(), "a person wants it", Instant.EPOCH)
                            .next())
                    .ifPresent(store::byHand);
        }
    }

    /**
     * One node after the other is closed in order and started again with the later version of the library, each when the one before it has
     * had its time. Meanwhile either version may coordinate.
     */
    private void upgrade(long each) {
        for (int i = 0; i < nodes.size(); i++) {
            SimulatedNode next = nodes.get(i);
            time.after(outside, i * each, next::close);
            time.after(outside, i * each + each / 2, next::startLater);
        }
    }

    boolean nobodyFormerIsAtWork() {
        return nodes.stream().noneMatch(SimulatedNode::runsFormer);
    }

    private void changeDurability() {
        Versioned record = store.record();
        List<Durability> others = new ArrayList<>(List.of(Durability.values()));
        if (record != null && others.remove(record.state().durability())) {
            Protocol.changeDurability(record.state(), chance.oneOf(others), 1)
                    .next()
                    .ifPresent(store::byHand);
        }
    }

    /** A machine without power: nothing of it goes on, until somebody switches it on again. */
    void switchOff(NodeName name) {
        ModelServer server = servers.get(name);
        for (SimulatedNode node : nodes) {
            if (node.name().equals(name)) {
                node.kill();
                time.after(outside, chance.between(2_000, 8_000) * MILLI, node::start);
            }
        }
        if (server != null) {
            server.crash();
        }
    }

    private String freshId() {
        return chance.hexId();
    }

    private void paused(boolean wanted) {
        Versioned record = store.record();
        if (record != null) {
            Protocol.pause(record.state(), wanted).next().ifPresent(store::byHand);
        }
    }

    /**
     * The servers come back with the record of an early epoch, until somebody puts the right one back. Only while somebody is at work who
     * knows the newer epoch: else nobody can tell, which is a limit of the design (docs/simulation.md).
     */
    private void rollBack(long millis) {
        Versioned now = store.record();
        Versioned before = early;
        boolean known = now != null && now.state().active() && nodes.stream().anyMatch(node -> node.knows(now));
        if (now == null
                || before == null
                || !known
                || before.state().epoch() >= now.state().epoch()) {
            return;
        }
        store.rollBack(before);
        time.after(outside, millis * MILLI, store::putBack);
    }

    /** What a backup of the store would hold. */
    void backUpStore() {
        early = store.record();
    }

    /** No fault lasts any longer, and everybody is back. */
    void heal() {
        trace.add(time.now(), "FAULT", "all faults are over");
        network.heal();
        store.setAvailable(true);
        store.putBack();
        servers.values().forEach(ModelServer::heal);
        paused(false);
        nodes.forEach(SimulatedNode::start);
    }

    /** What is still missing after the faults; empty when all is as it should be. */
    Optional<String> amiss(long healedAt) {
        Versioned record = store.record();
        if (record == null) {
            return Optional.of("there is no record");
        }
        ClusterState state = record.state();
        ModelServer primary = servers.get(state.primary().node());
        if (!state.active() || primary == null || !primary.runsAsPrimary()) {
            return Optional.of("no primary serves: " + state);
        }
        if (routed.acknowledgedAt() <= healedAt || time.now() - routed.acknowledgedAt() > 1000 * MILLI) {
            return Optional.of(
                    "clients get no answer through the proxy, which leads to " + routing.ready() + ": " + state);
        }
        if (state.transition() != null && state.transition().kind() != TransitionKind.SWITCHOVER) {
            return Optional.of("the transition is not finished: " + state);
        }
        if (state.transition() != null) {
            return Optional.of("the switchover is not finished: " + state);
        }
        if (nodes.stream().anyMatch(node -> !node.serves(healedAt))) {
            return Optional.of("a pool's clients get no answer: " + state);
        }
        if (state.durability() == Durability.ASYNC) {
            long streaming = servers.values().stream()
                    .filter(one -> one.inRecovery() && one.receives())
                    .count();
            return streaming == servers.size() - 1
                    ? Optional.empty()
                    : Optional.of("not every standby streams: " + state);
        }
        return state.inSync().size() == servers.size() - 1
                ? Optional.empty()
                : Optional.of("not every standby is certified: " + state);
    }

    /** What each agent is about, for whoever wonders why something does not get well. */
    void tellDoings() {
        for (SimulatedNode node : nodes) {
            ClusterView view = node.view();
            trace.add(
                    time.now(),
                    node.name().value(),
                    view == null
                            ? "its agent is not at work"
                            : "is about to " + AgentPolicy.decide(view) + "; its server: " + view.local());
        }
    }

    @Override
    public void close() {
        time.close();
    }
}
