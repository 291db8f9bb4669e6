package io.prontuario.ha.examples.validate;

import static io.prontuario.ha.examples.validate.Finding.fail;
import static io.prontuario.ha.examples.validate.Finding.ok;
import static io.prontuario.ha.examples.validate.Finding.warn;

import io.prontuario.ha.examples.config.GcpConfig;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Versioned;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Phase 7 of the deployment guide, looked at instead of ticked off. Changes nothing. */
public final class Validation {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final NodeConfig config;
    private final ClusterStore store;
    private final Map<String, String> accepted;
    private final Consumer<String> progress;

    /**
     * A look at one cluster.
     *
     * @param config any node's file
     * @param store started and reached
     * @param accepted areas whose findings are meant to be so, beside those that the file accepts
     * @param progress told what is looked at
     */
    public Validation(NodeConfig config, ClusterStore store, Set<String> accepted, Consumer<String> progress) {
        this.config = config;
        this.store = store;
        Map<String, String> all = new TreeMap<>(config.accepted());
        accepted.forEach(area -> all.putIfAbsent(area, ""));
        this.accepted = Map.copyOf(all);
        this.progress = progress;
    }

    /** The whole checklist, as it is now. */
    public List<Finding> run() {
        List<Finding> all = new ArrayList<>();
        progress.accept("the ZooKeeper servers");
        all.addAll(StoreRules.of(config.store()));
        progress.accept("this machine");
        all.addAll(machine());
        progress.accept("the PostgreSQL servers");
        Map<String, ServerFacts> servers = servers(all);
        Optional<ClusterState> record = store.read(LIMIT).map(Versioned::state);
        if (record.isEmpty()) {
            all.add(fail("record", "", "there is no record", "ha init on the first data node"));
        } else {
            progress.accept("replication");
            all.addAll(PairRules.of(servers, record.get()));
            progress.accept("the nodes");
            all.addAll(NodeRules.of(
                    record.get(),
                    store.nodes().values(),
                    config.postgres().servers().keySet()));
            progress.accept("the proxies");
            all.addAll(ProxyRules.of(config.haproxy(), record.get()));
        }
        all.add(cloud(config.gcp()));
        return all.stream()
                .map(one -> {
                    String why = accepted.get(one.area());
                    return why == null ? one : one.accepted(why);
                })
                .toList();
    }

    private List<Finding> machine() {
        PostgresAddress address = config.postgres().servers().get(new NodeName(config.node()));
        Path data = config.postgres().data();
        if (config.role() != NodeRole.DATA || address == null || data == null) {
            return List.of(ok(MachineRules.AREA, "", "this node has no server that somebody else could start"));
        }
        return MachineRules.of(Path.of("/"), Path.of(System.getProperty("user.home")), data, address.port());
    }

    private static Finding cloud(@Nullable GcpConfig gcp) {
        return gcp == null
                ? warn(
                        "cloud",
                        "",
                        "no emergency environment is configured in this file: when both machines are lost there is nothing",
                        "ha gcp render, a section gcp: in each node's file, or --accept cloud")
                : ok("cloud", "", "an emergency environment is configured; ha drill gcp says whether it serves");
    }

    private Map<String, ServerFacts> servers(List<Finding> all) {
        Map<String, ServerFacts> servers = new TreeMap<>();
        Map<NodeName, PostgresAddress> addresses =
                new TreeMap<>(config.postgres().servers());
        addresses.forEach((node, address) -> {
            try {
                ServerFacts facts = ServerFacts.read(config.postgres(), node);
                servers.put(node.value(), facts);
                all.add(ok(
                        "servers",
                        node.value(),
                        "PostgreSQL " + facts.setting("server_version") + " on " + address + " runs as a "
                                + (facts.inRecovery() ? "standby" : "primary")));
                all.addAll(ServerRules.of(node.value(), facts, onLoopback(address)));
            } catch (SQLException e) {
                all.add(fail(
                        "servers",
                        node.value(),
                        "is not reached on " + address + ": " + e.getMessage(),
                        "ha status; is its agent there?"));
            }
        });
        return servers;
    }

    private static boolean onLoopback(PostgresAddress address) {
        try {
            return InetAddress.getByName(address.host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
