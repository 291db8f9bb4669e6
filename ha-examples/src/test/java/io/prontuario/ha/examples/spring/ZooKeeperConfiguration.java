package io.prontuario.ha.examples.spring;

import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.zookeeper.ZooKeeperStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where the record is. Apart, so that a test takes a store in memory instead. */
@Configuration(proxyBeanMethods = false)
class ZooKeeperConfiguration {
    /** The node starts and closes it. */
    @Bean(destroyMethod = "")
    ClusterStore store(HaProperties properties) {
        return ZooKeeperStore.connect(properties.store());
    }
}
