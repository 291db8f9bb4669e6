package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.NodeEvent;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** One node is cut off from the ZooKeeper servers and from nothing else, for several times as long as its session lives. */
final class WithoutStore implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long LONGER_NANOS = 3_000_000_000L;

    private final LocalCluster cluster;
    private final LocalNode node;
    private final boolean primary;
    private final boolean serverDies;
    private final int saidBefore;

    /**
     * @param serverDies afterwards, when its agent has been without a session for a while: it can tell nobody through the store
     */
    WithoutStore(LocalCluster cluster, LocalNode node, boolean serverDies) {
        this.cluster = cluster;
        this.node = node;
        this.primary = node == cluster.primary();
        this.serverDies = serverDies;
        this.saidBefore = cluster.events().size();
    }

    @Override
    public String description() {
        return node.name() + " reaches no ZooKeeper server any more, and everybody else as before"
                + (serverDies ? "; some seconds later, kill -9 of its server" : "");
    }

    @Override
    public void inject() {
        cluster.cutOffFromStore(node);
        awaitSaid(node.name() + " says that it does not reach the store", "the store is not reached", true);
        if (primary) {
            awaitSaid(
                    "the coordinator says that the agent of the primary has lost its session",
                    "has lost its session but answers on /primary",
                    false);
        }
        LockSupport.parkNanos(LONGER_NANOS);
        if (serverDies) {
            node.serverProcess().killPostmaster();
        }
    }

    @Override
    public void restore() {
        cluster.giveStoreBack(node);
        awaitSaid(node.name() + " says that it reaches the store again", "the store is reached again", true);
    }

    private void awaitSaid(String what, String text, boolean byTheNode) {
        Predicate<NodeEvent> said =
                event -> event.message().contains(text) && event.node().equals(node.name()) == byTheNode;
        Waiting.until(
                PATIENCE, what, () -> cluster.events().stream().skip(saidBefore).anyMatch(said));
    }
}
