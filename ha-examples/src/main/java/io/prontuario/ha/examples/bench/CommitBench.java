package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.postgres.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * What a commit costs over asynchronous replication: the same inserts on the same running cluster, in turn with {@code synchronous_commit} as
 * the cluster has it and with {@code local}, which waits for the primary's own flush and for nobody else.
 */
public final class CommitBench {
    private static final int COMMITS = 200;
    private static final int MOST_SPOILT = 10;
    private static final Duration REDUNDANT = Duration.ofMinutes(2);
    private static final String INSERT = "insert into bench.entry (writer, text) values (?, 'a line of a record')";

    private final int rounds;
    private final int writers;
    private final Consumer<String> out;

    /**
     * A benchmark of so many rounds of each.
     *
     * @param writers how many write at the same time, each on a connection of its own straight to the primary
     * @param out told how it goes
     */
    public CommitBench(int rounds, int writers, Consumer<String> out) {
        this.rounds = rounds;
        this.writers = writers;
        this.out = out;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() throws SQLException {
        try (LocalCluster cluster = LocalCluster.start(BenchFolders.make().cluster(), out)) {
            try (Connection connection = DriverManager.getConnection(url(cluster));
                    Statement statement = connection.createStatement()) {
                statement.execute("create schema bench");
                statement.execute("create table bench.entry (id bigserial primary key, writer int, text text)");
            }
            List<Duration> waiting = new ArrayList<>();
            List<Duration> local = new ArrayList<>();
            // The first round warms both up and does not count.
            int spoilt = 0;
            for (int round = 0; round <= rounds; ) {
                try {
                    List<Duration> first = round(url(cluster), "on");
                    List<Duration> second = round(url(cluster), "local");
                    if (round > 0) {
                        waiting.addAll(first);
                        local.addAll(second);
                        tell(round, Sample.of(first), Sample.of(second));
                    }
                    round++;
                } catch (SQLException e) {
                    // On a machine that is too busy another may have taken over in the middle of it.
                    if (++spoilt > MOST_SPOILT) {
                        throw e;
                    }
                    out.accept("once more: " + e.getMessage());
                    cluster.awaitRedundant(REDUNDANT);
                }
            }
            return figures(Sample.of(waiting), Sample.of(local));
        }
    }

    private void tell(int round, Sample waiting, Sample local) {
        out.accept(String.format(
                "round %d of %d: waiting for the standby %.2f ms, local %.2f ms (medians)",
                round, rounds, waiting.median(), local.median()));
    }

    private static String url(LocalCluster cluster) {
        PostgresAddress primary = cluster.primary().server();
        return "jdbc:postgresql://" + primary + "/postgres?user=postgres&gssEncMode=disable&sslmode=disable";
    }

    private Map<String, Object> figures(Sample waiting, Sample local) {
        out.accept("");
        tell("waits for the standby", waiting);
        tell("local, as asynchronous", local);
        out.accept(String.format(
                "a commit costs %.2f ms more (median), %.2f times as much",
                waiting.median() - local.median(), waiting.median() / local.median()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", true);
        map.put("writers", writers);
        map.put("waiting", waiting.asMap());
        map.put("local", local.asMap());
        map.put("costMillis", waiting.median() - local.median());
        map.put("ratio", waiting.median() / local.median());
        return map;
    }

    private void tell(String what, Sample sample) {
        out.accept(String.format(
                "%-24s median %.2f ms, 95 %% %.2f ms, 99 %% %.2f ms, longest %.0f ms; %d commits",
                what,
                sample.median(),
                sample.quantile(0.95),
                sample.quantile(0.99),
                sample.quantile(1),
                sample.millis().size()));
    }

    private List<Duration> round(String url, String synchronousCommit) throws SQLException {
        ExecutorService pool = Executors.newFixedThreadPool(writers);
        try {
            List<Callable<List<Duration>>> all = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int number = writer;
                all.add(() -> write(url, synchronousCommit, number));
            }
            List<Duration> took = new ArrayList<>();
            for (Future<List<Duration>> one : pool.invokeAll(all)) {
                took.addAll(one.get());
            }
            return took;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in the middle of a round", e);
        } catch (ExecutionException e) {
            throw new SQLException("a writer failed: " + e.getCause(), e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<Duration> write(String url, String synchronousCommit, int number) throws SQLException {
        List<Duration> took = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement setting = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            setting.execute("set synchronous_commit = " + synchronousCommit);
            for (int i = 0; i < COMMITS; i++) {
                long from = System.nanoTime();
                insert.setInt(1, number);
                insert.executeUpdate();
                took.add(Duration.ofNanos(System.nanoTime() - from));
            }
        }
        return took;
    }
}
