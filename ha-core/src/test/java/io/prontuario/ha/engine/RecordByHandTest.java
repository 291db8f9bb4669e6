package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Changes of the record by a person while others write too, and while answers are lost. */
final class RecordByHandTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final StaleStore store = new StaleStore(ensemble.store());

    @BeforeEach
    void join() {
        store.start("records", new NodeName("hand"), () -> {});
    }

    @AfterEach
    void leave() {
        store.close();
    }

    @Test
    void pausesOnceAndResumesOnce() {
        store.create(Records.state(4), LIMIT);

        assertTrue(set(true));
        assertFalse(set(true));
        assertEquals(Records.state(4).withPaused(true), now());
        assertTrue(set(false));
        assertFalse(set(false));
        assertEquals(Records.state(4), now());
    }

    @Test
    void decidesAgainOnWhatAnotherHasWrittenInBetween() {
        store.create(Records.state(4), LIMIT);
        store.beforeNextWrite(() -> write(Records.state(4).withInSync(List.of())));

        assertTrue(set(true));

        assertEquals(Records.state(4).withInSync(List.of()).withPaused(true), now());
        assertFalse(now().inSync().contains(COPY_2));
    }

    @Test
    void findsItsOwnWriteWhoseAnswerWasLost() {
        store.create(Records.state(4), LIMIT);
        store.real().loseNextReply();

        assertTrue(set(true));

        assertTrue(now().paused());
    }

    @Test
    void saysWhenThereIsNoCluster() {
        assertTrue(assertThrows(IllegalStateException.class, () -> set(true))
                .getMessage()
                .contains("ha init"));
    }

    @Test
    void saysWhenTheStoreIsAway() {
        store.create(Records.state(4), LIMIT);
        store.real().cutOff();

        assertThrows(StoreUnavailableException.class, () -> set(true));
    }

    @Test
    void changesDurabilityOnceAndNotInTheMiddleOfASwitchover() {
        store.create(Records.state(4), LIMIT);

        assertTrue(byHand().durability(Durability.STRICT, 1));
        assertFalse(byHand().durability(Durability.STRICT, 1));
        assertEquals(Set.of(COPY_2), now().inSync());

        write(Protocol.askSwitchover(now(), COPY_2, "t5", "planned", Instant.EPOCH)
                .next()
                .orElseThrow());
        assertTrue(assertThrows(IllegalStateException.class, () -> byHand().durability(Durability.ASYNC, 1))
                .getMessage()
                .contains("is under way"));
        assertEquals(Durability.STRICT, now().durability());
    }

    private RecordByHand byHand() {
        return new RecordByHand(store, Ticker.system(), LIMIT);
    }

    private boolean set(boolean paused) {
        return byHand().paused(paused);
    }

    private ClusterState now() {
        return store.read(LIMIT).orElseThrow().state();
    }

    private void write(ClusterState state) {
        Versioned before = store.real().read(LIMIT).orElseThrow();
        store.real().compareAndSet(before, state, null, LIMIT);
    }
}
