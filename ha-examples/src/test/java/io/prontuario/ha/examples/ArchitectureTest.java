package io.prontuario.ha.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.prontuario.ha.examples.config.NodeConfig;
import org.junit.jupiter.api.Test;

/** The examples are host applications: they use what a host may use. */
class ArchitectureTest {
    /** What is shipped: the classes of this module without its tests, wherever they were built. */
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importUrl(NodeConfig.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void doNotReachBehindTheRootPackage() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.prontuario.ha.engine..", "io.prontuario.ha.decide..", "io.prontuario.ha.http..")
                .check(SHIPPED);
    }
}
