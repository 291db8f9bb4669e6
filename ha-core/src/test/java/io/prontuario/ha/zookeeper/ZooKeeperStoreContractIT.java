package io.prontuario.ha.zookeeper;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ClusterStoreContract;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperStoreContractIT extends ClusterStoreContract {
    @RegisterExtension
    static final RealEnsemble ENSEMBLE = new RealEnsemble();

    @Override
    protected ClusterStore store() {
        return ZooKeeperStore.connect(ENSEMBLE.servers().connectString());
    }

    /** Those who wait for the first connection are not to wait for what is made on it in the background. */
    @Test
    void createsTheRecordThoughNothingOfTheClusterIsThereYet() {
        ClusterStore store = open(Records.STUDIO_1);
        delete("/prontuario/" + cluster);
        assertEquals(WriteOutcome.DONE, store.create(Records.state(1), Duration.ofSeconds(10)));
    }

    @Test
    @SuppressWarnings("try") // as below
    void aRecordThatAPersonHasPutBackCanBeWrittenAgain() throws Exception {
        ClusterStore store = open(Records.STUDIO_1);
        store.create(Records.state(4), LIMIT);
        String path = Paths.of(cluster).state();
        try (ZooKeeper hand = new ZooKeeper(ENSEMBLE.servers().connectString(), 5000, event -> {})) {
            byte[] former = hand.getData(path, false, null);
            deleteRecord();
            hand.create(path, former, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        }

        await().atMost(LIMIT).until(() -> {
            Versioned now = store.read(LIMIT).orElseThrow();
            return store.compareAndSet(now, Records.state(5), null, LIMIT) == WriteOutcome.DONE;
        });
    }

    @Override
    protected void deleteRecord() {
        delete(Paths.of(cluster).state());
    }

    @SuppressWarnings("try") // closing may be interrupted, which fails the test like anything else here
    private static void delete(String path) {
        try (ZooKeeper hand = new ZooKeeper(ENSEMBLE.servers().connectString(), 5000, event -> {})) {
            ZKUtil.deleteRecursive(hand, path);
        } catch (Exception e) {
            throw new IllegalStateException(path + " cannot be deleted by hand", e);
        }
    }
}
