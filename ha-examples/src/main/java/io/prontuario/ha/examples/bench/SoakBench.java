package io.prontuario.ha.examples.bench;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.PlainDoor;
import io.prontuario.ha.examples.measure.PooledDoor;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A cluster under full load for as long as it is told to, with a planned switchover now and then: whether anything grows that should not, and
 * whether everything that was acknowledged is there in the end.
 */
public final class SoakBench {
    /** Between two readings of all figures. */
    private static final Duration BEAT = Duration.ofSeconds(30);

    private static final Duration LONGEST_BETWEEN_SWITCHOVERS = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int POOL = 12;

    private final Duration length;
    private final int users;
    private final Consumer<String> out;

    /**
     * A soak of so many minutes.
     *
     * @param minutes at least 2: four readings are one in each quarter
     * @param users two of three share a pool of this library, the others have a connection each through the proxy
     * @param out told how it goes
     */
    public SoakBench(int minutes, int users, Consumer<String> out) {
        this.length = Duration.ofMinutes(minutes);
        this.users = users;
        this.out = out;
    }

    /** What has come of it so far. */
    private static final class Course {
        private final long began = System.nanoTime();
        private final Map<Figure, List<Double>> read = new EnumMap<>(Figure.class);
        private final List<String> undone = new ArrayList<>();
        private int switchovers;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() throws SQLException {
        try (LocalCluster cluster = LocalCluster.start(BenchFolders.make().cluster(), out)) {
            clients(cluster.primary()).createTables();
            try (FailoverDataSource pool =
                            FailoverDataSource.of(cluster.pool().size(POOL).build());
                    HaNode client =
                            cluster.client("client").strategy(pool.strategy()).start()) {
                return soaked(cluster, client, pool);
            }
        }
    }

    private Map<String, Object> soaked(LocalCluster cluster, HaNode client, FailoverDataSource pool)
            throws SQLException {
        Clients frontend = new Clients("127.0.0.1", cluster.proxy().port(), "postgres");
        long epoch = cluster.readState().epoch();
        SoakUsers crowd = new SoakUsers(
                users,
                user -> user % 3 == 2
                        ? new SoakUsers.Doors("proxy", new PlainDoor(frontend), null)
                        : new SoakUsers.Doors("pool", new PooledDoor(pool), new PooledDoor(pool.reads())));
        Course course = new Course();
        try (crowd) {
            soak(cluster, client, crowd, course);
        }
        cluster.awaitRedundant(LIMIT);
        awaitReplayed(cluster);
        long lost = 0;
        for (LocalNode node : cluster.dataNodes()) {
            lost += crowd.lostOn(clients(node));
        }
        return figures(crowd, course, lost, cluster.readState().epoch() - epoch - course.switchovers);
    }

    private void soak(LocalCluster cluster, HaNode client, SoakUsers crowd, Course course) {
        Footprint footprint = new Footprint(cluster);
        long between = Math.min(LONGEST_BETWEEN_SWITCHOVERS.toNanos(), length.toNanos() / Growth.LEAST_SAMPLES);
        long nextSwitchover = between;
        for (long beat = BEAT.toNanos(); beat <= length.toNanos(); beat += BEAT.toNanos()) {
            await(course.began + beat);
            Map<Figure, Double> held = footprint.read();
            held.forEach((figure, value) -> course.read
                    .computeIfAbsent(figure, first -> new ArrayList<>())
                    .add(value));
            tell(beat, crowd, course, held);
            if (beat >= nextSwitchover && beat < length.toNanos()) {
                nextSwitchover += between;
                switchOver(cluster, client, course);
            }
        }
    }

    private static void await(long nanos) {
        while (nanos - System.nanoTime() > 0) {
            LockSupport.parkNanos(nanos - System.nanoTime());
        }
    }

    private void switchOver(LocalCluster cluster, HaNode client, Course course) {
        String trouble;
        try {
            Switchover.Result result =
                    client.switchover(new NodeName(cluster.standby().name()));
            trouble = result.done() ? "" : result.message();
        } catch (StoreUnavailableException e) {
            // On a machine that is this busy the store may not answer in time. The hour goes on.
            trouble = String.valueOf(e.getMessage());
        }
        if (trouble.isEmpty()) {
            course.switchovers++;
        } else {
            course.undone.add(trouble);
            out.accept("a switchover did not come about: " + trouble);
        }
    }

    private void tell(long nanos, SoakUsers crowd, Course course, Map<Figure, Double> held) {
        long seconds = Duration.ofNanos(nanos).toSeconds();
        StringBuilder line = new StringBuilder(String.format(
                "%d:%02d  %d rows, %d requests failed, %d switchovers",
                seconds / 60, seconds % 60, crowd.acknowledged(), failed(crowd), course.switchovers));
        String group = "";
        for (Map.Entry<Figure, Double> one : held.entrySet()) {
            String[] words = one.getKey().text().split(": ", 2);
            line.append(words[0].equals(group) ? ", " : "; " + words[0] + ": ")
                    .append(words[1])
                    .append(' ')
                    .append(String.format("%.0f", one.getValue()));
            group = words[0];
        }
        out.accept(line.toString());
    }

    private static long failed(SoakUsers crowd) {
        return crowd.failures().values().stream().mapToLong(Long::longValue).sum();
    }

    private static Clients clients(LocalNode node) {
        return new Clients("127.0.0.1", node.server().port(), "postgres");
    }

    /** A certified standby holds everything; reading it takes that it has replayed it. */
    private static void awaitReplayed(LocalCluster cluster) throws SQLException {
        String end = answer(cluster.primary(), "select pg_current_wal_lsn()");
        for (LocalNode standby : cluster.standbys()) {
            Waiting.until(LIMIT, standby.name() + " has replayed " + end, () -> {
                try {
                    return "t".equals(answer(standby, "select pg_last_wal_replay_lsn() >= '" + end + "'"));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private static String answer(LocalNode node, String question) throws SQLException {
        try (Connection connection = clients(node).connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        }
    }

    private Map<String, Object> figures(SoakUsers crowd, Course course, long lost, long unasked) {
        List<Growth> growths = new ArrayList<>();
        course.read.forEach((figure, read) -> growths.add(Growth.of(figure, read)));
        long missing = crowd.missing();
        boolean passed = lost == 0
                && missing == 0
                && crowd.acknowledged() > 0
                && course.switchovers > 0
                && growths.stream().allMatch(Growth::passed);
        out.accept("");
        out.accept("medians of the second and of the last quarter, and by how much more is no growth:");
        growths.forEach(growth -> out.accept(growth.toString()));
        out.accept(String.format(
                "%d rows by %d users in %d minutes, %d lost, %d not found by a read; %d requests failed %s;"
                        + " %d switchovers (%d did not come about), %d takeovers that nobody asked for",
                crowd.acknowledged(),
                users,
                length.toMinutes(),
                lost,
                missing,
                failed(crowd),
                crowd.failures(),
                course.switchovers,
                course.undone.size(),
                unasked));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", passed);
        map.put("minutes", length.toMinutes());
        map.put("users", users);
        map.put("acknowledged", crowd.acknowledged());
        map.put("lost", lost);
        map.put("notFoundByARead", missing);
        map.put("failedRequests", crowd.failures());
        map.put("switchovers", course.switchovers);
        map.put("switchoversUndone", course.undone);
        map.put("takeoversNotAskedFor", unasked);
        growths.forEach(growth -> map.put(growth.figure().text(), growth.asMap()));
        return map;
    }
}
