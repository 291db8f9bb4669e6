package io.prontuario.ha.examples.bench;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Door;
import io.prontuario.ha.examples.measure.PlainDoor;
import io.prontuario.ha.examples.measure.PooledDoor;
import io.prontuario.ha.examples.measure.Request;
import io.prontuario.ha.examples.measure.Stalls;
import io.prontuario.ha.examples.measure.Users;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A crowd of users through a planned switchover, beside the same crowd through F-move, in turn. The floor's users have a connection each,
 * through its proxy. The library's have the same, or share the library's pool.
 */
public final class SwitchoverBench {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final int runs;
    private final int users;
    /** How many connections they share; 0 when they have one each. */
    private final int poolSize;

    private final Consumer<String> out;

    private SwitchoverBench(int runs, int users, int poolSize, Consumer<String> out) {
        this.runs = runs;
        this.users = users;
        this.poolSize = poolSize;
        this.out = out;
    }

    /** Users with a connection each through the proxy, as those of the floor have. */
    public static SwitchoverBench plain(int runs, int users, Consumer<String> out) {
        return new SwitchoverBench(runs, users, 0, out);
    }

    /**
     * Users who share a pool of this library.
     *
     * @param poolSize how many connections it has
     */
    public static SwitchoverBench pooled(int runs, int users, int poolSize, Consumer<String> out) {
        return new SwitchoverBench(runs, users, poolSize, out);
    }

    private boolean isPooled() {
        return poolSize > 0;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() throws SQLException {
        BenchFolders folders = BenchFolders.make();
        out.accept("starting the floor's pair");
        try (FloorPair floor = FloorPair.start(folders.floor());
                LocalCluster cluster = LocalCluster.start(folders.cluster(), out)) {
            return isPooled() ? throughPool(floor, cluster) : throughProxy(floor, cluster);
        }
    }

    private Map<String, Object> throughPool(FloorPair floor, LocalCluster cluster) throws SQLException {
        try (FailoverDataSource pool =
                        FailoverDataSource.of(cluster.pool().size(poolSize).build());
                HaNode client =
                        cluster.client("client").strategy(pool.strategy()).start()) {
            Map<String, Object> figures = measure(floor, cluster, client, user -> new PooledDoor(pool));
            figures.put("held", pool.figures().held());
            figures.put("inDoubt", pool.figures().inDoubt());
            return figures;
        }
    }

    private Map<String, Object> throughProxy(FloorPair floor, LocalCluster cluster) throws SQLException {
        Clients frontend = new Clients("127.0.0.1", cluster.proxy().port(), "postgres");
        try (HaNode client = cluster.client("client").start()) {
            return measure(floor, cluster, client, user -> new PlainDoor(frontend));
        }
    }

    private Map<String, Object> measure(FloorPair floor, LocalCluster cluster, HaNode client, IntFunction<Door> doors)
            throws SQLException {
        List<Stalls> floors = new ArrayList<>();
        List<Stalls> ours = new ArrayList<>();
        StepEnds steps = new StepEnds();
        int mostReconnects = 0;
        String trouble = "";
        for (int i = 1; i <= runs && trouble.isEmpty(); i++) {
            floors.add(floor.moveUnder(users));
            clients(cluster.primary()).createTables();
            long epoch = cluster.state().epoch();
            try (Users crowd = new Users(users, doors)) {
                crowd.awaitEach(FloorPair.ROUNDS, LIMIT);
                Instant asked = Instant.now();
                Switchover.Result result =
                        client.switchover(new NodeName(cluster.standby().name()));
                trouble = result.done() ? "" : result.message();
                crowd.awaitEach(FloorPair.ROUNDS, LIMIT);
                List<List<Request>> requests = crowd.end();
                mostReconnects = Math.max(mostReconnects, crowd.mostReconnects());
                cluster.awaitRedundant(LIMIT);
                ours.add(Stalls.of(
                        requests,
                        cluster.dataNodes().stream()
                                .map(SwitchoverBench::clients)
                                .toList()));
                steps.add(
                        asked,
                        cluster.events().stream()
                                .filter(event -> event.step() != null && event.epoch() > epoch)
                                .toList());
            }
            out.accept(String.format(
                    "run %d of %d: F-move %s; switchover %s%s",
                    i,
                    runs,
                    text(floors.get(i - 1)),
                    text(ours.get(i - 1)),
                    trouble.isEmpty() ? "" : "  FAILED: " + trouble));
        }
        return figures(floors, ours, mostReconnects, steps, trouble.isEmpty());
    }

    private static Clients clients(LocalNode node) {
        return new Clients("127.0.0.1", node.server().port(), "postgres");
    }

    private static String text(Stalls stalls) {
        return String.format(
                "stall %d ms (nobody served for %d ms), %d of %d failed %s, lost %d",
                stalls.longestStall().toMillis(),
                stalls.longestSilence().toMillis(),
                stalls.failures(),
                stalls.failures() + stalls.acknowledged(),
                stalls.failed(),
                stalls.lost());
    }

    private Map<String, Object> figures(
            List<Stalls> floors, List<Stalls> ours, int mostReconnects, StepEnds steps, boolean done) {
        int failed = ours.stream().mapToInt(Stalls::failures).sum();
        int floorFailed = floors.stream().mapToInt(Stalls::failures).sum();
        int lost = ours.stream().mapToInt(Stalls::lost).sum();
        out.accept("");
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", done && lost == 0 && (isPooled() ? failed == 0 : mostReconnects <= 1));
        map.put("users", users);
        map.put("poolSize", poolSize);
        map.put("runs", ours.size());
        map.put("failedRequests", failed);
        map.put("mostReconnects", mostReconnects);
        map.put("floorFailedRequests", floorFailed);
        map.put("lost", lost);
        compare("longest stall of a user", Stalls::longestStall, floors, ours)
                .put(map, "longestStallMillis", "floorLongestStallMillis", "ratio");
        compare("nobody was served for", Stalls::longestSilence, floors, ours)
                .put(map, "nobodyServedMillis", "floorNobodyServedMillis", "nobodyServedRatio");
        out.accept(String.format(
                "%d users: %d requests failed (the floor: %d), at most %d reconnects of one user; %d writes lost",
                users, failed, floorFailed, mostReconnects, lost));
        map.put("stepsEndedAfter", steps.tell(out));
        return map;
    }

    private Compared compare(String what, Function<Stalls, Duration> figure, List<Stalls> floors, List<Stalls> ours) {
        Compared compared = new Compared(
                Sample.of(ours.stream().map(figure).toList()),
                Sample.of(floors.stream().map(figure).toList()));
        out.accept(what + ", F-move:     " + compared.floor());
        out.accept(what + ", switchover: " + compared.ours());
        out.accept(String.format("  ratio of the medians %.2f", compared.ratio()));
        return compared;
    }

    private record Compared(Sample ours, Sample floor) {
        double ratio() {
            return ours.median() / floor.median();
        }

        /** Medians under these names, and the spread beside them. */
        void put(Map<String, Object> map, String mine, String floors, String ratio) {
            map.put(mine, ours.median());
            map.put(floors, floor.median());
            map.put(ratio, ratio());
            map.put(mine + "Spread", ours.asMap());
            map.put(floors + "Spread", floor.asMap());
        }
    }
}
