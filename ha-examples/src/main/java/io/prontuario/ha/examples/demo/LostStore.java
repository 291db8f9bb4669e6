package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** The whole store is away for longer than sessions live, and comes back with what it had. */
final class LostStore implements Fault {
    private static final int SERVERS = 3;
    private static final long AWAY_NANOS = 8_000_000_000L;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final int saidBefore;

    LostStore(LocalCluster cluster) {
        this.cluster = cluster;
        this.saidBefore = cluster.events().size();
    }

    @Override
    public String description() {
        return "kill -9 of the " + SERVERS + " ZooKeeper servers; they come back after " + AWAY_NANOS / 1_000_000_000
                + " s";
    }

    @Override
    public void inject() {
        for (int server = 0; server < SERVERS; server++) {
            cluster.ensemble().kill(server);
        }
        LockSupport.parkNanos(AWAY_NANOS);
    }

    @Override
    public void restore() {
        for (int server = 0; server < SERVERS; server++) {
            cluster.ensemble().restart(server);
        }
        // The pair is redundant by its record all the while; whatever comes next needs nodes that are there.
        Stream.concat(cluster.dataNodes().stream(), Stream.of(cluster.witness()))
                .map(LocalNode::name)
                .forEach(this::awaitBack);
    }

    private void awaitBack(String node) {
        Waiting.until(
                PATIENCE,
                node + " says that it reaches the store again",
                () -> cluster.events().stream()
                        .skip(saidBefore)
                        .anyMatch(event ->
                                event.node().equals(node) && event.message().contains("the store is reached again")));
    }
}
