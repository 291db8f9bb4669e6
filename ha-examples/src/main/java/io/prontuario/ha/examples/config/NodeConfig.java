package io.prontuario.ha.examples.config;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.haproxy.HaproxyStrategy;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.PostgresSettings;
import io.prontuario.ha.postgres.PostgresStrategy;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * One node's YAML file, checked as a whole.
 *
 * @param cluster the cluster's name
 * @param node this node's name
 * @param role data or witness
 * @param store ZooKeeper's connect string
 * @param http where this node answers HTTP
 * @param stateFolder where it remembers
 * @param postgres the PostgreSQL strategy's settings
 * @param haproxy the HAProxy strategy's settings; null when there is no proxy
 * @param limits the times to decide by
 */
public record NodeConfig(
        String cluster,
        String node,
        NodeRole role,
        String store,
        InetSocketAddress http,
        Path stateFolder,
        PostgresSettings postgres,
        @Nullable HaproxySettings haproxy,
        Limits limits) {

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every violation, its line and a suggestion; nothing else has happened then
     */
    public static NodeConfig read(Path file) {
        List<String> violations = new ArrayList<>();
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().setLabel(file.toString()).build())
                    .composeString(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ConfigException(
                    file.toString(),
                    List.of("cannot be read (" + e + "): give the path of a node's file with --config"));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new ConfigException(file.toString(), List.of("line " + line + ": is not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            throw new ConfigException(file.toString(), List.of("is not YAML: " + e.getMessage()));
        }
        Section top = new Section("", root.orElse(null), violations)
                .allow("cluster", "node", "role", "store", "http", "state", "postgres", "haproxy", "limits");
        NodeConfig config = new Reader(top).read();
        if (config == null || !violations.isEmpty()) {
            throw new ConfigException(file.toString(), violations);
        }
        return config;
    }

    /** A builder with everything of this file in it, not started. */
    public HaNode.Builder builder() {
        HaNode.Builder builder = HaNode.builder()
                .cluster(cluster)
                .node(node)
                .role(role)
                .store(openStore())
                .strategy(PostgresStrategy.of(postgres))
                .limits(limits)
                .listen(http)
                .stateFolder(stateFolder);
        if (haproxy != null) {
            builder.strategy(HaproxyStrategy.of(haproxy));
        }
        return builder;
    }

    /** The store, not started. */
    public ZooKeeperStore openStore() {
        return ZooKeeperStore.connect(store).withSessionTime(limits.sessionTime());
    }

    /** Reads section after section; null where a value is missing is always beside a violation. */
    private static final class Reader {
        private final Section top;

        Reader(Section top) {
            this.top = top;
        }

        @Nullable
        NodeConfig read() {
            String cluster = top.required("cluster", "medical-records");
            if (!cluster.isEmpty() && !cluster.matches("[a-z0-9-]{1,40}")) {
                top.violate("cluster", "is '" + cluster + "', must be 1 to 40 characters of a-z, 0-9 and '-'");
            }
            String name = top.required("node", "studio-1");
            Optional<NodeName> node = name.isEmpty() ? Optional.empty() : top.read("node", NodeName::new);
            NodeRole role = top.read("role", NodeConfig::role).orElse(NodeRole.DATA);
            String store = top.required("store", "studio-1:2181,studio-2:2181,lb:2181");
            if (!store.isEmpty() && !store.matches("[^:,\\s]+:\\d+(,[^:,\\s]+:\\d+)*")) {
                top.violate("store", "is '" + store + "', expected host:port,host:port,host:port");
            }
            top.required("http", "192.0.2.10:8008");
            Optional<InetSocketAddress> http = top.read("http", NodeConfig::socketAddress);
            Limits limits = limits();
            Optional<PostgresSettings> postgres = node.flatMap(self -> postgres(self, role));
            HaproxySettings haproxy = top.has("haproxy") ? haproxy().orElse(null) : null;
            Optional<Path> state = top.read("state", NodeConfig::absolute)
                    .or(() -> postgres.map(PostgresSettings::data)
                            .map(data -> data.resolveSibling(data.getFileName() + ".ha")));
            if (state.isEmpty() && postgres.isPresent()) {
                top.violate(
                        "state",
                        "is missing: a witness needs a folder to remember in; for example: state: /var/lib/prontuario");
            }
            if (node.isEmpty() || http.isEmpty() || postgres.isEmpty() || state.isEmpty()) {
                return null;
            }
            return new NodeConfig(cluster, name, role, store, http.get(), state.get(), postgres.get(), haproxy, limits);
        }

        private Optional<PostgresSettings> postgres(NodeName self, NodeRole role) {
            Section section = top.section("postgres")
                    .allow("servers", "binaries", "data", "account", "user", "password-file", "networks", "settings");
            if (!top.has("postgres")) {
                top.violate("postgres", "is missing: give at least postgres.servers");
                return Optional.empty();
            }
            PostgresSettings.Builder builder = PostgresSettings.builder().self(self);
            Section servers = section.section("servers");
            for (String key : servers.keys()) {
                servers.read(key, text -> builder.server(new NodeName(key), PostgresAddress.parse(text)));
            }
            section.read("binaries", NodeConfig::absolute).ifPresent(builder::binaries);
            Optional<Path> data = section.read("data", NodeConfig::absolute);
            data.ifPresent(builder::data);
            if (role == NodeRole.DATA && data.isEmpty() && !section.has("data")) {
                section.violate(
                        "data",
                        "is missing: a data node needs its data directory; for example: data: /var/lib/postgresql/ha");
            }
            if (role == NodeRole.WITNESS && section.has("data")) {
                section.violate("data", "is given although role is witness: a witness has no server");
            }
            section.text("account").ifPresent(builder::account);
            section.text("user").ifPresent(builder::user);
            section.read("password-file", NodeConfig::secret).ifPresent(builder::password);
            if (section.has("networks")) {
                builder.networks(section.list("networks"));
            }
            if (section.has("settings")) {
                builder.extraSettings(section.list("settings"));
            }
            return built("postgres", builder::build);
        }

        private Optional<HaproxySettings> haproxy() {
            Section section = top.section("haproxy").allow("proxies", "backend", "servers", "limit");
            HaproxySettings.Builder builder = HaproxySettings.builder();
            section.list("proxies").forEach(builder::proxy);
            section.text("backend").ifPresent(builder::backend);
            Section servers = section.section("servers");
            for (String key : servers.keys()) {
                servers.read(key, text -> builder.server(new NodeName(key), text));
            }
            if (section.has("limit")) {
                builder.limit(section.duration("limit", Duration.ofMillis(500)));
            }
            return built("haproxy", builder::build);
        }

        private <T> Optional<T> built(String key, Supplier<T> build) {
            try {
                return Optional.of(build.get());
            } catch (IllegalArgumentException e) {
                String.valueOf(e.getMessage()).lines().skip(1).forEach(line -> top.violate(key, line.strip()));
                return Optional.empty();
            }
        }

        private Limits limits() {
            Section section = top.section("limits")
                    .allow(
                            "suspicionTime",
                            "standbyTimeout",
                            "reconnectGrace",
                            "promotionTimeout",
                            "restartGrace",
                            "recertifyPause",
                            "sessionTime");
            Limits base = Limits.DEFAULT;
            Limits limits = new Limits(
                    section.duration("suspicionTime", base.suspicionTime()),
                    section.duration("standbyTimeout", base.standbyTimeout()),
                    section.duration("reconnectGrace", base.reconnectGrace()),
                    section.duration("promotionTimeout", base.promotionTimeout()),
                    section.duration("restartGrace", base.restartGrace()),
                    section.duration("recertifyPause", base.recertifyPause()),
                    section.duration("sessionTime", base.sessionTime()));
            limits.violations()
                    .forEach(text -> section.violate(
                            text.substring(0, text.indexOf(' ')), text.substring(text.indexOf(' ') + 1)));
            return limits;
        }
    }

    private static NodeRole role(String text) {
        return switch (text) {
            case "data" -> NodeRole.DATA;
            case "witness" -> NodeRole.WITNESS;
            default -> throw new IllegalArgumentException("is '" + text + "'; it can be data or witness");
        };
    }

    private static InetSocketAddress socketAddress(String text) {
        PostgresAddress address = PostgresAddress.parse(text);
        return new InetSocketAddress(address.host(), address.port());
    }

    private static Path absolute(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("is '" + text + "', a relative path: give it from the root");
        }
        return path;
    }

    private static String secret(String text) {
        try {
            return Files.readString(absolute(text), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' cannot be read (" + e.getClass().getSimpleName()
                            + "): write the password into it, mode 600",
                    e);
        }
    }

    /** For messages. */
    public String title() {
        return node + " (" + role.name().toLowerCase(Locale.ROOT) + " node of " + cluster + ")";
    }
}
