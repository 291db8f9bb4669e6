package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalNode;
import java.util.concurrent.locks.LockSupport;

/** The agent is ended in order; while it is away its server is killed. Both come back when another has taken over. */
final class LeftAndKilled implements Fault {
    /** More than a session lives: what is decided rests on the goodbye. */
    private static final long BETWEEN_NANOS = 3_000_000_000L;

    private final LocalNode node;

    LeftAndKilled(LocalNode node) {
        this.node = node;
    }

    @Override
    public String description() {
        return "SIGTERM of the agent of " + node.name() + "; " + BETWEEN_NANOS / 1_000_000_000
                + " s after its end, kill -9 of its server";
    }

    @Override
    public void inject() {
        node.stopAgent();
        LockSupport.parkNanos(BETWEEN_NANOS);
        node.serverProcess().killPostmaster();
    }

    @Override
    public void restore() {
        node.start();
    }
}
