package io.prontuario.ha.postgres;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** This module uses nothing but the SPI that any plugin author has: that is the SPI's proof. */
class ArchitectureTest {
    /** What is shipped: the classes of this module without its tests, wherever they were built. */
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importUrl(
                    PostgresStrategy.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void knowsOfTheLibraryTheSpiAndTheModelOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.prontuario.ha.postgres..",
                        "io.prontuario.ha.spi..",
                        "io.prontuario.ha.model..",
                        "org.postgresql..",
                        "com.zaxxer.hikari..",
                        // Repeats a transaction that may be repeated.
                        "io.github.resilience4j..",
                        "javax.sql..",
                        "java..",
                        "org.jspecify.annotations..",
                        "org.slf4j..")
                .check(SHIPPED);
    }
}
