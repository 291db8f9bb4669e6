package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalNode;

/** The agent is gone, its server streams on: nobody looks after it any more. It comes back when another has taken over. */
final class KilledAgent implements Fault {
    private final LocalNode node;
    private final long pid;

    KilledAgent(LocalNode node) {
        this.node = node;
        this.pid = node.agentPid().orElseThrow(() -> new IllegalStateException("no agent runs on " + node.name()));
    }

    @Override
    public String description() {
        return "kill -9 of the agent of " + node.name() + " (process " + pid + "); its server lives";
    }

    @Override
    public void inject() {
        node.killAgent();
    }

    @Override
    public void restore() {
        if (node.serverProcess().postmaster().isEmpty()) {
            throw new IllegalStateException("the server of " + node.name() + " did not outlive its agent");
        }
        node.start();
    }
}
