package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import java.util.concurrent.locks.LockSupport;

/** The whole store is away for longer than sessions live, and comes back with what it had. */
final class LostStore implements Fault {
    private static final int SERVERS = 3;
    private static final long AWAY_NANOS = 8_000_000_000L;

    private final LocalCluster cluster;

    LostStore(LocalCluster cluster) {
        this.cluster = cluster;
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
    }
}
