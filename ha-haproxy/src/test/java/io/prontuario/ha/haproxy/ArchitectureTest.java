package io.prontuario.ha.haproxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A strategy module is a plugin like any other: it knows the SPI and the model, and nothing else of the core. */
@AnalyzeClasses(packages = "io.prontuario.ha.haproxy", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule KNOWS_SPI_AND_MODEL_ALONE = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.prontuario.ha.haproxy",
                    "io.prontuario.ha.spi",
                    "io.prontuario.ha.model",
                    "io.github.resilience4j.circuitbreaker..",
                    "org.jspecify.annotations",
                    "java..");

    @ArchTest
    static final ArchRule TELLING_BY_CHECKS_IS_PURE = noClasses()
            .that()
            .haveNameMatching(".*\\.(CheckHistory|BackendView|ServerState|ServerStat|Reply|Outcomes)")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "java.nio..", "java.util.concurrent..", "org.slf4j..");
}
