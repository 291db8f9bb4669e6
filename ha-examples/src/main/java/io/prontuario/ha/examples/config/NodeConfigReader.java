package io.prontuario.ha.examples.config;

import io.prontuario.ha.CommandFencer;
import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.Leaving;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.PostgresSettings;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.zookeeper.ZooKeeperAccess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads section after section of a node's file and goes on after each violation, so that all of them are told. What only follows from
 * another violation is not told: where a value is wrong, one that is right stands in for it, and the result is thrown away.
 */
final class NodeConfigReader {
    private static final String NO_FAILOVER = "noFailover";
    private static final NodeName STAND_IN_NODE = new NodeName("unnamed");
    private static final PostgresAddress STAND_IN_ADDRESS = new PostgresAddress("127.0.0.1", 5432);
    private static final String STAND_IN_PASSWORD = "unread";

    private static final String STAND_IN_PROXY = "unix:/unread";

    private final Section top;
    private final Section postgres;
    private final Section servers;
    private final Set<NodeName> nodes = new LinkedHashSet<>();
    private final Map<NodeName, PostgresAddress> addresses = new LinkedHashMap<>();
    private boolean nodesAreKnown;

    NodeConfigReader(Section top) {
        this.top = top.allow(
                "cluster",
                "node",
                "role",
                "store",
                "store-access",
                "http",
                "state",
                "postgres",
                "haproxy",
                "pool",
                "gcp",
                "limits",
                "leaving",
                "tags",
                "checks",
                "operators",
                "fencer",
                "accept");
        this.postgres = top.section("postgres")
                .allow(
                        "servers",
                        "binaries",
                        "data",
                        "account",
                        "user",
                        "password-file",
                        "password-variable",
                        "root-certificate",
                        "networks",
                        "settings");
        this.servers = postgres.section("servers");
        this.nodesAreKnown = servers.isMapping() && !servers.keys().isEmpty();
    }

    /** Null only beside a violation. */
    @Nullable
    NodeConfig read() {
        Optional<String> cluster = top.required("cluster", "medical-records", NodeConfigReader::clusterName);
        Optional<NodeName> node = top.required("node", "studio-1", NodeName::new);
        Optional<NodeRole> role =
                top.has("role") ? top.read("role", NodeConfigReader::role) : Optional.of(NodeRole.DATA);
        Optional<String> store = top.required("store", "studio-1:2181,studio-2:2181,lb:2181", NodeConfigReader::store);
        Optional<InetSocketAddress> http = top.required("http", "192.0.2.10:8008", NodeConfigReader::socketAddress);
        Optional<PostgresSettings> database = postgres(node, role);
        HaproxySettings haproxy = top.has("haproxy") ? haproxy().orElse(null) : null;
        GcpConfig gcp = top.has("gcp") ? GcpReader.read(top.section("gcp")).orElse(null) : null;
        if (gcp != null && nodes.contains(gcp.settings().environment())) {
            top.section("gcp")
                    .violate("environment", "is " + gcp.settings().environment() + ", which is a node's name");
        }
        Limits limits = limits();
        Leaving leaving = top.read("leaving", NodeConfigReader::leaving).orElse(Leaving.STAY);
        Optional<Path> state = top.read("state", NodeConfigReader::absolute)
                .or(() -> database.map(PostgresSettings::data)
                        .map(data -> data.resolveSibling(data.getFileName() + ".ha")));
        PoolSettings pool = top.has("pool") ? pool().orElse(null) : null;
        if (!top.has("state") && role.filter(NodeRole.WITNESS::equals).isPresent()) {
            top.missing("state", "a witness needs a folder to remember in; for example: state: /var/lib/prontuario");
        }
        if (role.filter(NodeRole.CLIENT::equals).isPresent()) {
            checkClient();
        }
        if (cluster.isEmpty()
                || node.isEmpty()
                || role.isEmpty()
                || store.isEmpty()
                || http.isEmpty()
                || database.isEmpty()
                || state.isEmpty()) {
            return null;
        }
        return new NodeConfig(
                cluster.get(),
                node.get().value(),
                role.get(),
                store.get(),
                access(),
                http.get(),
                state.get(),
                database.get(),
                haproxy,
                pool,
                gcp,
                limits,
                leaving,
                tags(role),
                ChecksReader.read(top.section("checks")),
                OperatorsReader.read(top),
                top.has("fencer") ? fencer() : null,
                AcceptReader.read(top.section("accept")));
    }

