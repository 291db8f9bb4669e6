package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import java.time.Duration;
import java.util.List;

/**
 * Of three data nodes the primary's is lost, and whoever took over is lost too before the first is back: the last one has to have followed the
 * second and been certified by it, or it could not take over. Both lost ones are switched on at the end.
 */
final class TwoLosses implements Fault {
    /** On a machine that is busy with other work as well. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final LocalNode first;
    private final ClusterState before;
    private String followed = "";

    TwoLosses(LocalCluster cluster) {
        this.cluster = cluster;
        this.first = cluster.primary();
        this.before = cluster.state();
    }

    @Override
    public String description() {
        return "kill -9 of the agent and the server of " + first.name()
                + "; the same to whoever has taken over, as soon as the third is certified again";
    }

    @Override
    public void inject() {
        lose(first);
        ClusterState after = awaitActiveAfter(before);
        LocalNode second = cluster.node(after.primary().node().value());
        LocalNode third = cluster.dataNodes().stream()
                .filter(node -> node != first && node != second)
                .findFirst()
                .orElseThrow();
        long took = System.nanoTime();
        Waiting.until(PATIENCE, third.name() + " is certified by " + second.name(), () -> {
            ClusterState state = cluster.readState();
            return state.active() && state.transition() == null && certifies(state, third);
        });
        followed = third.name() + " was certified by " + second.name() + " "
                + Duration.ofNanos(System.nanoTime() - took).toMillis() + " ms after that was active";
        lose(second);
        ClusterState last = awaitActiveAfter(after);
        if (!last.primary().node().value().equals(third.name())) {
            throw new IllegalStateException(last.primary() + " has taken over, " + third.name() + " was to");
        }
    }

    private static void lose(LocalNode node) {
        ProcessHandle postmaster = node.serverProcess()
                .postmaster()
                .orElseThrow(() -> new IllegalStateException("no server runs on " + node.name()));
        node.killAgent();
        node.serverProcess().kill();
        Waiting.until(PATIENCE, "process " + postmaster.pid() + " is gone", () -> !postmaster.isAlive());
    }

    private ClusterState awaitActiveAfter(ClusterState former) {
        Waiting.until(PATIENCE, "a primary is active in a later epoch than " + former.epoch(), () -> {
            ClusterState state = cluster.readState();
            return state.active() && state.epoch() > former.epoch();
        });
        return cluster.readState();
    }

    private static boolean certifies(ClusterState state, LocalNode node) {
        return state.inSync().stream()
                .map(Copy::node)
                .anyMatch(name -> name.value().equals(node.name()));
    }

    @Override
    public void restore() {
        cluster.dataNodes().stream().filter(node -> !node.agentRuns()).forEach(LocalNode::start);
    }

    @Override
    public List<String> told() {
        return List.of("  " + followed);
    }
}
