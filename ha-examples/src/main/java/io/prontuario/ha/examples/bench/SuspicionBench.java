package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How often a suspicion is wrong: what lives is stopped for a while (SIGSTOP), as a collection that stops the world stops a JVM, or a hypervisor a
 * machine, and goes on. A takeover that comes of it was not needed.
 */
public final class SuspicionBench {
    private static final List<Duration> PAUSES = List.of(
            Duration.ofMillis(500),
            Duration.ofMillis(900),
            Duration.ofMillis(1500),
            Duration.ofMillis(2500),
            Duration.ofMillis(4000));
    private static final Duration REDUNDANT = Duration.ofMinutes(2);
    /** A takeover that is under way when it goes on shows in the record by then: a session time, an election and a promotion. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(4);

    private final int runs;
    private final Consumer<String> out;

    /**
     * A benchmark of so many pauses of each length.
     *
     * @param out told how it goes
     */
    public SuspicionBench(int runs, Consumer<String> out) {
        this.runs = runs;
        this.out = out;
    }

    /** What stops. */
    private enum Stopped {
        /** What happens by itself meanwhile, on a machine that is busy. */
        NOTHING("nothing") {
            @Override
            List<Long> pids(LocalNode node) {
                return List.of();
            }
        },
        AGENT("the JVM of the primary's agent") {
            @Override
            List<Long> pids(LocalNode node) {
                return node.agentPid().stream().toList();
            }
        },
        HOST("the primary's agent and server") {
            @Override
            List<Long> pids(LocalNode node) {
                List<Long> all = new ArrayList<>(AGENT.pids(node));
                node.serverProcess().postmaster().ifPresent(postmaster -> {
                    all.add(postmaster.pid());
                    postmaster.children().map(ProcessHandle::pid).forEach(all::add);
                });
                return all;
            }
        };

        private final String what;

        Stopped(String what) {
            this.what = what;
        }

        abstract List<Long> pids(LocalNode node);
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", true);
        figures.put("runs", runs);
        try (LocalCluster cluster = LocalCluster.start(BenchFolders.make().cluster(), out)) {
            for (Stopped stopped : Stopped.values()) {
                Map<String, Object> byLength = new LinkedHashMap<>();
                for (Duration pause : PAUSES) {
                    byLength.put(Long.toString(pause.toMillis()), takeovers(cluster, stopped, pause));
                }
                figures.put(stopped.name().toLowerCase(Locale.ROOT), byLength);
            }
        }
        return figures;
    }

    /** Of how many pauses a takeover came. */
    private int takeovers(LocalCluster cluster, Stopped stopped, Duration pause) {
        int takeovers = 0;
        for (int i = 0; i < runs; i++) {
            cluster.awaitRedundant(REDUNDANT);
            long epoch = cluster.readState().epoch();
            List<Long> pids = stopped.pids(cluster.primary());
            if (!pids.isEmpty()) {
                Signals.freeze(pids);
            }
            LockSupport.parkNanos(pause.toNanos());
            if (!pids.isEmpty()) {
                Signals.thaw(pids);
            }
            LockSupport.parkNanos(AFTERWARDS.toNanos());
            if (cluster.readState().epoch() > epoch) {
                takeovers++;
            }
        }
        out.accept(String.format(
                "%-32s stopped for %4d ms, %d times: %d takeovers", stopped.what, pause.toMillis(), runs, takeovers));
        return takeovers;
    }
}
