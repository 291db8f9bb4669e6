package io.prontuario.ha.examples.spring;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.FunctionalityLevel;
import io.prontuario.ha.HaNode;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The code of docs/spring-boot.md in a real context, on a store in memory. */
class SpringBootTest {
    /** Spring would set the log up anew for all tests of this process. */
    private static final String LOGGING = "org.springframework.boot.logging.LoggingSystem";

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    @Import(HaConfiguration.class)
    static class Application {
        @Bean(destroyMethod = "")
        ClusterStore storeInMemory() {
            return new InMemoryEnsemble().store();
        }
    }

    @BeforeEach
    void leaveTheLogAlone() {
        System.setProperty(LOGGING, "none");
    }

    @AfterEach
    void giveTheLogBack() {
        System.clearProperty(LOGGING);
    }

    @Test
    void theNodeRunsAsLongAsTheContextAndThePoolIsItsDataSource() {
        DataSource pool;
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(org.springframework.boot.Banner.Mode.OFF)
                .run(
                        "--prontuario.cluster=medical-records",
                        "--prontuario.node=emr-1",
                        "--prontuario.state-folder=" + folder.resolve("emr-1"),
                        "--prontuario.servers.studio-1=192.0.2.10:5432",
                        "--prontuario.servers.studio-2=192.0.2.11:5432",
                        "--prontuario.database=medical_records",
                        "--prontuario.user=emr",
                        "--prontuario.patience=300ms")) {
            HaNode node = context.getBean(HaNode.class);
            await().atMost(Duration.ofSeconds(20)).until(() -> node.view().isPresent());
            assertEquals(100, context.getBean(FunctionalityLevel.class).value());

            pool = context.getBean(DataSource.class);
            String why = assertThrows(SQLTransientConnectionException.class, pool::getConnection)
                    .getMessage();
            assertTrue(why.contains("no active primary that this node knows of"), why);
        }
        String why = assertThrows(SQLTransientConnectionException.class, pool::getConnection)
                .getMessage();
        assertEquals("this data source is closed", why);
    }
}
