package io.prontuario.ha.testing;

import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.AuditCheck;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link ClusterStore} keeps. Extend it, give it stores that share one ensemble, and all promises are tried on yours.
 */
@Timeout(60)
public abstract class ClusterStoreContract {
    protected static final Duration LIMIT = Duration.ofSeconds(5);

    /** A cluster of its own for each test, so that tests may share an ensemble. */
    protected final String cluster = "contract-" + UUID.randomUUID().toString().substring(0, 8);

    private final List<ClusterStore> opened = new ArrayList<>();

    /** A store that has not been started, on the ensemble that all stores of this test share. */
    protected abstract ClusterStore store();

    /** The record is removed behind the stores' back. */
    protected abstract void deleteRecord();

    @AfterEach
    void closeStores() {
        opened.forEach(ClusterStore::close);
    }

    /** A started store that has reached its servers. */
    protected final ClusterStore open(NodeName node, StoreListener listener) {
        ClusterStore store = store();
        opened.add(store);
        store.start(cluster, node, listener);
        await("connection of " + node)
                .atMost(LIMIT.multipliedBy(4))
                .until(() -> store.health() == StoreHealth.CONNECTED);
        return store;
    }

    protected final ClusterStore open(NodeName node) {
        return open(node, () -> {});
    }

    protected static Versioned record(ClusterStore store) {
        return store.read(LIMIT).orElseThrow();
    }

    protected static Term leading(ClusterStore store) {
        await("leadership")
                .atMost(LIMIT.multipliedBy(2))
                .until(() -> store.leadership().isPresent());
        return store.leadership().orElseThrow();
    }

    @Test
    void hasNoRecordUntilOneIsCreated() {
        ClusterStore store = open(STUDIO_1);
        assertTrue(store.read(LIMIT).isEmpty());
        assertTrue(store.lastSeen().isEmpty());
        assertEquals(WriteOutcome.DONE, store.create(Records.state(1), LIMIT));
        assertEquals(Records.state(1), record(store).state());
    }

