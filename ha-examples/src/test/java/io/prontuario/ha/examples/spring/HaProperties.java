package io.prontuario.ha.examples.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The keys {@code prontuario.*} of {@code application.yaml}.
 *
 * @param cluster the cluster's name
 * @param node this instance's name, different on each
 * @param store ZooKeeper's connect string
 * @param stateFolder a folder of this instance's own
 * @param servers where each data node's server listens, by node
 * @param database the application's database
 * @param user its role
 * @param password its password; from the environment, such as {@code ${DB_PASSWORD}}
 * @param pool how many connections at most
 * @param patience how long a request waits for a primary
 */
@ConfigurationProperties("prontuario")
public record HaProperties(
        String cluster,
        String node,
        String store,
        Path stateFolder,
        Map<String, String> servers,
        String database,
        String user,
        @DefaultValue("") String password,
        @DefaultValue("10") int pool,
        @DefaultValue("20s") Duration patience) {}
