package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Both machines lose power, each with its server, its agent and its ZooKeeper server, and are switched on again one after the other: the
 * second when the first has made of it what it can.
 */
final class PowerCut implements Fault {
    private static final Duration GONE = Duration.ofSeconds(5);
    private static final Duration ALONE = Duration.ofSeconds(40);

    private final LocalCluster cluster;
    private final LocalNode primary;
    private final LocalNode standby;
    private final boolean primaryFirst;
    private final boolean midway;
    private final long epoch;

    /**
     * @param primaryFirst which of the two is switched on first
     * @param midway in the middle of a takeover: the standby is nominated and not active yet
     */
    PowerCut(LocalCluster cluster, boolean primaryFirst, boolean midway) {
        this.cluster = cluster;
        this.primary = cluster.primary();
        this.standby = cluster.standby();
        this.primaryFirst = primaryFirst;
        this.midway = midway;
        this.epoch = cluster.state().epoch();
    }

    @Override
    public String description() {
        return (midway ? "the primary's server is killed; as soon as the standby is nominated, " : "")
                + "kill -9 of servers, agents and ZooKeeper servers of both machines; "
                + (primaryFirst ? primary : standby).name() + " comes back first";
    }

    @Override
    public void inject() {
        if (midway) {
            nominateAndNoMore();
        }
        List<ProcessHandle> servers = new ArrayList<>();
        for (LocalNode node : List.of(primary, standby)) {
            node.killAgent();
            node.serverProcess().postmaster().ifPresent(servers::add);
            node.serverProcess().kill();
        }
        // The machines of the first two; the witness has the third.
        cluster.ensemble().kill(0);
        cluster.ensemble().kill(1);
        Waiting.until(GONE, "both servers are gone", () -> servers.stream().noneMatch(ProcessHandle::isAlive));

        switchOn(primaryFirst ? primary : standby, 0);
        awaitWhatTheFirstCanDo();
        switchOn(primaryFirst ? standby : primary, 1);
    }

    /** It starts as the primary that it is by the record, or takes over. */
    private void awaitWhatTheFirstCanDo() {
        if (primaryFirst && !midway) {
            Waiting.until(
                    ALONE,
                    "the server of " + primary.name() + " runs again",
                    () -> primary.serverProcess().postmaster().isPresent());
        } else {
            Waiting.until(
                    ALONE,
                    "a primary is active in a later epoch than " + epoch,
                    () -> cluster.readState().active() && cluster.readState().epoch() > epoch);
        }
    }

    /** What promotes in the nominee's server is stopped, so that it cannot go on; its agent is to nominate it. */
    private void nominateAndNoMore() {
        Signals.freeze(standby.serverProcess().replayer().stream().toList());
        primary.serverProcess().killPostmaster();
        Waiting.until(
                ALONE,
                standby.name() + " is nominated",
                () -> cluster.readState().epoch() > epoch);
        if (cluster.readState().active()) {
            throw new IllegalStateException(
                    "the primary of epoch " + cluster.readState().epoch() + " is active already");
        }
    }

    private void switchOn(LocalNode node, int zooKeeper) {
        cluster.ensemble().restart(zooKeeper);
        node.start();
    }
}
