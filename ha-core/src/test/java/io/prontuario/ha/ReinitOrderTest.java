package io.prontuario.ha;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingClusterStore;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order to copy a node anew, while others write the record too and answers are lost. */
final class ReinitOrderTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Copy NEXT = new Copy(COPY_2.node(), "0002");

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore one = ensemble.store();
    private final InMemoryClusterStore two = ensemble.store();
    private final Interrupted store = new Interrupted(ensemble.store());

    /** Somebody else may get in before a write. */
    private static final class Interrupted extends ForwardingClusterStore {
        private final InMemoryClusterStore real;
        private Runnable beforeNextWrite = () -> {};
        private Runnable afterNextWrite = () -> {};
        private volatile @Nullable Versioned lagging;

        Interrupted(InMemoryClusterStore store) {
            super(store);
            this.real = store;
        }

        @Override
        public Optional<Versioned> lastSeen() {
            Versioned old = lagging;
            return old == null ? super.lastSeen() : Optional.of(old);
        }

        @Override
        public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
            Runnable act = beforeNextWrite;
            beforeNextWrite = () -> {};
            act.run();
            WriteOutcome outcome = super.compareAndSet(expected, next, term, limit);
            Runnable then = afterNextWrite;
            afterNextWrite = () -> {};
            then.run();
            return outcome;
        }
    }

    @BeforeEach
    void aCluster() {
        one.start("records", COPY_1.node(), () -> {});
        two.start("records", COPY_2.node(), () -> {});
        store.start("records", new NodeName("reader"), () -> {});
        store.create(Records.state(4), LIMIT);
        publish(one, COPY_1, ServerMode.PRIMARY);
        publish(two, COPY_2, ServerMode.STANDBY);
    }

    @AfterEach
    void leave() {
        List.<ClusterStore>of(one, two, store).forEach(ClusterStore::close);
    }

    @Test
    void whoBecomesTheNomineeBetweenQuestionAndOrderIsLeftAlone() {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        assertTrue(seen.possible(), () -> seen.whyNot().toString());
        write(nominated());

        Switchover.Result result = StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(seen, stage -> {});

        assertFalse(result.done());
        assertTrue(result.message().startsWith("refused: "), result::message);
        assertEquals(Set.of(), now().condemned());
    }

    @Test
    void whoBecomesTheNomineeBetweenLookAndWriteIsLeftAlone() {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        store.beforeNextWrite = () -> write(nominated());

        Switchover.Result result = StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(seen, stage -> {});

        assertFalse(result.done());
        assertTrue(result.message().startsWith("refused: "), result::message);
        assertEquals(COPY_2, now().primary());
        assertEquals(Set.of(), now().condemned());
    }

    @Test
    void anOrderWhoseAnswerIsLostIsGivenOnceAndARepeatedCommandWaitsForItToo() throws Exception {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        store.real.loseNextReply();
        List<String> stages = new CopyOnWriteArrayList<>();
        CompletableFuture<Switchover.Result> first = CompletableFuture.supplyAsync(
                () -> StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(seen, stages::add));
        Awaitility.await()
                .atMost(LIMIT.multipliedBy(6))
                .until(() -> now().condemned().equals(Set.of(COPY_2)));
        StandbyPlan again = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        CompletableFuture<Switchover.Result> second = CompletableFuture.supplyAsync(
                () -> StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(again, stage -> {}));

        write(Protocol.decertify(now(), COPY_1, COPY_2).next().orElseThrow());
        publish(two, null, ServerMode.NONE);
        publish(two, NEXT, ServerMode.STANDBY);
        write(Protocol.replaced(now(), COPY_2, NEXT).next().orElseThrow());

        for (CompletableFuture<Switchover.Result> run : List.of(first, second)) {
            Switchover.Result result = run.get(30, TimeUnit.SECONDS);
            assertTrue(result.done(), result::message);
            assertTrue(result.message().startsWith(NEXT + " is in the place of " + COPY_2), result::message);
        }
        assertTrue(stages.get(0).startsWith("ordered"), stages::toString);
    }

    /** The order is carried out before whoever gave it, and has had no answer, looks again. */
    @Test
    void anOrderWhoseAnswerIsLostAndThatIsDoneByThenIsNotGivenTwice() {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.RESTART).plan(COPY_2.node());
        store.real.loseNextReply();
        store.afterNextWrite = () -> {
            write(Protocol.decertify(now(), COPY_1, COPY_2).next().orElseThrow());
            write(Protocol.restarted(now(), COPY_2).next().orElseThrow());
            write(Protocol.certify(now(), COPY_1, COPY_2).next().orElseThrow());
        };

        Switchover.Result result = StandbyOrder.on(store, StandbyTask.RESTART).run(seen, stage -> {});

        assertTrue(result.done(), result::message);
        assertTrue(result.message().startsWith(COPY_2 + " has been restarted"), result::message);
        assertEquals(Set.of(), now().restarting());
    }

    @Test
    void anOrderWhoseFateNobodyKnowsIsNotGivenAgain() {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.RESTART).plan(COPY_2.node());
        store.real.loseNextReply();
        store.afterNextWrite = () -> {
            write(Protocol.decertify(now(), COPY_1, COPY_2).next().orElseThrow());
            write(Protocol.restarted(now(), COPY_2).next().orElseThrow());
            write(Protocol.restart(now(), COPY_2, "another").next().orElseThrow());
            write(Protocol.restarted(now(), COPY_2).next().orElseThrow());
        };

        Switchover.Result result = StandbyOrder.on(store, StandbyTask.RESTART).run(seen, stage -> {});

        assertFalse(result.done());
        assertTrue(result.message().contains("it is not known"), result::message);
        assertEquals(Set.of(), now().restarting());
    }

    /** What was seen last is the record before the order: it does not say that the order is over. */
    @Test
    void aWatchThatLagsBehindIsNotTakenForTheEndOfTheOrder() throws Exception {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        store.lagging = store.read(LIMIT).orElseThrow();
        List<String> stages = new CopyOnWriteArrayList<>();
        CompletableFuture<Switchover.Result> run = CompletableFuture.supplyAsync(
                () -> StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(seen, stages::add));
        Awaitility.await().atMost(LIMIT.multipliedBy(6)).until(() -> !stages.isEmpty());
        assertFalse(run.isDone(), () -> run.join().message());
        write(Protocol.replaced(now(), COPY_2, NEXT).next().orElseThrow());
        store.lagging = null;

        assertTrue(run.get(30, TimeUnit.SECONDS).done());
    }

    @Test
    void saysWhenATakeoverHasEndedTheOrder() throws Exception {
        StandbyPlan seen = StandbyOrder.on(store, StandbyTask.COPY_ANEW).plan(COPY_2.node());
        CompletableFuture<Switchover.Result> run = CompletableFuture.supplyAsync(
                () -> StandbyOrder.on(store, StandbyTask.COPY_ANEW).run(seen, stage -> {}));
        Awaitility.await()
                .atMost(LIMIT.multipliedBy(6))
                .until(() -> now().condemned().equals(Set.of(COPY_2)));

        write(nominated());

        Switchover.Result result = run.get(30, TimeUnit.SECONDS);
        assertFalse(result.done());
        assertTrue(result.message().contains(COPY_2 + " was nominated"), result::message);
    }

    private ClusterState nominated() {
        return Protocol.nominate(now(), COPY_2, "t9", TransitionKind.FAILOVER, "dead", Instant.EPOCH)
                .next()
                .orElseThrow();
    }

    private ClusterState now() {
        return one.read(LIMIT).orElseThrow().state();
    }

    private void write(ClusterState next) {
        assertEquals(WriteOutcome.DONE, one.compareAndSet(one.read(LIMIT).orElseThrow(), next, null, LIMIT));
    }

    private static void publish(ClusterStore store, @Nullable Copy copy, ServerMode mode) {
        DataStatus data = new DataStatus(
                copy,
                Records.state(4).systemIdentifier(),
                ServerCondition.RUNNING,
                mode,
                4,
                1,
                1,
                0,
                null,
                List.of(),
                "",
                "",
                SyncWait.NONE,
                "");
        NodeName node = mode == ServerMode.PRIMARY ? COPY_1.node() : COPY_2.node();
        store.publish(new NodeStatus(node, NodeRole.DATA, "", false, data, 4, "", ""), false);
    }
}
