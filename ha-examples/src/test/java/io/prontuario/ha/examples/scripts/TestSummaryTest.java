package io.prontuario.ha.examples.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./run-tests} fails on. */
class TestSummaryTest {
    @TempDir
    Path root;

    @BeforeEach
    void aModuleWithOneTestClassThatPassed() throws IOException {
        write("scripts/allowed-skips.txt", "# none\n");
        write("ha-one/pom.xml", "");
        source("ha-one", "a.FirstTest", "class FirstTest {}");
        report("ha-one", "surefire", "a.FirstTest", test("a.FirstTest", "works", ""));
    }

    @Test
    void isGoodWhenEverythingPassed() throws Exception {
        Script.Result result = summary();
        assertEquals("1 passed, 0 failed, 0 skipped", last(result));
        assertEquals(0, result.exit(), result::output);
    }

    @Test
    void failsOnAFailureAndOnAnErrorAndNamesThem() throws Exception {
        report(
                "ha-one",
                "surefire",
                "a.FirstTest",
                test("a.FirstTest", "fails", "<failure message='expected 1'/>"),
                test("a.FirstTest", "breaks", "<error message='no such file'/>"));
        Script.Result result = summary();
        assertEquals("0 passed, 2 failed, 0 skipped", last(result));
        assertTrue(result.output().contains("a.FirstTest#fails failed: expected 1"), result::output);
        assertTrue(result.output().contains("a.FirstTest#breaks failed: no such file"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void allowsAWaitThatWasTooShortOnceAndTellsIt() throws Exception {
        report(
                "ha-one",
                "surefire",
                "a.FirstTest",
                test(
                        "a.FirstTest",
                        "waits",
                        "<flakyError type='org.awaitility.core.ConditionTimeoutException' message='not within 20 s'/>"));
        Script.Result result = summary();
        assertEquals("1 passed, 0 failed, 0 skipped", last(result));
        assertTrue(
                result.output().contains("passed at the second try: a.FirstTest#waits: not within 20 s"),
                result::output);
        assertEquals(0, result.exit(), result::output);
    }

    @Test
    void failsOnAnythingElseThatFailedOnce() throws Exception {
        report(
                "ha-one",
                "surefire",
                "a.FirstTest",
                test("a.FirstTest", "loses", "<flakyFailure type='AssertionFailedError' message='2 lost'/>"),
                test("a.FirstTest", "breaks", "<flakyError type='java.sql.SQLException' message='closed'/>"));
        Script.Result result = summary();
        assertEquals("0 passed, 2 failed, 0 skipped", last(result));
        assertTrue(result.output().contains("a.FirstTest#loses failed: 2 lost"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void failsOnASkipThatIsNotListed() throws Exception {
        report("ha-one", "surefire", "a.FirstTest", test("a.FirstTest", "waits", "<skipped message='no network'/>"));
        Script.Result result = summary();
        assertEquals("0 passed, 0 failed, 1 skipped", last(result));
        assertTrue(result.output().contains("a.FirstTest#waits was skipped (no network)"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void allowsAListedSkipAndSaysWhy() throws Exception {
        write("scripts/allowed-skips.txt", "a.FirstTest#waits needs a Mac\n");
        report(
                "ha-one",
                "surefire",
                "a.FirstTest",
                test("a.FirstTest", "waits(String)[1]", "<skipped/>"),
                test("a.FirstTest", "waits{String}[2]", "<skipped/>"));
        Script.Result result = summary();
        assertEquals("0 passed, 0 failed, 2 skipped", last(result));
        assertTrue(result.output().contains("skipped: a.FirstTest#waits: needs a Mac"), result::output);
        assertEquals(0, result.exit(), result::output);
    }

    @Test
    void allowsAWholeClassToBeSkipped() throws Exception {
        write("scripts/allowed-skips.txt", "a.FirstTest#* needs a Mac\n");
        report("ha-one", "surefire", "a.FirstTest", test("a.FirstTest", "", "<skipped/>"));
        assertEquals(0, summary().exit());
    }

    @Test
    void failsOnAListedSkipThatIsNoTest() throws Exception {
        write("scripts/allowed-skips.txt", "a.FirstTest#renamed needs a Mac\n");
        Script.Result result = summary();
        assertTrue(result.output().contains("lists a.FirstTest#renamed, which is no test"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void failsWhenAModuleRanNoneOfItsTests() throws Exception {
        write("ha-two/pom.xml", "");
        source("ha-two", "b.SecondTest", "class SecondTest {}");
        Script.Result result = summary();
        assertTrue(result.output().contains("ha-two: no test ran, although it has tests"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void failsWhenATestClassDidNotRun() throws Exception {
        source("ha-one", "a.ForgottenIT", "class ForgottenIT {}");
        Script.Result result = summary();
        assertTrue(result.output().contains("ha-one: no test of a.ForgottenIT ran"), result::output);
        assertEquals(1, result.exit());
    }

    @Test
    void asksForNoIntegrationTestInAUnitRun() throws Exception {
        source("ha-one", "a.ServerIT", "class ServerIT {}");
        assertEquals(0, summary("--unit").exit());
    }

    @Test
    void asksForNoAbstractClassAndFindsNestedOnes() throws Exception {
        source("ha-one", "a.CommonTest", "abstract class CommonTest {}");
        source("ha-one", "a.OuterTest", "class OuterTest { class Inner {} }");
        report("ha-one", "surefire", "a.OuterTest$Inner", test("a.OuterTest$Inner", "works", ""));
        Script.Result result = summary();
        assertEquals("2 passed, 0 failed, 0 skipped", last(result));
        assertEquals(0, result.exit(), result::output);
    }

    @Test
    void readsOneModuleInAnotherBuildFolder() throws Exception {
        write("ha-two/pom.xml", "");
        source("ha-two", "b.SecondTest", "class SecondTest {}");
        write("ha-two/target/java-25/failsafe-reports/TEST-b.SecondTest.xml", suite(test("b.SecondTest", "works", "")));
        Script.Result result = summary("--module", "ha-two", "--folder", "target/java-25");
        assertEquals("1 passed, 0 failed, 0 skipped", last(result));
        assertFalse(result.output().contains("ha-one"), result::output);
        assertEquals(0, result.exit(), result::output);
    }

    private Script.Result summary(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                Script.file("scripts", "TestSummary.java").toString()));
        command.addAll(List.of(arguments));
        return Script.run(root, command);
    }

    private static String last(Script.Result result) {
        List<String> lines = result.lines();
        return lines.get(lines.size() - 1);
    }

    private void source(String module, String type, String text) throws IOException {
        write(module + "/src/test/java/" + type.replace('.', '/') + ".java", text);
    }

    private void report(String module, String kind, String type, String... tests) throws IOException {
        write(module + "/target/" + kind + "-reports/TEST-" + type + ".xml", suite(tests));
    }

    private static String suite(String... tests) {
        return "<testsuite>" + String.join("", tests) + "</testsuite>";
    }

    private static String test(String type, String method, String outcome) {
        return "<testcase classname='" + type + "' name='" + method + "' time='1,200.5'>" + outcome + "</testcase>";
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
