package io.prontuario.ha.testing;

import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static io.prontuario.ha.testing.Records.WITNESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import org.junit.jupiter.api.Test;

class InMemoryClusterStoreTest extends ClusterStoreContract {
    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();

    @Override
    protected ClusterStore store() {
        return ensemble.store();
    }

    @Override
    protected void deleteRecord() {
        ensemble.deleteRecord(cluster);
    }

    @Test
    void keepsWhatItSawLastWhileItIsCutOff() {
        InMemoryClusterStore cut = (InMemoryClusterStore) open(STUDIO_1);
        ClusterStore other = open(STUDIO_2);
        other.create(Records.state(1), LIMIT);
        cut.cutOff();
        other.compareAndSet(record(other), Records.state(2), null, LIMIT);
        assertEquals(StoreHealth.SUSPENDED, cut.health());
        assertEquals(1, cut.lastSeen().orElseThrow().state().epoch());
        assertThrows(StoreUnavailableException.class, () -> cut.read(LIMIT));
        assertEquals(
                WriteOutcome.UNKNOWN, cut.compareAndSet(cut.lastSeen().orElseThrow(), Records.state(3), null, LIMIT));
        cut.reconnect();
        assertEquals(2, cut.lastSeen().orElseThrow().state().epoch());
    }

    @Test
    void keepsStatusAndLeadershipOfACutOffNodeUntilItsSessionExpires() {
        InMemoryClusterStore cut = (InMemoryClusterStore) open(STUDIO_1);
        ClusterStore other = open(WITNESS);
        other.create(Records.state(1), LIMIT);
        cut.publish(Records.status(STUDIO_1, "resting"), true);
        cut.campaign(true);
        other.campaign(true);
        Term former = leading(cut);
        cut.cutOff();
        assertTrue(other.nodes().containsKey(STUDIO_1));
        assertTrue(other.leadership().isEmpty());
        cut.expire();
        assertFalse(other.nodes().containsKey(STUDIO_1));
        assertTrue(leading(other).number() > former.number());
        // It has not heard of it, as a paused process has not; the term check tells.
        assertEquals(former, cut.leadership().orElseThrow());
        cut.reconnect();
        assertTrue(other.nodes().containsKey(STUDIO_1));
        assertEquals(WriteOutcome.DEPOSED, cut.compareAndSet(record(cut), Records.state(2), former, LIMIT));
    }

    @Test
    void doesNotTakeARecordRestoredFromABackupForTheOneThatWasRead() {
        ClusterStore store = open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        Versioned backup = record(store);
        store.compareAndSet(backup, Records.state(2), null, LIMIT);
        Versioned read = record(store);
        ensemble.restoreRecord(cluster, backup);
        store.compareAndSet(backup, Records.state(9), null, LIMIT);
        assertEquals(read.version(), record(store).version());
        assertEquals(WriteOutcome.CONFLICT, store.compareAndSet(read, Records.state(3), null, LIMIT));
    }

    @Test
    void answersUnknownWhenTheReplyIsLostAlthoughTheWriteTookEffect() {
        InMemoryClusterStore store = (InMemoryClusterStore) open(STUDIO_1);
        store.create(Records.state(1), LIMIT);
        store.loseNextReply();
        assertEquals(WriteOutcome.UNKNOWN, store.compareAndSet(record(store), Records.state(2), null, LIMIT));
        assertEquals(2, record(store).state().epoch());
    }

    @Test
    void tellsEveryStoreThatTheServersStopped() {
        ClusterStore one = open(STUDIO_1);
        ensemble.stop();
        ClusterStore late = store();
        late.start(cluster, STUDIO_2, () -> {});
        assertEquals(StoreHealth.SUSPENDED, one.health());
        assertEquals(StoreHealth.NEVER_CONNECTED, late.health());
        ensemble.resume();
        assertEquals(StoreHealth.CONNECTED, one.health());
        assertEquals(StoreHealth.CONNECTED, late.health());
        late.close();
    }
}
