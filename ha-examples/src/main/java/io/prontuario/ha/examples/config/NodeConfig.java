package io.prontuario.ha.examples.config;

import io.prontuario.ha.FailoverPolicies;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.Leaving;
import io.prontuario.ha.OperatorAccess;
import io.prontuario.ha.gcp.EmergencyOutbox;
import io.prontuario.ha.gcp.GcpEmergencyStrategy;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.haproxy.HaproxyStrategy;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.postgres.PostgresSettings;
import io.prontuario.ha.postgres.PostgresStrategy;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.zookeeper.ZooKeeperAccess;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
 * @param role data, witness or client
 * @param store ZooKeeper's connect string
 * @param access as whom, and how, it is reached
 * @param http where this node answers HTTP
 * @param stateFolder where it remembers
 * @param postgres the PostgreSQL strategy's settings
 * @param haproxy the HAProxy strategy's settings; null when there is no proxy
 * @param pool of the application that this node is a part of; null when it has none
 * @param gcp the emergency environment; null when there is none
 * @param limits the times to decide by
 * @param leaving what the primary's node does when it is ended in order
 * @param tags what this data node is good for
 * @param checks what is looked at for people and what works for them
 * @param operators where people act; null when nothing can be changed over HTTP
 * @param fencing who fences in {@code ASYNC}, and what may be lost then; null when nobody does
 * @param accepted what {@code ha validate} finds and is meant to be so: the area, and why
 */
public record NodeConfig(
        String cluster,
        String node,
        NodeRole role,
        String store,
        ZooKeeperAccess access,
        InetSocketAddress http,
        Path stateFolder,
        PostgresSettings postgres,
        @Nullable HaproxySettings haproxy,
        @Nullable PoolSettings pool,
        @Nullable GcpConfig gcp,
        Limits limits,
        Leaving leaving,
        NodeTags tags,
        List<HealthCheck> checks,
        @Nullable OperatorAccess operators,
        @Nullable Fencing fencing,
        Map<String, String> accepted) {
    public NodeConfig {
        checks = List.copyOf(checks);
        accepted = Map.copyOf(accepted);
    }

    /**
     * Reads and checks a file.
     *
     * @throws ConfigException with every violation, its line and a suggestion; nothing else has happened then
     */
    public static NodeConfig read(Path file) {
        List<Violation> violations = new ArrayList<>();
        Section top = Section.root(compose(file).orElse(null), violations);
        NodeConfig config = top.isMapping() ? new NodeConfigReader(top).read() : null;
        if (config == null || !violations.isEmpty()) {
            throw new ConfigException(
                    file.toString(),
                    violations.stream()
                            .sorted(Comparator.comparingInt(Violation::line))
                            .toList());
        }
        return config;
    }

    private static Optional<Node> compose(Path file) {
        String where = file.toString();
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            // A key that is no word is told with its line, by Section, like every other mistake.
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(where)
                    .setAllowNonScalarKeys(true)
                    .build();
            return new Compose(settings).composeString(text);
        } catch (NoSuchFileException e) {
            throw unusable(where, "does not exist: give the path of a node's file with --config");
        } catch (AccessDeniedException e) {
            throw unusable(
                    where, "may not be read by " + System.getProperty("user.name") + ": change its owner or mode");
        } catch (CharacterCodingException e) {
            throw unusable(where, "is not text in UTF-8: save it as such");
        } catch (IOException e) {
            throw unusable(
                    where,
                    Files.isDirectory(file)
                            ? "is a folder: give the path of a node's file with --config"
                            : "cannot be read (" + e.getMessage() + ")");
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw new ConfigException(where, List.of(new Violation(line, "is not YAML: " + e.getProblem())));
        } catch (YamlEngineException e) {
            throw unusable(where, "is not YAML: " + e.getMessage());
        }
    }

    private static ConfigException unusable(String file, String why) {
        return new ConfigException(file, List.of(Violation.ofWholeFile(why)));
    }

    /**
     * A builder with everything of this file in it, not started. The pool is the host's: with {@code FailoverDataSource.of(config.pool())} its
     * strategy is to be added.
     */
    public HaNode.Builder builder() {
        return builderAround(openStore(), strategy -> strategy);
    }

    /**
     * The same for a host that puts something of its own around the store or the strategies.
     *
     * @param opened the store, not started
     * @param around applied to each strategy of this file
     */
    public HaNode.Builder builderAround(ClusterStore opened, UnaryOperator<FailoverStrategy> around) {
        HaNode.Builder builder = HaNode.builder()
                .cluster(cluster)
                .node(node)
                .role(role)
                .store(opened)
                .limits(limits)
                .leaving(leaving)
                .tags(tags)
                .listen(http)
                .stateFolder(stateFolder);
        if (role != NodeRole.CLIENT) {
            builder.strategy(around.apply(PostgresStrategy.of(postgres)));
        }
        if (haproxy != null) {
            builder.strategy(around.apply(HaproxyStrategy.of(haproxy)));
        }
        if (gcp != null) {
            // What is appended there only the application can bring home: a node of this file reads only.
            builder.strategy(around.apply(
                            GcpEmergencyStrategy.of(gcp.settings(), EmergencyOutbox.NONE, gcp.endpoints())))
                    .emergencyRules(gcp.rules());
        }
        checks.forEach(builder::check);
        if (operators != null) {
            builder.operators(operators);
        }
        if (fencing != null) {
            builder.fencer(fencing.fencer()).policy(FailoverPolicies.fencedWithin(fencing.maxLag()));
        }
        return builder;
    }

    /** The store, not started. */
    public ZooKeeperStore openStore() {
        return ZooKeeperStore.connect(store)
                .withSessionTime(limits.sessionTime())
                .withAccess(access);
    }

    /** For messages. */
    public String title() {
        return node + " (" + role.name().toLowerCase(Locale.ROOT) + " node of " + cluster + ")";
    }
}
