package io.prontuario.ha.examples.emr;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalFrontend;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.LocalRedis;
import io.prontuario.ha.examples.local.RunFolder;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Request;
import io.prontuario.ha.examples.measure.Stalls;
import io.prontuario.ha.examples.measure.Users;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The medical record on both data nodes behind an HTTP proxy, and people who work with it while the primary is moved, killed and updated under
 * them. What they see is measured: errors, how long one of them had to wait, and whether a note that was acknowledged is missing afterwards.
 */
public final class EmrDemonstration {
    /** Its name on the command line. */
    public static final String LABEL = "emr";

    private static final int USERS = 40;
    /** How often each user goes round before something happens, and afterwards. */
    private static final int ROUNDS = 15;

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration CATCH_UP = Duration.ofSeconds(20);
    private static final String DATABASE = "medical_records";
    private static final List<String> BACKENDS = List.of("studio-1", "studio-2");

    private final boolean keep;
    private final @Nullable Path report;
    private final Consumer<String> out;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<EmrResult> results = new ArrayList<>();
    private final String token = UUID.randomUUID().toString();

    /**
     * Not run yet.
     *
     * @param keep leave everything running and say how to look around
     * @param report where to write the results as JSON; null for nowhere
     * @param out told what happens, line by line
     */
    public EmrDemonstration(boolean keep, @Nullable Path report, Consumer<String> out) {
        this.keep = keep;
        this.report = report;
        this.out = out;
    }

    /** Runs it; answers whether nobody saw an error and nothing is lost. Leaves nothing behind unless told to. */
    public boolean run() {
        RunFolder place = RunFolder.make();
        Map<String, Integer> ports = ports(BACKENDS);
        Map<String, Integer> redisPorts = LocalRedis.possible() ? ports(BACKENDS) : Map.of();
        if (redisPorts.isEmpty()) {
            out.accept("there is no redis-server here: the record does without a cache");
        }
        Map<String, LocalRedis> redis = new LinkedHashMap<>();
        redisPorts.forEach((node, port) -> redis.put(node, LocalRedis.start("redis-" + node, place.path(), port)));
        boolean passed = false;
        LocalCluster cluster = null;
        LocalFrontend frontend = null;
        try {
            cluster = LocalCluster.startWith(
                    new EmrProgram(ports, redisPorts, tokenFile(place.path())), false, place.path(), out);
            makeDatabase(cluster);
            int port = FreePorts.find(1)[0];
            frontend =
                    LocalFrontend.start(place.path(), EmrFrontend.render("127.0.0.1:" + port, addresses(ports)), port);
            passed = work(cluster, URI.create("http://127.0.0.1:" + port), ports, redis);
            if (keep) {
                place.keep();
                directions(cluster, frontend, redis, port);
            }
        } catch (SQLException | IOException | IllegalStateException e) {
            out.accept("FAILED: " + e.getMessage());
        } finally {
            if (!keep) {
                close(cluster, frontend, redis);
            }
        }
        return passed;
    }

    /** Whoever may read it may change the functionality level. */
    private Path tokenFile(Path folder) throws IOException {
        return Files.writeString(folder.resolve("token"), token);
    }

    private static void close(
            @Nullable LocalCluster cluster, @Nullable LocalFrontend frontend, Map<String, LocalRedis> redis) {
        if (frontend != null) {
            frontend.close();
        }
        if (cluster != null) {
            cluster.close();
        }
        redis.values().forEach(LocalRedis::close);
    }

    private static Map<String, Integer> ports(List<String> nodes) {
        int[] free = FreePorts.find(nodes.size());
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (int i = 0; i < free.length; i++) {
            ports.put(nodes.get(i), free[i]);
        }
        return ports;
    }

