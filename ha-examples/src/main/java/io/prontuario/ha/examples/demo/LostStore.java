package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The whole store is away for longer than sessions live, and comes back with what it had. */
public final class LostStore implements Fault {
    private static final int SERVERS = 3;
    /** Longer than sessions live. */
    static final Duration USUAL = Duration.ofSeconds(8);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalCluster cluster;
    private final Duration away;
    private final int saidBefore;

    LostStore(LocalCluster cluster, Duration away) {
        this.cluster = cluster;
        this.away = away;
        this.saidBefore = cluster.events().size();
    }

    /** The scenario of that name, for another time than the usual one. */
    public static Trial away(Duration time) {
        return new Trial() {
            @Override
            public String label() {
                return Scenario.STORE_AWAY.label();
            }

            @Override
            public String story() {
                return Scenario.STORE_AWAY.story();
            }

            @Override
            public boolean takeover() {
                return Scenario.STORE_AWAY.takeover();
            }

            @Override
            public int mostReconnects() {
                return Scenario.STORE_AWAY.mostReconnects();
            }

            @Override
            public Fault arm(LocalCluster cluster) {
                return new LostStore(cluster, time);
            }
        };
    }

    @Override
    public String description() {
        return "kill -9 of the " + SERVERS + " ZooKeeper servers; they come back after " + away.toSeconds() + " s";
    }

    @Override
    public void inject() {
        for (int server = 0; server < SERVERS; server++) {
            cluster.ensemble().kill(server);
        }
        LockSupport.parkNanos(away.toNanos());
    }

    @Override
    public void restore() {
        for (int server = 0; server < SERVERS; server++) {
            cluster.ensemble().restart(server);
        }
        // The pair is redundant by its record all the while; whatever comes next needs nodes that are there.
        cluster.nodes().stream().map(LocalNode::name).forEach(this::awaitBack);
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