    @Test
    void createsTheRecordOnlyOnce() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        assertEquals(WriteOutcome.DONE, one.create(Records.state(1), LIMIT));
        assertEquals(WriteOutcome.CONFLICT, other.create(Records.state(7), LIMIT));
        assertEquals(1, record(other).state().epoch());
    }

    @Test
    void replacesTheRecordThatWasRead() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned first = record(store);
        assertEquals(WriteOutcome.DONE, store.compareAndSet(first, Records.state(2), null, LIMIT));
        Versioned second = record(store);
        assertEquals(Records.state(2), second.state());
        assertEquals(first.incarnation(), second.incarnation());
        assertNotEquals(first.writeId(), second.writeId());
        assertTrue(second.version() > first.version());
    }

    @Test
    void refusesToReplaceWhatHasChangedSinceItWasRead() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        one.create(Records.state(1), LIMIT);
        Versioned stale = record(other);
        assertEquals(WriteOutcome.DONE, one.compareAndSet(record(one), Records.state(2), null, LIMIT));
        assertEquals(WriteOutcome.CONFLICT, other.compareAndSet(stale, Records.state(3), null, LIMIT));
        assertEquals(2, record(other).state().epoch());
    }

    @Test
    void letsOneOfManyConcurrentWritersWin() throws Exception {
        List<ClusterStore> stores = List.of(open(STUDIO_1), open(STUDIO_2), open(WITNESS));
        stores.get(0).create(Records.state(1), LIMIT);
        ExecutorService threads = Executors.newFixedThreadPool(stores.size());
        try {
            for (int round = 0; round < 10; round++) {
                long epoch = record(stores.get(0)).state().epoch();
                CountDownLatch go = new CountDownLatch(1);
                List<Future<WriteOutcome>> outcomes = new ArrayList<>();
                for (ClusterStore store : stores) {
                    Callable<WriteOutcome> write = () -> {
                        Versioned expected = record(store);
                        go.await();
                        return store.compareAndSet(expected, Records.state(epoch + 1), null, LIMIT);
                    };
                    outcomes.add(threads.submit(write));
                }
                go.countDown();
                int done = 0;
                for (Future<WriteOutcome> outcome : outcomes) {
                    done += outcome.get(20, TimeUnit.SECONDS) == WriteOutcome.DONE ? 1 : 0;
                }
                // A writer that read after the first write of the round may win as well, on top of it.
                assertTrue(done >= 1, "nobody wrote in round " + round);
                Versioned after = record(stores.get(0));
                assertEquals(epoch + 1, after.state().epoch());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void showsEveryNodeWhatAnotherWrote() {
        AtomicInteger told = new AtomicInteger();
        ClusterStore writer = open(STUDIO_1);
        ClusterStore watcher = open(STUDIO_2, told::incrementAndGet);
        writer.create(Records.state(1), LIMIT);
        await().atMost(LIMIT).until(() -> watcher.lastSeen().isPresent());
        int before = told.get();
        writer.compareAndSet(record(writer), Records.state(2), null, LIMIT);
        await().atMost(LIMIT)
                .until(() -> watcher.lastSeen().orElseThrow().state().epoch() == 2);
        await().atMost(LIMIT).until(() -> told.get() > before);
    }

    @Test
    void seesItsOwnWriteAtOnce() {
        ClusterStore store = open(STUDIO_1);
        assertEquals(WriteOutcome.DONE, store.create(Records.state(1), LIMIT));
        Versioned created = record(store);
        assertEquals(WriteOutcome.DONE, store.compareAndSet(created, Records.state(2), null, LIMIT));
        assertEquals(2, store.lastSeen().orElseThrow().state().epoch());
        assertEquals(record(store), store.lastSeen().orElseThrow());
    }

    @Test
    void doesNotTakeARecordMadeAnewForTheOneThatWasRead() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned former = record(store);
        deleteRecord();
        assertEquals(WriteOutcome.DONE, store.create(Records.state(5), LIMIT));
        assertEquals(former.version(), record(store).version());
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(former, Records.state(2), null, LIMIT));
        assertEquals(5, record(store).state().epoch());
    }

    /** The case that would have broken it: versions that are the same by accident, for a client that has slept through all of it. */
    @Test
    void comparesWhatWasReadAndNotItsNumber() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned former = record(store);
        deleteRecord();
        store.create(Records.state(5), LIMIT);
        Versioned now = record(store);
        Versioned dreamt = new Versioned(former.state(), now.version(), now.incarnation(), former.writeId());
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(dreamt, Records.state(2), null, LIMIT));
        assertEquals(5, record(store).state().epoch());
        assertEquals(WriteOutcome.DONE, store.compareAndSet(now, Records.state(6), null, LIMIT));
    }

    @Test
    void keepsWhatALaterVersionHasAdded() {
        ClusterStore store = open(STUDIO_1);
        RecordFormat added = new RecordFormat(RecordFormat.UNDERSTOOD, Map.of("residence", "{\"region\":\"south\"}"));
        store.create(Records.state(1).withFormat(added), LIMIT);
        Versioned read = record(store);
        assertEquals(added, read.state().format());
        store.compareAndSet(read, read.state().withPaused(true), null, LIMIT);
        assertEquals(added, record(store).state().format());
    }

    /** Whoever does not understand the record does not act by it, nor by the one before it. */
    @Test
    void givesOutNoRecordOfAFormatThatIsNotUnderstood() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned understood = record(store);
        assertEquals(Optional.empty(), store.notUnderstood());
        RecordFormat beyond = new RecordFormat(RecordFormat.UNDERSTOOD + 1, Map.of());
        open(STUDIO_2).compareAndSet(understood, Records.state(2).withFormat(beyond), null, LIMIT);

        StoreUnavailableException why = assertThrows(StoreUnavailableException.class, () -> store.read(LIMIT));
        assertTrue(String.valueOf(why.getMessage()).contains("update this node"), why::toString);
        assertEquals(Optional.empty(), store.lastSeen());
        assertEquals(Optional.ofNullable(why.getMessage()), store.notUnderstood());
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(understood, Records.state(3), null, LIMIT));

        deleteRecord();
        await().atMost(LIMIT.multipliedBy(4)).until(() -> store.notUnderstood().isEmpty());
        assertEquals(WriteOutcome.DONE, store.create(Records.state(4), LIMIT));
        assertEquals(4, record(store).state().epoch());
    }

    @Test
    void seesThatTheRecordIsGone() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned former = record(store);
        deleteRecord();
        await().atMost(LIMIT).until(() -> store.lastSeen().isEmpty());
        assertTrue(store.read(LIMIT).isEmpty());
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(former, Records.state(2), null, LIMIT));
    }

    @Test
    void givesTheTermToOneCandidate() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(WITNESS);
        assertTrue(one.leadership().isEmpty());
        one.campaign(true);
        leading(one);
        other.campaign(true);
        assertTrue(other.leadership().isEmpty());
    }

    @Test
    void raisesTheTermWithEveryLeader() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(WITNESS);
        one.campaign(true);
        Term first = leading(one);
        other.campaign(true);
        one.campaign(false);
        assertTrue(one.leadership().isEmpty());
        Term second = leading(other);
        assertTrue(second.number() > first.number());
        other.close();
        one.campaign(true);
        assertTrue(leading(one).number() > second.number());
    }

    @Test
    void letsTheCoordinatorWrite() {
        ClusterStore store = open(WITNESS);
        store.create(Records.state(1), LIMIT);
        store.campaign(true);
        Term term = leading(store);
        assertEquals(WriteOutcome.DONE, store.compareAndSet(record(store), Records.state(2), term, LIMIT));
        assertEquals(WriteOutcome.DONE, store.compareAndSet(record(store), Records.state(3), term, LIMIT));
    }

    @Test
    void refusesACoordinatorThatHasBeenReplaced() {
        ClusterStore old = open(STUDIO_1);
        ClusterStore young = open(WITNESS);
        old.create(Records.state(1), LIMIT);
        old.campaign(true);
        Term former = leading(old);
        old.campaign(false);
        young.campaign(true);
        leading(young);
        // The record is the one that was read: nothing but the term tells the two apart.
        assertEquals(WriteOutcome.DEPOSED, old.compareAndSet(record(old), Records.state(2), former, LIMIT));
        assertEquals(1, record(young).state().epoch());
    }

    @Test
    void tellsADeposedCoordinatorFromALostRace() {
        ClusterStore store = open(WITNESS);
        store.create(Records.state(1), LIMIT);
        store.campaign(true);
        Term term = leading(store);
        Versioned stale = record(store);
        store.compareAndSet(stale, Records.state(2), null, LIMIT);
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(stale, Records.state(3), term, LIMIT));
        assertEquals(term, store.leadership().orElseThrow());
    }

    @Test
    void replacesOnlyTheEmergencyThatWasReadAndOnlyForWhoeverCoordinates() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(WITNESS);
        one.create(Records.state(1), LIMIT);
        assertTrue(one.emergency(LIMIT).isEmpty());
        assertEquals(WriteOutcome.DONE, one.compareAndSetEmergency(null, emergency("a"), null, LIMIT));
        assertEquals(WriteOutcome.CONFLICT, other.compareAndSetEmergency(null, emergency("b"), null, LIMIT));
        VersionedEmergency read = other.emergency(LIMIT).orElseThrow();
        assertEquals(emergency("a"), read.emergency());
        one.campaign(true);
        Term former = leading(one);
        assertEquals(WriteOutcome.DONE, one.compareAndSetEmergency(read, emergency("c"), former, LIMIT));
        assertEquals(WriteOutcome.CONFLICT, other.compareAndSetEmergency(read, emergency("d"), null, LIMIT));
        one.campaign(false);
        other.campaign(true);
        leading(other);
        VersionedEmergency now = one.emergency(LIMIT).orElseThrow();
        assertEquals(WriteOutcome.DEPOSED, one.compareAndSetEmergency(now, emergency("e"), former, LIMIT));
        assertEquals(emergency("c"), other.emergency(LIMIT).orElseThrow().emergency());
    }

    private static Emergency emergency(String id) {
        return new Emergency(
                id,
                TransitionKind.EMERGENCY,
                EmergencyPhase.WAKING,
                "cluster-0001",
                4,
                "both machines are lost",
                "Ana",
                false,
                Instant.parse("2026-01-01T00:00:00Z"),
                "nodes operation-1");
    }

    @Test
    void publishesStatusUntilTheStoreIsClosed() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        one.publish(Records.status(STUDIO_1, "resting"), true);
        await().atMost(LIMIT).until(() -> other.nodes().containsKey(STUDIO_1));
        assertEquals(Records.status(STUDIO_1, "resting"), other.nodes().get(STUDIO_1));
        one.close();
        await().atMost(LIMIT).until(() -> !other.nodes().containsKey(STUDIO_1));
    }

    @Test
    void keepsTheGoodbyeOfANodeThatCloses() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        NodeStatus goodbye = Records.status(STUDIO_1, "resting").goodbye();
        one.publish(Records.status(STUDIO_1, "resting"), true);
        await().atMost(LIMIT).until(() -> other.nodes().containsKey(STUDIO_1));
        one.publish(goodbye, true);
        one.close();
        await().atMost(LIMIT).until(() -> goodbye.equals(other.nodes().get(STUDIO_1)));
        // Also to one that was not there to see it.
        ClusterStore later = open(WITNESS);
        await().atMost(LIMIT).until(() -> goodbye.equals(later.nodes().get(STUDIO_1)));

        ClusterStore back = open(STUDIO_1);
        back.publish(Records.status(STUDIO_1, "back"), true);
        await().atMost(LIMIT)
                .until(() ->
                        Records.status(STUDIO_1, "back").equals(other.nodes().get(STUDIO_1)));
        back.close();
        await().atMost(LIMIT).until(() -> !other.nodes().containsKey(STUDIO_1));
    }

    @Test
    void endsWithTheLastOfManyStatuses() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        for (int i = 0; i < 200; i++) {
            one.publish(Records.status(STUDIO_1, "activity " + i), i % 7 == 0);
        }
        await().atMost(LIMIT)
                .until(() -> Records.status(STUDIO_1, "activity 199")
                        .equals(other.nodes().get(STUDIO_1)));
    }

    @Test
    void replacesTheStatusOfAKilledPredecessorAtOnce() {
        ClusterStore killed = open(STUDIO_1);
        ClusterStore watcher = open(STUDIO_2);
        killed.publish(Records.status(STUDIO_1, "before"), true);
        await().atMost(LIMIT).until(() -> watcher.nodes().containsKey(STUDIO_1));
        // The predecessor's session lives on, as it does for a session time after a kill.
        ClusterStore successor = open(STUDIO_1);
        successor.publish(Records.status(STUDIO_1, "after"), true);
        await().atMost(Duration.ofMillis(1500))
                .until(() ->
                        Records.status(STUDIO_1, "after").equals(watcher.nodes().get(STUDIO_1)));
        killed.close();
        ClusterState state = Records.state(1);
        watcher.create(state, LIMIT);
        assertEquals(state, record(watcher).state());
        assertEquals(Records.status(STUDIO_1, "after"), watcher.nodes().get(STUDIO_1));
    }

    @Test
    void keepsTheStepsOfEveryNode() {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        one.record("t-1", 1, List.of(Records.step("t-1", 1, STUDIO_1, "nominated", 1)));
        other.record("t-1", 1, List.of(Records.step("t-1", 1, STUDIO_2, "promoted", 2)));
        one.record("t-2", 2, List.of(Records.step("t-2", 2, STUDIO_1, "nominated", 9)));
        await().atMost(LIMIT)
                .until(() -> one.history(10, LIMIT).stream()
                                .mapToInt(transition -> transition.steps().size())
                                .sum()
                        == 3);
        List<TransitionRecord> history = one.history(10, LIMIT);
        assertEquals(
                List.of("t-2", "t-1"),
                history.stream().map(TransitionRecord::transitionId).toList());
        assertEquals(
                List.of("nominated", "promoted"),
                history.get(1).steps().stream().map(step -> step.step()).toList());
        assertEquals(1, one.history(1, LIMIT).size());
    }

    @Test
    void goesOnWhenAListenerFails() {
        ClusterStore writer = open(STUDIO_1);
        ClusterStore watcher = open(STUDIO_2, () -> {
            throw new IllegalStateException("a listener that always fails");
        });
        writer.create(Records.state(1), LIMIT);
        await().atMost(LIMIT).until(() -> watcher.lastSeen().isPresent());
        writer.compareAndSet(record(writer), Records.state(2), null, LIMIT);
        await().atMost(LIMIT)
                .until(() -> watcher.lastSeen().orElseThrow().state().epoch() == 2);
    }

    @Test
    void closesTwiceWithoutComplaint() {
        ClusterStore store = open(STUDIO_1);
        store.campaign(true);
        store.publish(Records.status(STUDIO_1, "resting"), false);
        store.close();
        store.close();
    }

    @Test
    void refusesToBeStartedTwice() {
        ClusterStore store = open(STUDIO_1);
        assertThrows(IllegalStateException.class, () -> store.start(cluster, STUDIO_1, () -> {}));
    }

    @Test
    void refusesUseBeforeItsStart() {
        ClusterStore store = store();
        assertThrows(IllegalStateException.class, () -> store.read(LIMIT));
        assertEquals(StoreHealth.NEVER_CONNECTED, store.health());
        store.close();
    }

    @Test
    void theAuditTrailIsOneChainWhoeverAppends() throws Exception {
        ClusterStore one = open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        assertEquals(Optional.empty(), one.auditHead(LIMIT));
        assertEquals(List.of(), one.auditTrail(LIMIT));
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> writing = new ArrayList<>();
            for (ClusterStore store : List.of(one, other)) {
                writing.add(both.submit(() -> {
                    for (int i = 0; i < 5; i++) {
                        store.append(List.of(entry("a " + i), entry("b " + i)), LIMIT);
                    }
                }));
            }
            for (Future<?> each : writing) {
                each.get(30, TimeUnit.SECONDS);
            }
        } finally {
            both.shutdownNow();
        }
        List<AuditRecord> trail = other.auditTrail(LIMIT);
        assertEquals(20, trail.size());
        assertEquals(List.of(), AuditCheck.findings(trail, one.auditHead(LIMIT), ClusterStore.KEPT_AUDIT, Map.of()));
    }

    private static AuditEntry entry(String what) {
        return new AuditEntry(
                Instant.parse("2026-01-02T03:04:05.678901Z"), "ana", AuditEntry.Kind.OPERATOR, what, "manutenção", "");
    }
}
