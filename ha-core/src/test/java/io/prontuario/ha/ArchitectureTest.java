package io.prontuario.ha;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.zookeeper.PrescribedEnsemble;
import io.prontuario.ha.zookeeper.ServerInspection;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Each package has one room and knows only what it may know. The reasons are in ARCHITECTURE.md. */
class ArchitectureTest {
    private static final String ROOT = "io.prontuario.ha";
    private static final String MODEL = ROOT + ".model..";
    private static final String DECIDE = ROOT + ".decide..";
    private static final String SPI = ROOT + ".spi..";
    private static final String ENGINE = ROOT + ".engine..";
    private static final String ZOOKEEPER = ROOT + ".zookeeper..";
    private static final String HTTP = ROOT + ".http..";
    private static final String HEALTH = ROOT + ".health..";
    private static final String MICROMETER = ROOT + ".micrometer..";
    private static final String TESTING = ROOT + ".testing..";
    private static final String NULLNESS = "org.jspecify.annotations..";

    /** What is shipped: the classes of this module without its tests, wherever they were built. */
    private static final JavaClasses SHIPPED = new ClassFileImporter()
            .importUrl(HaNode.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void modelKnowsTheJdkOnly() {
        mayUse(MODEL, "java..", NULLNESS);
    }

    @Test
    void decideKnowsTheModelOnly() {
        mayUse(DECIDE, MODEL, "java..", NULLNESS);
    }

    @Test
    void spiKnowsTheModelOnly() {
        mayUse(SPI, MODEL, "java..", NULLNESS);
    }

    @Test
    void engineKnowsDecideSpiModelHealthAndHttp() {
        mayUse(
                ENGINE,
                DECIDE,
                SPI,
                MODEL,
                HEALTH,
                HTTP,
                "java..",
                NULLNESS,
                "org.slf4j..",
                "com.google.gson..",
                "io.github.resilience4j..");
    }

    @Test
    void zookeeperKnowsSpiAndModel() {
        mayUse(
                ZOOKEEPER,
                SPI,
                MODEL,
                "java..",
                NULLNESS,
                "org.slf4j..",
                "com.google.gson..",
                "org.apache.curator..",
                "org.apache.zookeeper..");
    }

    @Test
    void httpKnowsNothingOfTheCluster() {
        mayUse(HTTP, "java..", NULLNESS, "org.slf4j..", "com.sun.net.httpserver..", "javax.net.ssl..");
    }

    @Test
    void healthKnowsSpiAndModel() {
        mayUse(HEALTH, SPI, MODEL, "java..", NULLNESS, "org.slf4j..", "com.sun.management..");
    }

    /** It is optional: whoever has none must not come to need it. */
    @Test
    void onlyItsOwnPackageKnowsMicrometer() {
        mayUse(MICROMETER, ROOT, MODEL, SPI, "java..", NULLNESS, "io.micrometer..");
        noClasses()
                .that()
                .resideOutsideOfPackage(MICROMETER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(SHIPPED);
    }

    @Test
    void testingKnowsSpiAndModelAndWhatTheRecordWantsAndHowToRunThePrescribedEnsemble() {
        classes()
                .that()
                .resideInAPackage(TESTING)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(TESTING, SPI, MODEL, "java..", NULLNESS, "org.slf4j..")
                        .or(belongToAnyOf(Protocol.class, PrescribedEnsemble.class, ServerInspection.class)))
                .check(SHIPPED);
    }

    @Test
    void theRootKnowsEngineDecideSpiModelAndHttp() {
        mayUse(ROOT, ENGINE, DECIDE, SPI, MODEL, HTTP, "java..", NULLNESS, "javax.net.ssl..");
    }

    @Test
    void onlyZookeeperImportsCuratorAndZooKeeper() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ZOOKEEPER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..")
                .check(SHIPPED);
    }

    @Test
    void theEngineIsReachedFromTheRootOnly() {
        classes()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(ROOT, ENGINE)
                .check(SHIPPED);
    }

    /** What is public in the engine is its door, and the machine that it is given; the rest has no reason to be seen from outside. */
    @Test
    void theEngineShowsOnlyWhatTheRootUses() {
        classes()
                .that()
                .resideInAPackage(ENGINE)
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should(beUsedByTheRoot())
                .check(SHIPPED);
    }

    @Test
    void nothingShippedDependsOnTheTestKit() {
        classes()
                .that()
                .resideInAPackage(TESTING)
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAPackage(TESTING)
                .check(SHIPPED);
    }

    @Test
    void packagesDoNotDependOnEachOtherInACircle() {
        slices().assignedFrom(onePerPackage()).should().beFreeOfCycles().check(SHIPPED);
    }

    @Test
    void modelAndDecideDoNoInputOrOutputStartNoThreadAndLogNothing() {
        noClasses()
                .that()
                .resideInAnyPackage(MODEL, DECIDE)
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "java.io..",
                                "java.nio..",
                                "java.net..",
                                "java.sql..",
                                "java.util.concurrent..",
                                "java.util.logging..",
                                "java.util.random..")
                        .or(belongToAnyOf(
                                Thread.class,
                                ThreadLocal.class,
                                Process.class,
                                ProcessBuilder.class,
                                ProcessHandle.class,
                                Runtime.class,
                                System.Logger.class,
                                Timer.class,
                                java.util.Random.class,
                                SplittableRandom.class)))
                .check(SHIPPED);
    }

    @Test
    void modelAndDecideTakeNeitherTimeNorChanceFromTheMachine() {
        noClasses()
                .that()
                .resideInAnyPackage(MODEL, DECIDE)
                .should()
                .accessTargetWhere(
                        isOneOf(System.class, "nanoTime", "currentTimeMillis", "getenv", "getProperty", "out", "err")
                                .or(isOneOf(Math.class, "random"))
                                .or(isOneOf(UUID.class, "randomUUID"))
                                .or(isOneOf(InstantSource.class, "system"))
                                .or(isOneOf(Clock.class, "system", "systemUTC", "systemDefaultZone"))
                                .or(readsTheClock()))
                .check(SHIPPED);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes().should(resideInANullMarkedPackage()).check(SHIPPED);
    }

    private static void mayUse(String from, String... others) {
        String[] all = Stream.concat(Stream.of(from), Arrays.stream(others)).toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(all)
                .check(SHIPPED);
    }

    private static DescribedPredicate<JavaAccess<?>> isOneOf(Class<?> owner, String... members) {
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + String.join(", ", members),
                access -> access.getTargetOwner().isEquivalentTo(owner)
                        && Set.of(members).contains(access.getTarget().getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> readsTheClock() {
        return DescribedPredicate.describe(
                "now() of a class of java.time",
                access -> access.getTargetOwner().getPackageName().startsWith("java.time")
                        && access.getTarget().getName().equals("now"));
    }

    private static ArchCondition<JavaClass> beUsedByTheRoot() {
        return new ArchCondition<>("be used by the root package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean used = type.getDirectDependenciesToSelf().stream()
                        .anyMatch(dependency ->
                                dependency.getOriginClass().getPackageName().equals(ROOT)
                                        || dependency.getOriginClass().isEquivalentTo(Machine.class));
                events.add(new SimpleConditionEvent(
                        type, used, type.getName() + " is public, but " + ROOT + " does not use it"));
            }
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                events.add(new SimpleConditionEvent(
                        type, marked, type.getPackageName() + " has no package-info.java with @NullMarked"));
            }
        };
    }

    private static SliceAssignment onePerPackage() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(ROOT)
                        ? SliceIdentifier.of(type.getPackageName())
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "each package";
            }
        };
    }
}
