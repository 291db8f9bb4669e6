package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The agent is ended in order and away for a while; its server and everybody's connections go on. */
final class StoppedAgent implements Fault {
    /** Several times what a proxy's check needs to take a server out, and more than a session lives. */
    private static final long AWAY_NANOS = 6_000_000_000L;

    private final LocalNode node;
    private final long pid;

    StoppedAgent(LocalNode node) {
        this.node = node;
        this.pid = node.agentPid().orElseThrow(() -> new IllegalStateException("no agent runs on " + node.name()));
    }

    @Override
    public String description() {
        return "SIGTERM of the agent of " + node.name() + " (process " + pid + "); its server lives";
    }

    @Override
    public void inject() {
        node.stopAgent();
        LockSupport.parkNanos(AWAY_NANOS);
    }

    @Override
    public void restore() {
        node.start();
        Waiting.until(
                Duration.ofSeconds(20), "the agent of " + node.name() + " is back and serves", node::servesAsPrimary);
    }
}