    private static Map<String, String> addresses(Map<String, Integer> ports) {
        return ports.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        one -> "127.0.0.1:" + one.getValue(),
                        (one, two) -> one,
                        LinkedHashMap::new));
    }

    /** The backend's role owns the database and has no other right. */
    private static void makeDatabase(LocalCluster cluster) throws SQLException {
        try (Connection connection = server(cluster.primary()).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create role emr login");
            statement.execute("create database " + DATABASE + " owner emr");
        }
    }

    private static Clients server(LocalNode node) {
        return new Clients(node.server().host(), node.server().port(), "postgres");
    }

    private boolean work(LocalCluster cluster, URI record, Map<String, Integer> ports, Map<String, LocalRedis> redis)
            throws SQLException, IOException {
        awaitUp(ports);
        Waiting.until(LIMIT, "the record answers through the proxy", () -> status("GET", record.resolve("/up")) == 200);
        EmrDoor admission = new EmrDoor(http, record, 0);
        for (int user = 0; user < USERS; user++) {
            admission.admit(user);
        }
        out.accept(USERS + " users open charts and write notes at " + record + ", each " + ROUNDS
                + " times before and after");
        during(cluster, record, ports, "nothing happens", 0, () -> {}, () -> {});
        during(cluster, record, ports, "switchover", 0, () -> cluster.switchover(cluster.standby()), () -> {});
        LocalNode reserve = cluster.standby();
        during(cluster, record, ports, "standby's backend ends", 0, reserve::stopAgent, reserve::start);
        LocalNode killed = cluster.primary();
        during(
                cluster,
                record,
                ports,
                "primary's node killed",
                USERS,
                () -> {
                    killed.killAgent();
                    killed.serverProcess().kill();
                },
                killed::start);
        LocalRedis cache = redis.get(cluster.primary().name());
        if (cache != null) {
            during(cluster, record, ports, "primary's Redis killed", 0, cache::kill, () -> {});
        }
        boolean level = emergency(ports);
        boolean passed = level && results.stream().allMatch(EmrResult::passed);
        out.accept("");
        out.accept(String.format(
                "%-22s %7s %7s %5s %12s %12s",
                "what happens", "rounds", "failed", "lost", "longest stall", "nobody served"));
        results.forEach(result -> out.accept(result.toString()));
        out.accept(passed ? "all passed" : "NOT all passed");
        writeReport(passed);
        return passed;
    }

    private void awaitUp(Map<String, Integer> ports) {
        ports.values()
                .forEach(port -> Waiting.until(
                        LIMIT,
                        "the backend on port " + port + " is up",
                        () -> status("GET", base(port, "/up")) == 200));
    }

    private void during(
            LocalCluster cluster,
            URI record,
            Map<String, Integer> ports,
            String what,
            int mayFail,
            Runnable disturbance,
            Runnable afterwards)
            throws SQLException {
        int round = results.size() + 1;
        try (Users users = new Users(USERS, user -> new EmrDoor(http, record, round))) {
            users.awaitEach(ROUNDS, LIMIT);
            disturbance.run();
            users.awaitEach(ROUNDS, LIMIT);
            List<List<Request>> requests = users.end();
            afterwards.run();
            cluster.awaitRedundant(LIMIT);
            awaitUp(ports);
            EmrResult result = new EmrResult(what, USERS, mayFail, seen(cluster, round, requests));
            results.add(result);
            out.accept("  " + result);
            requests.stream()
                    .flatMap(List::stream)
                    .filter(request -> !request.acknowledged())
                    .map(Request::failure)
                    .distinct()
                    .limit(5)
                    .forEach(failure -> out.accept("    seen: " + failure));
        }
    }

    /** A standby may need a moment to replay what it holds. */
    private static Stalls seen(LocalCluster cluster, int round, List<List<Request>> requests) throws SQLException {
        long end = System.nanoTime() + CATCH_UP.toNanos();
        Stalls seen;
        do {
            List<Set<Long>> present = new ArrayList<>();
            for (LocalNode node : cluster.dataNodes()) {
                present.add(written(server(node), round));
            }
            seen = Stalls.comparedWith(requests, present);
        } while (seen.lost() > 0 && System.nanoTime() - end < 0);
        return seen;
    }

    private static Set<Long> written(Clients server, int round) throws SQLException {
        Set<Long> ids = new HashSet<>();
        try (Connection connection = server.connectTo(DATABASE);
                PreparedStatement select =
                        connection.prepareStatement("select id from emr.chart where id between ? and ?")) {
            select.setObject(1, new UUID(round, 0));
            select.setObject(2, new UUID(round, Long.MAX_VALUE));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ids.add(row.getObject(1, UUID.class).getLeastSignificantBits());
                }
            }
        }
        return ids;
    }

    private static URI base(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** At 25 charts are read and emergencies written down; ordering and billing wait. */
    private boolean emergency(Map<String, Integer> ports) {
        boolean asMeant = true;
        for (int port : ports.values()) {
            String chart = "/patients/" + EmrDoor.patient(0);
            asMeant &= status("PUT", base(port, "/level"), level(25), "") == 401
                    && status("PUT", base(port, "/level"), level(25), token) == 200;
            int read = status("GET", base(port, chart + "/chart"));
            int emergency = write(port, chart, EntryKind.EMERGENCY_NOTE);
            int order = write(port, chart, EntryKind.ORDER);
            int invoice = write(port, chart, EntryKind.INVOICE);
            out.accept("  at level 25 on port " + port + ": read " + read + ", emergency note " + emergency + ", order "
                    + order + ", invoice " + invoice);
            asMeant &= read == 200 && emergency == 201 && order == 503 && invoice == 503;
            asMeant &= status("PUT", base(port, "/level"), level(100), token) == 200
                    && write(port, chart, EntryKind.ORDER) == 201;
        }
        return asMeant;
    }

    private static String level(int value) {
        return "{\"value\": " + value + ", \"reason\": \"the demonstration\"}";
    }

    private int write(int port, String chart, EntryKind kind) {
        return status(
                "PUT", base(port, chart + "/" + kind.path() + "/" + UUID.randomUUID()), "{\"text\": \"level\"}", token);
    }

    private int status(String method, URI uri) {
        return status(method, uri, "", "");
    }

    /** 0 when there was no answer. */
    private int status(String method, URI uri, String body, String bearer) {
        try {
            return http.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(ANSWER)
                                    .header("Authorization", "Bearer " + bearer)
                                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void writeReport(boolean passed) throws IOException {
        if (report != null) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("passed", passed);
            map.put("record", results.stream().map(EmrResult::asMap).toList());
            Files.writeString(
                    report, new GsonBuilder().setPrettyPrinting().create().toJson(map) + "\n");
        }
    }

    private void directions(LocalCluster cluster, LocalFrontend frontend, Map<String, LocalRedis> redis, int port) {
        String pids = Stream.concat(
                        cluster.pids().stream(),
                        Stream.concat(
                                Stream.of(frontend.pid()),
                                redis.values().stream().map(LocalRedis::pid)))
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
        out.accept("");
        out.accept("It is left running.");
        cluster.directions().forEach(line -> out.accept("  " + line));
        out.accept("  the record:     curl http://127.0.0.1:" + port + "/patients/" + EmrDoor.patient(0) + "/chart");
        out.accept("  to stop it: kill -9 " + pids + "; rm -rf " + cluster.folder());
    }
}
