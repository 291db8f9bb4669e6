package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.testing.LocalEnsemble;
import io.prontuario.ha.zookeeper.ServerInspection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a cluster costs that nothing happens to: the processor time of each agent, and how often something is written to the store. Beside
 * it, in the same seconds, a thread that does nothing but wake a hundred times a second: what waking alone costs on this machine.
 */
public final class IdleBench {
    private static final Duration SETTLE = Duration.ofSeconds(60);
    private static final Duration WAKE = Duration.ofMillis(10);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final double MOST_PERCENT = 1;
    private static final double MOST_WRITES = 2;

    private final Duration time;
    private final Consumer<String> out;

    /**
     * A benchmark.
     *
     * @param time how long it is measured, after a minute in which compilers and caches settle
     * @param out told how it goes
     */
    public IdleBench(Duration time, Consumer<String> out) {
        this.time = time;
        this.out = out;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() {
        BenchFolders folders = BenchFolders.make();
        try (LocalCluster cluster = LocalCluster.start(folders.cluster(), out);
                Waker waker = new Waker()) {
            cluster.awaitRedundant(Duration.ofMinutes(1));
            out.accept("waiting a minute, then measuring for " + time.toSeconds() + " s");
            LockSupport.parkNanos(SETTLE.toNanos());
            return measure(cluster, waker);
        }
    }

    private Map<String, Object> measure(LocalCluster cluster, Waker waker) {
        Map<LocalNode, Duration> before = new LinkedHashMap<>();
        cluster.nodes().stream().forEach(node -> before.put(node, processorTime(node)));
        long written = lastTransaction(cluster.ensemble());
        Duration woken = waker.processorTime();
        long from = System.nanoTime();
        LockSupport.parkNanos(time.toNanos());
        double seconds = (System.nanoTime() - from) / 1e9;
        double floor = percent(waker.processorTime().minus(woken), seconds);
        double writes = (lastTransaction(cluster.ensemble()) - written) / seconds / before.size();
        Map<String, Object> agents = new LinkedHashMap<>();
        String primary = cluster.primary().name();
        before.forEach((node, then) -> {
            double percent = percent(processorTime(node).minus(then), seconds);
            String role = node.name().equals(LocalCluster.WITNESS)
                    ? "witness"
                    : node.name().equals(primary) ? "primary" : "standby";
            agents.put(role, percent);
            out.accept(String.format("agent of the %s: %.2f %% of a core (budget %.0f)", role, percent, MOST_PERCENT));
        });
        out.accept(String.format("a thread that wakes 100 times a second, beside them: %.2f %% of a core", floor));
        out.accept(String.format("writes to the store: %.2f a second and node (budget %.0f)", writes, MOST_WRITES));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", true);
        figures.put("seconds", seconds);
        figures.put("percentOfACore", agents);
        figures.put("percentOfAThreadThatWakesAHundredTimesASecond", floor);
        figures.put("storeWritesPerSecondAndNode", writes);
        return figures;
    }

    private static double percent(Duration used, double seconds) {
        return 100 * used.toNanos() / 1e9 / seconds;
    }

    /** In nanoseconds, unlike that of {@code ProcessHandle.Info}, which has hundredths of a second (proc(5), {@code schedstat}). */
    private static Duration processorTime(LocalNode node) {
        long pid = node.agentPid()
                .orElseThrow(() -> new IllegalStateException("the agent of " + node.name() + " has ended"));
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            long nanos = 0;
            for (Path task : tasks.toList()) {
                nanos += nanos(task.resolve("schedstat"));
            }
            return Duration.ofNanos(nanos);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the processor time of " + node.name() + "'s agent", e);
        }
    }

    /** A thread that has just ended takes its share with it. */
    private static long nanos(Path file) {
        try {
            return Long.parseLong(Files.readString(file).split(" ")[0]);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The highest number that a server of the ensemble has given a transaction. */
    private static long lastTransaction(LocalEnsemble ensemble) {
        return IntStream.range(0, 3)
                .mapToLong(server -> ServerInspection.lastTransaction("127.0.0.1", ensemble.clientPort(server), ANSWER))
                .max()
                .orElseThrow();
    }

    /** A thread that does nothing but wake. */
    private static final class Waker implements AutoCloseable {
        private final Thread thread = new Thread(this::run, "waker");
        private volatile boolean closed;

        Waker() {
            thread.setDaemon(true);
            thread.start();
        }

        private void run() {
            while (!closed) {
                LockSupport.parkNanos(WAKE.toNanos());
            }
        }

        Duration processorTime() {
            return Duration.ofNanos(ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()));
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
