package io.prontuario.ha.zookeeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ClusterStoreContract;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import org.apache.zookeeper.ZKUtil;
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
