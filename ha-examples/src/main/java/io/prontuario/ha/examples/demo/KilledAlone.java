package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;

/** The standby's machine is lost and taken out of the record; then the primary's server is killed. It has to come back where it is. */
final class KilledAlone implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final LocalCluster cluster;
    private final LocalNode primary;
    private final LocalNode standby;

    KilledAlone(LocalCluster cluster) {
        this.cluster = cluster;
        this.primary = cluster.primary();
        this.standby = cluster.standby();
    }

    @Override
    public String description() {
        return "kill -9 of the agent and the server of " + standby.name()
                + "; when it is certified no more, of the server of " + primary.name();
    }

    @Override
    public void inject() {
        standby.killAgent();
        standby.serverProcess().kill();
        Waiting.until(
                PATIENCE,
                standby.name() + " is certified no more",
                () -> cluster.readState().inSync().isEmpty());
        long killed = primary.serverProcess().killPostmaster();
        Waiting.until(
                PATIENCE,
                "the server of " + primary.name() + " runs again",
                () -> primary.serverProcess()
                        .postmaster()
                        .filter(postmaster -> postmaster.pid() != killed)
                        .isPresent());
    }

    @Override
    public void restore() {
        standby.start();
    }
}
