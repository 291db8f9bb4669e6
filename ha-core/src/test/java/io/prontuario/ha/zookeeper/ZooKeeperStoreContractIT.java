package io.prontuario.ha.zookeeper;

import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.testing.ClusterStoreContract;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperStoreContractIT extends ClusterStoreContract {
    @RegisterExtension
    static final RealEnsemble ENSEMBLE = new RealEnsemble();

    @Override
    protected ClusterStore store() {
        return ZooKeeperStore.connect(ENSEMBLE.servers().connectString());
    }

    @Override
    @SuppressWarnings("try") // closing may be interrupted, which fails the test like anything else here
    protected void deleteRecord() {
        try (ZooKeeper hand = new ZooKeeper(ENSEMBLE.servers().connectString(), 5000, event -> {})) {
            ZKUtil.deleteRecursive(hand, Paths.of(cluster).state());
        } catch (Exception e) {
            throw new IllegalStateException("the record cannot be deleted by hand", e);
        }
    }
}
