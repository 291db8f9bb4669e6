package io.prontuario.ha.haproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** A strategy module is a plugin like any other: it knows the SPI and the model, and nothing else of the core. */
class ArchitectureTest {
    /** What is shipped: the classes of this module without its tests, wherever they were built. */
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importUrl(
                    HaproxyStrategy.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void knowsOfTheLibraryTheSpiAndTheModelOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.prontuario.ha.haproxy",
                        "io.prontuario.ha.spi",
                        "io.prontuario.ha.model",
                        "io.github.resilience4j.circuitbreaker..",
                        "org.jspecify.annotations",
                        "java..")
                .check(SHIPPED);
    }

    @Test
    void tellingByChecksIsPure() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.(CheckHistory|BackendView|ServerState|ServerStat|Reply|Outcomes)")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio..", "java.util.concurrent..", "org.slf4j..")
                .check(SHIPPED);
    }
}