    /** Null only beside a violation. */
    private @Nullable Fencing fencer() {
        Section section = top.section("fencer").allow("command", "limit", "max-lag");
        DataSize maxLag = section.read("max-lag", ChecksReader::size).orElse(FailoverPolicies.USUAL_MAX_LAG);
        List<String> words = section.list("command").orElse(List.of());
        if (words.isEmpty()) {
            section.missing(
                    "command",
                    "the program that fences, and its words; for example: command: [/usr/local/sbin/fence, \"{node}\"]");
            return null;
        }
        try {
            return new Fencing(CommandFencer.of(words, section.duration("limit", Duration.ofSeconds(5))), maxLag);
        } catch (IllegalArgumentException e) {
            section.violate("command", "is refused: " + e.getMessage());
            return null;
        }
    }

    private NodeTags tags(Optional<NodeRole> role) {
        Section section = top.section("tags").allow(NO_FAILOVER, "priority", "noReads");
        if (top.has("tags") && role.filter(NodeRole.DATA::equals).isEmpty()) {
            top.violate("tags", "is given although role is not data: tags say what a server is good for");
        }
        boolean noFailover =
                section.read(NO_FAILOVER, NodeConfigReader::yesOrNo).orElse(false);
        NodeTags priority = section.read("priority", text -> new NodeTags(false, number(text), false))
                .orElse(NodeTags.USUAL);
        boolean noReads = section.read("noReads", NodeConfigReader::yesOrNo).orElse(false);
        if (noFailover && section.has("priority")) {
            section.violate("priority", "is given beside noFailover: whoever never takes over is never preferred");
        }
        return new NodeTags(noFailover, priority.priority(), noReads);
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("is '" + text + "', must be true or false");
        };
    }

    /** What only nodes with a part in decisions need. */
    private void checkClient() {
        if (!top.has("state")) {
            top.missing("state", "a client needs a folder to remember in; for example: state: /var/lib/emr/prontuario");
        }
        if (!top.has("pool")) {
            top.missing(
                    "pool", "a client follows the primary with its pool; give at least pool.database and pool.user");
        }
        if (top.has("haproxy")) {
            top.violate("haproxy", "is given although role is client: a client never switches a proxy");
        }
        if (top.has("leaving")) {
            top.violate("leaving", "is given although role is client: a client has nothing to leave");
        }
        if (top.has("fencer")) {
            top.violate("fencer", "is given although role is client: a client never coordinates");
        }
    }

    private Optional<PoolSettings> pool() {
        Section section = top.section("pool")
                .allow(
                        "database",
                        "user",
                        "password-file",
                        "password-variable",
                        "size",
                        "patience",
                        "hold-limit",
                        "staleness");
        PoolSettings.Builder builder = PoolSettings.builder();
        addresses.forEach(builder::server);
        if (addresses.isEmpty()) {
            builder.server(STAND_IN_NODE, STAND_IN_ADDRESS);
        }
        builder.database(
                section.required("database", "medical_records", text -> text).orElse("unread"));
        builder.user(section.required("user", "emr", text -> text).orElse("unread"));
        if (hasSecret(section)) {
            builder.password(secretOf(section));
        }
        section.read("size", NodeConfigReader::number).ifPresent(builder::size);
        section.read("patience", Section::parseDuration).ifPresent(builder::patience);
        section.read("hold-limit", Section::parseDuration).ifPresent(builder::holdLimit);
        section.read("staleness", Section::parseDuration).ifPresent(builder::staleness);
        return built(section, builder::build);
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("is '" + text + "', not a number");
        }
        return Integer.parseInt(text);
    }

    private Optional<PostgresSettings> postgres(Optional<NodeName> self, Optional<NodeRole> role) {
        if (!top.has("postgres")) {
            top.missing("postgres", "give at least postgres.servers");
            return Optional.empty();
        }
        PostgresSettings.Builder builder = PostgresSettings.builder().self(self.orElse(STAND_IN_NODE));
        for (String key : servers.keys()) {
            Optional<NodeName> node = nodeName(servers, key);
            Optional<PostgresAddress> address = servers.read(key, PostgresAddress::parse);
            node.ifPresentOrElse(nodes::add, () -> nodesAreKnown = false);
            node.ifPresent(name -> {
                addresses.put(name, address.orElse(STAND_IN_ADDRESS));
                builder.server(name, address.orElse(STAND_IN_ADDRESS));
            });
        }
        if (servers.isMapping() && servers.keys().isEmpty()) {
            postgres.missing(
                    "servers", "give the address of each data node's server, such as studio-1: 192.0.2.10:5432");
        }
        boolean client = role.filter(NodeRole.CLIENT::equals).isPresent();
        if (self.isEmpty() || !nodesAreKnown) {
            builder.server(self.orElse(STAND_IN_NODE), STAND_IN_ADDRESS);
        }
        postgres.read("binaries", NodeConfigReader::absolute).ifPresent(builder::binaries);
        postgres.read("data", NodeConfigReader::absolute).ifPresent(builder::data);
        if (role.filter(NodeRole.DATA::equals).isPresent() && !postgres.has("data")) {
            postgres.missing("data", "a data node needs its data directory; for example: data: /var/lib/postgresql/ha");
        }
        if (role.filter(NodeRole.WITNESS::equals).isPresent() && postgres.has("data")) {
            postgres.violate("data", "is given although role is witness: a witness has no server");
        }
        if (client && postgres.has("data")) {
            postgres.violate("data", "is given although role is client: a client has no server");
        }
        postgres.text("account").ifPresent(builder::account);
        postgres.text("user").ifPresent(builder::user);
        if (hasSecret(postgres)) {
            builder.password(secretOf(postgres));
        }
        postgres.read("root-certificate", NodeConfigReader::readable).ifPresent(builder::rootCertificate);
        postgres.list("networks").ifPresent(networks -> {
            networks.forEach(this::checkNetwork);
            builder.networks(networks);
        });
        postgres.list("settings").ifPresent(builder::extraSettings);
        return built(postgres, builder::build);
    }

    /** As anybody when nothing is said. */
    private ZooKeeperAccess access() {
        Section section = top.section("store-access")
                .allow("user", "password-file", "password-variable", "root-certificate", "key-and-certificate");
        ZooKeeperAccess access = ZooKeeperAccess.OPEN;
        Optional<String> user = section.text("user");
        if (user.isPresent() && hasSecret(section)) {
            try {
                access = access.withDigest(user.get(), secretOf(section));
            } catch (IllegalArgumentException e) {
                section.violate("user", "is '" + user.get() + "': " + e.getMessage());
            }
        } else if (user.isPresent() || hasSecret(section)) {
            section.missing(
                    user.isPresent() ? "password-file" : "user",
                    "ZooKeeper knows somebody by user and password together");
        }
        Optional<Path> authorities = section.read("root-certificate", NodeConfigReader::readable);
        if (authorities.isPresent()) {
            access = access.withTls(authorities.get());
        }
        Optional<Path> identity = section.read("key-and-certificate", NodeConfigReader::readable);
        if (identity.isPresent()) {
            access = access.withClientCertificate(identity.get());
        }
        if (identity.isPresent() && !section.has("root-certificate")) {
            section.missing("root-certificate", "a certificate of one's own is shown by TLS alone");
        }
        return access;
    }

    private static boolean hasSecret(Section section) {
        return section.has("password-file") || section.has("password-variable");
    }

    /** From a file or from the environment, where services get theirs; never from this file, which people read and copy. */
    private static String secretOf(Section section) {
        if (section.has("password-file") && section.has("password-variable")) {
            section.violate("password-variable", "is given beside password-file: leave one of both out");
        }
        return section.read("password-file", NodeConfigReader::secret)
                .or(() -> section.read("password-variable", NodeConfigReader::fromEnvironment))
                .orElse(STAND_IN_PASSWORD);
    }

    private Optional<HaproxySettings> haproxy() {
        Section section =
                top.section("haproxy").allow("proxies", "masters", "backend", "servers", "limit", "check-interval");
        Section names = section.section("servers");
        HaproxySettings.Builder builder = HaproxySettings.builder();
        List<String> unread = section.has("proxies") ? List.of(STAND_IN_PROXY) : List.of();
        section.list("proxies").orElse(unread).forEach(builder::proxy);
        builder.backend(section.required("backend", "medical", text -> text).orElse(STAND_IN_NODE.value()));
        if (names.isMapping() && names.keys().isEmpty()) {
            section.missing(
                    "servers", "give the name of each node's server in the backend, such as studio-1: studio-1");
        }
        if (!names.isMapping() || names.keys().isEmpty()) {
            builder.server(STAND_IN_NODE, STAND_IN_NODE.value());
        }
        Set<NodeName> routed = new LinkedHashSet<>();
        for (String key : names.keys()) {
            nodeName(names, key).ifPresent(node -> {
                routed.add(node);
                builder.server(node, names.text(key).orElse(STAND_IN_NODE.value()));
            });
        }
        if (nodesAreKnown && routed.size() == names.keys().size() && !routed.isEmpty()) {
            compareNodes(section, names, routed);
        }
        Section masters = section.section("masters");
        for (String proxy : masters.keys()) {
            masters.text(proxy).ifPresent(address -> builder.master(proxy, address));
        }
        if (section.has("limit")) {
            builder.limit(section.duration("limit", Duration.ofMillis(500)));
        }
        if (section.has("check-interval")) {
            builder.checkInterval(section.duration("check-interval", Duration.ofMillis(200)));
        }
        return built(section, builder::build);
    }

    /** A name that is mistyped here would show at the first takeover only, when traffic does not follow. */
    private void compareNodes(Section section, Section names, Set<NodeName> routed) {
        for (NodeName node : routed) {
            if (!nodes.contains(node)) {
                names.violate(node.value(), "is not in postgres.servers, which has " + list(nodes));
            }
        }
        List<NodeName> without =
                nodes.stream().filter(node -> !routed.contains(node)).toList();
        if (!without.isEmpty()) {
            section.violate("servers", "no server for " + list(without) + ": traffic could not follow it there");
        }
    }

    private static String list(Collection<NodeName> nodes) {
        return nodes.stream().map(NodeName::value).collect(Collectors.joining(", "));
    }

    /** What a builder refuses is told one a line, each beginning with the setting's name and a colon. */
    private static <T> Optional<T> built(Section section, Supplier<T> build) {
        try {
            return Optional.of(build.get());
        } catch (IllegalArgumentException e) {
            String.valueOf(e.getMessage()).lines().skip(1).map(String::strip).forEach(line -> {
                String[] parts = line.split(": ", 2);
                String key = switch (parts[0]) {
                    case "password" -> "password-file";
                    case "rootCertificate" -> "root-certificate";
                    case "checkInterval" -> "check-interval";
                    case "holdLimit" -> "hold-limit";
                    default -> parts[0];
                };
                section.violate(key, parts.length == 2 ? parts[1] : line);
            });
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
                .forEach(text ->
                        section.violate(text.substring(0, text.indexOf(' ')), text.substring(text.indexOf(' ') + 1)));
        return limits;
    }

    private static Optional<NodeName> nodeName(Section section, String key) {
        try {
            return Optional.of(new NodeName(key));
        } catch (IllegalArgumentException e) {
            section.violate(key, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static String clusterName(String text) {
        if (!text.matches("[a-z0-9-]{1,40}")) {
            throw new IllegalArgumentException("is '" + text + "', must be 1 to 40 characters of a-z, 0-9 and '-'");
        }
        return text;
    }

    private static NodeRole role(String text) {
        return switch (text) {
            case "data" -> NodeRole.DATA;
            case "witness" -> NodeRole.WITNESS;
            case "client" -> NodeRole.CLIENT;
            default -> throw new IllegalArgumentException("is '" + text + "'; it can be data, witness or client");
        };
    }

    private static Leaving leaving(String text) {
        return switch (text) {
            case "stay" -> Leaving.STAY;
            case "switch-over" -> Leaving.SWITCH_OVER;
            default -> throw new IllegalArgumentException("is '" + text + "'; it can be stay or switch-over");
        };
    }

    private static String store(String text) {
        for (String server : text.split(",", -1)) {
            if (!isHostAndPort(server)) {
                throw new IllegalArgumentException("is '" + text + "', where '" + server
                        + "' is not host:port; write it like studio-1:2181,studio-2:2181,lb:2181");
            }
        }
        return text;
    }

    static InetSocketAddress socketAddress(String text) {
        if (!isHostAndPort(text)) {
            throw new IllegalArgumentException("is '" + text + "', expected host:port, such as 192.0.2.10:8008");
        }
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private static boolean isHostAndPort(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        return colon > 0
                && text.chars().noneMatch(Character::isWhitespace)
                && port.matches("\\d{1,5}")
                && Integer.parseInt(port) >= 1
                && Integer.parseInt(port) <= 65535;
    }

    /** In {@code pg_hba.conf} an address without a mask is an error that only the server's start would show. */
    private void checkNetwork(String network) {
        boolean address =
                network.matches("\\d+\\.\\d+\\.\\d+\\.\\d+") || (network.contains(":") && !network.contains("/"));
        if (address) {
            postgres.violate(
                    "networks",
                    "'" + network + "' has no mask; write " + network + (network.contains(":") ? "/128" : "/32")
                            + " for this address alone");
        }
    }

    static Path absolute(String text) {
        Path path = Path.of(text);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("is '" + text + "', a relative path: give it from the root");
        }
        return path;
    }

    private static Path readable(String text) {
        Path path = absolute(text);
        if (!Files.isReadable(path)) {
            throw new IllegalArgumentException("is '" + text + "', which is not there or cannot be read by "
                    + System.getProperty("user.name") + ": put it there");
        }
        return path;
    }

    private static String fromEnvironment(String name) {
        String secret = System.getenv(name);
        if (secret == null || secret.isBlank()) {
            throw new IllegalArgumentException("is '" + name
                    + "', and no such variable is set in the environment: set it where the service is started");
        }
        return secret.strip();
    }

    static String secret(String text) {
        String secret;
        try {
            secret = Files.readString(absolute(text), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "is '" + text + "', which cannot be read (" + e.getClass().getSimpleName()
                            + "): write the password into it, mode 600",
                    e);
        }
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("is '" + text + "', which is empty: write the password into it");
        }
        return secret;
    }
}
