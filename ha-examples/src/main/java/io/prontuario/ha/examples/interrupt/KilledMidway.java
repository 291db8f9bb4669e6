package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Begins a transition, sees the victim killed at the point, and starts it again as whoever looks after its process does. */
final class KilledMidway implements Fault {
    private static final Duration ELECTION = Duration.ofSeconds(15);
    private static final Duration BACK = Duration.ofSeconds(30);
    private static final Duration REACHED = Duration.ofSeconds(20);
    private static final Duration CARRIED_ON = Duration.ofSeconds(30);

    private final Interruption interruption;
    private final LocalCluster cluster;
    private final LocalNode primary;
    private final LocalNode standby;
    private final LocalNode victim;
    private final long pid;
    private CompletableFuture<Switchover.Result> asked = new CompletableFuture<>();

    KilledMidway(
            Interruption interruption,
            LocalCluster cluster,
            LocalNode primary,
            LocalNode standby,
            LocalNode coordinator,
            LocalNode victim) {
        this.interruption = interruption;
        this.cluster = cluster;
        this.primary = primary;
        this.standby = standby;
        this.victim = victim;
        letLead(coordinator);
        awaitEverybody();
        this.pid = victim.agentPid().orElseThrow(() -> new IllegalStateException("no agent runs on " + victim.name()));
    }

    private void letLead(LocalNode coordinator) {
        interruption.trap().letLead(coordinator.name());
        Waiting.until(ELECTION, coordinator.name() + " coordinates", coordinator::coordinates);
    }

    /** A process that was just started again is known to the others only when it has connected: until then nobody could take over. */
    private void awaitEverybody() {
        try (TrappedStore store = store()) {
            Switchover switchover = Switchover.on(store);
            Waiting.until(
                    BACK,
                    standby.name() + " could take over",
                    () -> switchover.plan(new NodeName(standby.name())).possible());
        }
    }

    /** What a person's command has, with the trap behind its writes. */
    private TrappedStore store() {
        TrappedStore store = new TrappedStore(
                ZooKeeperStore.connect(cluster.ensemble().connectString()), interruption.trap(), "a person");
        store.start(LocalCluster.CLUSTER, new NodeName("person"), () -> {});
        Waiting.until(ELECTION, "the store is reached", () -> store.health() == StoreHealth.CONNECTED);
        return store;
    }

    @Override
    public String description() {
        return interruption.kind() + "; when it is " + interruption.point().label() + ", kill -9 of the agent of "
                + victim.name() + " (process " + pid + ")";
    }

    @Override
    public void inject() {
        Trap trap = interruption.trap();
        trap.arm(interruption.point(), pid);
        if (interruption.kind() == TransitionKind.SWITCHOVER) {
            asked = CompletableFuture.supplyAsync(this::switchOver);
        } else {
            primary.serverProcess().killPostmaster();
        }
        try {
            Waiting.until(
                    REACHED,
                    "somebody reaches " + interruption.point(),
                    () -> trap.sprungBy().isPresent());
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    e.getMessage() + (asked.isDone() ? "; the switchover has ended: " + asked : ""), e);
        } finally {
            trap.disarm();
            // Not before: at rest a witness leaves coordinating to the certified standby's node.
            trap.letAllLead();
        }
        Waiting.until(REACHED, "process " + pid + " is gone", () -> !victim.agentRuns());
        if (victim.agentExit().orElse(0) != Trap.KILLED) {
            throw new IllegalStateException(
                    "process " + pid + " ended with status " + victim.agentExit() + ", not by being killed");
        }
        if (interruption.victim() != Victim.COORDINATOR) {
            victim.start();
        }
    }

    /** Asked for by this process, which needs nothing but the store. */
    private Switchover.Result switchOver() {
        try (TrappedStore store = store()) {
            return Switchover.on(store).run(new NodeName(standby.name()), stage -> {});
        }
    }

    /** A coordinator comes back only when another has brought everything to its end. */
    @Override
    public void restore() {
        if (interruption.victim() == Victim.COORDINATOR) {
            Waiting.until(CARRIED_ON, "another coordinator has carried on to the end", () -> {
                ClusterState state = cluster.readState();
                return state.active() && state.transition() == null && !victim.agentRuns();
            });
            victim.start();
        }
    }

    @Override
    public void verify() {
        if (interruption.kind() == TransitionKind.SWITCHOVER) {
            endOfSwitchover();
        }
        String name = cluster.readState().primary().node().value();
        if (!interruption.anotherMayTakeOver() && !name.equals(standby.name())) {
            throw new IllegalStateException(name + " is the primary, not " + standby.name());
        }
        List<String> serving = cluster.dataNodes().stream()
                .filter(LocalNode::servesAsPrimary)
                .map(LocalNode::name)
                .toList();
        if (!serving.equals(List.of(name))) {
            throw new IllegalStateException(name + " is the primary, and " + serving + " say that they serve");
        }
        Waiting.until(REACHED, "every node is back and one coordinates", this::everybodyIsThere);
        Waiting.until(REACHED, "the signpost names " + name, () -> signpost().equals(name));
    }

    private void endOfSwitchover() {
        try {
            asked.get(CARRIED_ON.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("whoever asked for the switchover was not told its end: " + e, e);
        }
    }

    private boolean everybodyIsThere() {
        List<LocalNode> all = Stream.concat(cluster.dataNodes().stream(), Stream.of(cluster.node(LocalCluster.WITNESS)))
                .toList();
        return all.stream().allMatch(LocalNode::agentRuns)
                && all.stream().filter(LocalNode::coordinates).count() == 1;
    }

    private String signpost() {
        try {
            return new Signpost(interruption.trap().folder()).named();
        } catch (IOException e) {
            throw new UncheckedIOException("the signpost cannot be read", e);
        }
    }
}
