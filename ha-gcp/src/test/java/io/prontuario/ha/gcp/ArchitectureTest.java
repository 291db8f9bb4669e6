package io.prontuario.ha.gcp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** A strategy module is a plugin like any other: it knows the SPI and the model, and nothing else of the core. */
class ArchitectureTest {
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importUrl(GcpEmergencyStrategy.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation());

    @Test
    void knowsOfTheLibraryTheSpiAndTheModelOnly() {
        classes()
                .that()
                // The double is a server, and for tests and demonstrations.
                .haveNameNotMatching(".*\\.(CloudDouble|UdpNameServer)(\\$.*)?")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.prontuario.ha.gcp",
                        "io.prontuario.ha.spi",
                        "io.prontuario.ha.model",
                        "com.google.api..",
                        "com.google.auth..",
                        "io.fabric8..",
                        "org.jspecify.annotations",
                        "javax.naming..",
                        "java..")
                .check(SHIPPED);
    }

    @Test
    void byWhatRightAndWhatARefusalMeansIsPure() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.(Mandate|Failures|EmergencyMode)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.io..", "com.google..", "io.fabric8..", "java.util.concurrent..")
                .check(SHIPPED);
    }
}
