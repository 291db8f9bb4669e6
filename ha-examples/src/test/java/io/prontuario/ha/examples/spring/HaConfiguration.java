package io.prontuario.ha.examples.spring;

import io.prontuario.ha.FunctionalityLevel;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.postgres.pool.FailoverDataSource;
import io.prontuario.ha.postgres.pool.PoolSettings;
import io.prontuario.ha.spi.ClusterStore;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application that follows the primary: the pool takes the place of Boot's own data source, and a node of role CLIENT tells it whom to follow. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HaProperties.class)
class HaConfiguration {
    @Bean(destroyMethod = "close")
    FailoverDataSource dataSource(HaProperties properties) {
        PoolSettings.Builder settings = PoolSettings.builder()
                .database(properties.database())
                .user(properties.user())
                .password(properties.password())
                .size(properties.pool())
                .patience(properties.patience());
        properties
                .servers()
                .forEach((node, address) -> settings.server(new NodeName(node), PostgresAddress.parse(address)));
        return FailoverDataSource.of(settings.build());
    }

    /** It closes the store; Spring closes it before the data source, which it depends on, and after the web server has answered. */
    @Bean(destroyMethod = "close")
    HaNode node(HaProperties properties, ClusterStore store, FailoverDataSource dataSource) {
        return HaNode.builder()
                .cluster(properties.cluster())
                .node(properties.node())
                .role(NodeRole.CLIENT)
                .store(store)
                .strategy(dataSource.strategy())
                .stateFolder(properties.stateFolder())
                .start();
    }

    @Bean(destroyMethod = "")
    FunctionalityLevel functionalityLevel(HaNode node) {
        return node.level();
    }
}
