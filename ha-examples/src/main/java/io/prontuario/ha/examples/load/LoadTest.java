package io.prontuario.ha.examples.load;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Account;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A crowd at work on a cluster of real parts, through both shapes of an installation and through what can happen to it. */
public final class LoadTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration CATCH_UP = Duration.ofSeconds(20);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final int SERVED_AFTERWARDS = 3;
    private static final int WARM_UP_SERVED = 10;

    private final Plan plan;
    private final Consumer<String> out;

    /**
     * What is done.
     *
     * @param shapes through which ways, in order
     * @param phases what happens, in order, through each of them
     * @param mix the crowd
     * @param seconds how long each phase lasts at least; what happens does so after a third of it
     * @param poolSize of each backend
     * @param seed of who reads and who writes when
     */
    public record Plan(List<Shape> shapes, List<Phase> phases, Mix mix, int seconds, int poolSize, long seed) {
        public Plan {
            shapes = List.copyOf(shapes);
            phases = List.copyOf(phases);
        }
    }

    /** @param out told how it goes, a line a second */
    public LoadTest(Plan plan, Consumer<String> out) {
        this.plan = plan;
        this.out = out;
    }

    /** Runs it to its end on a cluster of its own under this folder, and ends everything it started. */
    public LoadResult run(Path folder) throws SQLException, InterruptedException {
        List<Passage> passages = new ArrayList<>();
        Instant began = Instant.now();
        try (LocalCluster cluster = LocalCluster.start(folder, out);
                HaNode operator = cluster.client("operator").start()) {
            for (Shape shape : plan.shapes()) {
                try (Doors doors = Doors.open(shape, cluster, plan)) {
                    warmUp(cluster, doors);
                    for (Phase phase : plan.phases()) {
                        Passage passage = pass(cluster, operator, shape, phase, doors);
                        passages.add(passage);
                        out.accept(passage.line());
                    }
                }
            }
        }
        return new LoadResult(plan, began, passages);
    }

    /** Connections are made, proxies see their backends, what is run often is compiled: none of that is counted. */
    private void warmUp(LocalCluster cluster, IntFunction<Way> ways) throws SQLException, InterruptedException {
        clients(cluster.primary()).createTables();
        Crowd crowd = new Crowd(plan.mix(), plan.seed(), new Pulse(), ways);
        try {
            crowd.awaitEach(WARM_UP_SERVED, LIMIT);
        } finally {
            crowd.end();
        }
    }

    @SuppressWarnings("try") // it tells until it is closed
    private Passage pass(LocalCluster cluster, HaNode operator, Shape shape, Phase phase, IntFunction<Way> ways)
            throws SQLException, InterruptedException {
        clients(cluster.primary()).createTables();
        ClusterState before = cluster.state();
        Pulse pulse = new Pulse();
        long began = System.nanoTime();
        Instant beganAt = Instant.now();
        Crowd crowd = new Crowd(plan.mix(), plan.seed(), pulse, ways);
        long happened = Long.MAX_VALUE;
        String trouble = "";
        int stuck;
        try (Telling telling = new Telling(shape + ", " + phase, pulse)) {
            pause(began, plan.seconds() / 3.0);
            happened = phase == Phase.NORMAL ? Long.MAX_VALUE : System.nanoTime();
            trouble = happen(phase, cluster, operator);
            awaitMoved(phase, cluster, before);
            pause(began, plan.seconds());
            crowd.awaitEach(SERVED_AFTERWARDS, LIMIT);
        } catch (IllegalStateException e) {
            trouble = String.valueOf(e.getMessage());
        } finally {
            stuck = crowd.end();
        }
        cluster.awaitRedundant(LIMIT);
        Summary summary = summary(crowd, cluster, happened);
        return new Passage(
                shape,
                phase,
                began,
                Duration.ofNanos(happened == Long.MAX_VALUE ? -1 : happened - began),
                marks(cluster, before, beganAt),
                crowd.visits(),
                summary,
                crowd.mostReconnects(),
                stuck,
                trouble);
    }

    /** Lets it happen; answers what went wrong with it. */
    private static String happen(Phase phase, LocalCluster cluster, HaNode operator) {
        return switch (phase) {
            case NORMAL -> "";
            case SWITCHOVER -> {
                Switchover.Result result =
                        operator.switchover(new NodeName(cluster.standby().name()));
                yield result.done() ? "" : result.message();
            }
            case FAILOVER -> {
                Scenario.SERVER_KILLED.arm(cluster).inject();
                yield "";
            }
        };
    }

    private static void awaitMoved(Phase phase, LocalCluster cluster, ClusterState before) {
        if (phase != Phase.NORMAL) {
            Waiting.until(
                    LIMIT,
                    "another primary is active",
                    () -> cluster.state().active() && cluster.state().epoch() > before.epoch());
        }
    }

    private static void pause(long began, double seconds) {
        long until = began + (long) (seconds * 1e9);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static Clients clients(LocalNode node) {
        return new Clients("127.0.0.1", node.server().port(), "postgres");
    }

    /** The standby is certified and may still have a moment's log to replay. */
    private static Summary summary(Crowd crowd, LocalCluster cluster, long happened) throws SQLException {
        long until = System.nanoTime() + CATCH_UP.toNanos();
        Summary summary;
        do {
            List<Set<Long>> present = new ArrayList<>();
            for (LocalNode node : cluster.dataNodes()) {
                present.add(Account.present(clients(node)));
            }
            summary = Summary.of(crowd.visits(), present, happened);
        } while (summary.lost() > 0 && System.nanoTime() - until < 0);
        return summary;
    }

    private static List<Passage.Mark> marks(LocalCluster cluster, ClusterState before, Instant began) {
        return cluster.events().stream()
                .filter(event -> event.step() != null && event.epoch() > before.epoch())
                .sorted(Comparator.comparing(NodeEvent::ended))
                .map(event -> new Passage.Mark(
                        Duration.between(began, event.ended()), event.step() + " (" + event.node() + ")"))
                .toList();
    }

    /** A line a second. */
    private final class Telling implements AutoCloseable {
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "load-progress");
            made.setDaemon(true);
            return made;
        });
        private long last = System.nanoTime();

        Telling(String title, Pulse pulse) {
            thread.scheduleAtFixedRate(
                    () -> {
                        long now = System.nanoTime();
                        out.accept("  " + title + ": " + pulse.line((now - last) / 1e9));
                        last = now;
                    },
                    BEAT.toMillis(),
                    BEAT.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }
}
