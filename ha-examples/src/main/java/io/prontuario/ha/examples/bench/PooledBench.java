package io.prontuario.ha.examples.bench;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.PooledDoor;
import io.prontuario.ha.examples.measure.Request;
import io.prontuario.ha.examples.measure.Stalls;
import io.prontuario.ha.examples.measure.Users;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.postgres.pool.PoolFigures;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A crowd of users through a planned switchover: with a connection of their own each through the floor's proxy (F-move), and through the
 * pool of this library, in turn.
 */
public final class PooledBench {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final int runs;
    private final int users;
    private final int poolSize;
    private final Consumer<String> out;

    /** So many runs each. */
    public PooledBench(int runs, int users, int poolSize, Consumer<String> out) {
        this.runs = runs;
        this.users = users;
        this.poolSize = poolSize;
        this.out = out;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() throws SQLException {
        BenchFolders folders = BenchFolders.make();
        out.accept("starting the floor's pair");
        try (FloorPair floor = FloorPair.start(folders.floor());
                LocalCluster cluster = LocalCluster.start(folders.cluster(), out);
                FailoverDataSource pool =
                        FailoverDataSource.of(cluster.pool().size(poolSize).build());
                HaNode client =
                        cluster.client("client").strategy(pool.strategy()).start()) {
            return measure(floor, cluster, pool, client);
        }
    }

    private Map<String, Object> measure(FloorPair floor, LocalCluster cluster, FailoverDataSource pool, HaNode client)
            throws SQLException {
        List<Stalls> floors = new ArrayList<>();
        List<Stalls> ours = new ArrayList<>();
        String trouble = "";
        for (int i = 1; i <= runs && trouble.isEmpty(); i++) {
            floors.add(floor.moveUnder(users));
            clients(cluster.primary()).createTables();
            try (Users crowd = new Users(users, user -> new PooledDoor(pool))) {
                crowd.awaitEach(FloorPair.ROUNDS, LIMIT);
                Switchover.Result result =
                        client.switchover(new NodeName(cluster.standby().name()));
                trouble = result.done() ? "" : result.message();
                crowd.awaitEach(FloorPair.ROUNDS, LIMIT);
                List<List<Request>> requests = crowd.end();
                cluster.awaitRedundant(LIMIT);
                ours.add(Stalls.of(
                        requests,
                        cluster.dataNodes().stream().map(PooledBench::clients).toList()));
            }
            out.accept(String.format(
                    "run %d of %d: F-move %s; switchover %s%s",
                    i,
                    runs,
                    text(floors.get(i - 1)),
                    text(ours.get(i - 1)),
                    trouble.isEmpty() ? "" : "  FAILED: " + trouble));
        }
        return figures(floors, ours, pool.figures(), trouble.isEmpty());
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

    private Map<String, Object> figures(List<Stalls> floors, List<Stalls> ours, PoolFigures pool, boolean done) {
        Sample floor = sample(floors);
        Sample stall = sample(ours);
        int failed = ours.stream().mapToInt(Stalls::failures).sum();
        int lost = ours.stream().mapToInt(Stalls::lost).sum();
        double ratio = stall.median() / floor.median();
        out.accept("");
        out.accept("longest stall of a user, F-move:     " + floor);
        out.accept("longest stall of a user, switchover: " + stall);
        out.accept(String.format(
                "ratio of the medians %.2f; with %d users: %d requests failed, %d writes lost; the floor failed %d",
                ratio,
                users,
                failed,
                lost,
                floors.stream().mapToInt(Stalls::failures).sum()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", done && failed == 0 && lost == 0);
        map.put("users", users);
        map.put("poolSize", poolSize);
        map.put("runs", ours.size());
        map.put("failedRequests", failed);
        map.put("lost", lost);
        map.put("longestStallMillis", stall.median());
        map.put("floorLongestStallMillis", floor.median());
        map.put("ratio", ratio);
        map.put("longestStall", stall.asMap());
        map.put("floorLongestStall", floor.asMap());
        map.put(
                "nobodyServed",
                Sample.of(ours.stream().map(Stalls::longestSilence).toList()).asMap());
        map.put(
                "floorNobodyServed",
                Sample.of(floors.stream().map(Stalls::longestSilence).toList()).asMap());
        map.put(
                "floorFailedRequests",
                floors.stream().mapToInt(Stalls::failures).sum());
        map.put("held", pool.held());
        map.put("inDoubt", pool.inDoubt());
        return map;
    }

    private static Sample sample(List<Stalls> all) {
        return Sample.of(all.stream().map(Stalls::longestStall).toList());
    }
}
