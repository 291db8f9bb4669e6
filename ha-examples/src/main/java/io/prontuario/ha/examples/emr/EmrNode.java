package io.prontuario.ha.examples.emr;

import io.prontuario.ha.FunctionalityLevel;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.extend.RedisStrategy;
import io.prontuario.ha.examples.local.Ending;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The backend with its machine's node inside: on a data node both, on a witness the node alone, with the same strategies, since it may
 * coordinate. Prints its events as {@code ha node --json} does.
 */
@Command(
        name = "emr",
        mixinStandardHelpOptions = true,
        description = "Run the medical record's backend together with this machine's node. Ends on SIGTERM or Ctrl-C.")
public final class EmrNode implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(EmrNode.class);
    /** What a user at a screen bears; past it he is told to try again. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long AGAIN_MILLIS = 500;

    @Option(names = "--config", required = true, description = "The node's YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Option(
            names = "--listen",
            description =
                    "Where the backend answers, as host:port. Without it this is the node alone, as on a witness.")
    private String listen = "";

    @Option(names = "--database", description = "The database of the record. Default ${DEFAULT-VALUE}.")
    private String database = "medical_records";

    @Option(names = "--user", description = "The backend's role, which owns the database. Default ${DEFAULT-VALUE}.")
    private String user = "emr";

    @Option(names = "--password-file", description = "A file with the role's password.")
    private @Nullable Path passwordFile;

    @Option(names = "--pool", description = "How many connections at most. Default ${DEFAULT-VALUE}.")
    private int pool = 10;

    @Option(
            names = "--redis",
            description = "The Redis beside a node, as node=host:port; once for each. Without any there is no cache.")
    private Map<String, String> redis = new LinkedHashMap<>();

    @Option(names = "--token-file", description = "A file with the token that changes the functionality level.")
    private @Nullable Path tokenFile;

    public static void main(String[] words) {
        System.exit(new CommandLine(new EmrNode()).execute(words));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        NodeConfig read = NodeConfig.read(config);
        try (Ending ending = Ending.ofThisProcess()) {
            run(read, ending);
        }
        return 0;
    }

    private void run(NodeConfig read, Ending ending) throws IOException, InterruptedException {
        Map<NodeName, String> caches = new LinkedHashMap<>();
        redis.forEach((node, address) -> caches.put(new NodeName(node), address));
        HaNode.Builder builder = read.builder().addListener(event -> {
            System.out.println(NodeEvent.of(event).toJson());
            System.out.flush();
        });
        EmrFeature.ALL.forEach(builder::feature);
        if (!caches.isEmpty()) {
            builder.strategy(RedisStrategy.of(caches));
        }
        String own = caches.get(new NodeName(read.node()));
        if (own != null) {
            builder.check(RedisCache.check(own));
        }
        if (listen.isEmpty()) {
            try (HaNode node = builder.start()) {
                LOG.info("{} runs on port {}, without a backend", read.title(), node.httpPort());
                ending.await();
            }
            return;
        }
        try (FailoverDataSource data = FailoverDataSource.of(settings(read));
                HaNode node = builder.strategy(data.strategy()).start();
                PatientCache cache = caches.isEmpty()
                        ? PatientCache.none()
                        : new RedisCache(caches, () -> primary(node), Ticker.system())) {
            beginAtTheLevelOfTheEnvironment(node.level());
            PostgresCharts charts = new PostgresCharts(data);
            EmrRoutes routes = new EmrRoutes(charts, cache, node.level(), node::page, secret(tokenFile));
            try (EmrServer server = new EmrServer(address(listen), routes)) {
                LOG.info(
                        "the medical record answers on port {}; {}",
                        server.port(),
                        node.level().summary());
                openWhenTheTablesAreThere(charts, routes, ending);
                ending.await();
            }
        }
    }

    private PoolSettings settings(NodeConfig read) throws IOException {
        PoolSettings.Builder settings = PoolSettings.builder()
                .database(database)
                .user(user)
                .password(secret(passwordFile))
                .size(pool)
                .patience(PATIENCE);
        read.postgres().servers().forEach(settings::server);
        return settings.build();
    }

    private static Optional<NodeName> primary(HaNode node) {
        return node.view()
                .map(ClusterView::state)
                .filter(ClusterState::active)
                .map(state -> state.primary().node());
    }

    /** As the guide's emergency deployment sets it; a node that has been told otherwise since keeps that. */
    private static void beginAtTheLevelOfTheEnvironment(FunctionalityLevel level) {
        String wanted = System.getenv("FUNCTIONALITY_LEVEL");
        if (wanted != null && level.value() == FunctionalityLevel.NORMAL) {
            level.set(Integer.parseInt(wanted), "FUNCTIONALITY_LEVEL of the environment");
        }
    }

    /** The first start comes before there is a database; then it is a matter of seconds. */
    private static void openWhenTheTablesAreThere(PostgresCharts charts, EmrRoutes routes, Ending ending)
            throws InterruptedException {
        String last = "";
        do {
            try {
                charts.createTables();
                routes.open();
                return;
            } catch (SQLException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(last)) {
                    LOG.warn("the tables are not there yet: {}", why);
                }
                last = why;
            }
        } while (!ending.await(AGAIN_MILLIS));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private static String secret(@Nullable Path file) throws IOException {
        return file == null ? "" : Files.readString(file).strip();
    }
}
