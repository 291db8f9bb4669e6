package io.prontuario.ha.examples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.cli.HaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as a user runs it, on real servers: one scenario of each kind. All of them are CI's, which runs {@code ./run-demo} as well. */
final class DemonstrationIT {
    private static final List<Scenario> ONE_OF_EACH_KIND = List.of(
            Scenario.SERVER_KILLED,
            Scenario.NODE_KILLED,
            Scenario.HOST_LOST,
            Scenario.SWITCHOVER,
            Scenario.SERVER_HUNG,
            Scenario.AGENT_KILLED,
            Scenario.WITHOUT_STORE_SERVER_KILLED,
            Scenario.POWER_CYCLE,
            Scenario.STANDBY_KILLED);

    @TempDir
    private Path folder;

    /** Process times are in hundredths of a second. */
    private final Instant begun = Instant.now().minusMillis(100);

    @Test
    void losesNothingAndReportsIt() throws Exception {
        Path report = folder.resolve("report.json");
        List<String> words = new ArrayList<>(List.of("demo", "--report", report.toString()));
        ONE_OF_EACH_KIND.forEach(scenario -> words.addAll(List.of("--scenario", scenario.label())));
        HaProcess.Result result = HaProcess.run(folder, Duration.ofMinutes(10), words.toArray(String[]::new));

        assertEquals(0, result.exit(), result.output());
        assertTrue(result.output().contains("ha validate: 0 failed, 0 to be looked at, "), result.output());
        JsonArray scenarios = JsonParser.parseString(Files.readString(report))
                .getAsJsonObject()
                .getAsJsonArray("scenarios");
        List<String> names = StreamSupport.stream(scenarios.spliterator(), false)
                .map(one -> one.getAsJsonObject().get("scenario").getAsString())
                .toList();
        assertEquals(ONE_OF_EACH_KIND.stream().map(Scenario::label).toList(), names);
        for (JsonElement element : scenarios) {
            JsonObject scenario = element.getAsJsonObject();
            String name = scenario.get("scenario").getAsString();
            assertEquals(0, scenario.get("lost").getAsInt(), name);
            assertEquals(0, scenario.get("doublyAcknowledged").getAsInt(), name);
            assertTrue(scenario.get("acknowledged").getAsInt() >= 100, name);
            assertTrue(scenario.get("outageMillis").getAsDouble() > 0, name);
        }
        assertNothingIsLeft();
    }

    @Test
    void leavesNothingBehindWhenItIsInterrupted() throws Exception {
        Path output = folder.resolve("demo.out");
        Process demo = HaProcess.start(output, "demo", "--scenario", "server-killed");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Files.readString(output).contains("ha init on studio-1"));

        demo.destroy(); // what Ctrl-C does to the process
        Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> !demo.isAlive());

        assertNothingIsLeft();
    }

    @Test
    void refusesAScenarioThatItDoesNotKnowAndNamesThoseThatItDoes() throws Exception {
        HaProcess.Result result = HaProcess.run(folder, Duration.ofSeconds(30), "demo", "--scenario", "server-kiled");

        assertEquals(2, result.exit(), result.output());
        assertTrue(
                result.output()
                        .contains(Arrays.stream(Scenario.values())
                                .map(Scenario::label)
                                .collect(Collectors.joining(", "))),
                result.output());
    }

    /** No process of a demonstration that this test began, whose command lines all name its folder. */
    private void assertNothingIsLeft() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertFalse(
                        ProcessHandle.allProcesses()
                                .filter(ProcessHandle::isAlive)
                                .filter(this::begunHere)
                                .anyMatch(process -> process.info()
                                        .commandLine()
                                        .filter(line -> line.contains("/prontuario-"))
                                        .isPresent()),
                        "processes are left"));
    }

    /** Others may be at work on this machine. */
    private boolean begunHere(ProcessHandle process) {
        return process.info()
                .startInstant()
                .filter(start -> start.isAfter(begun))
                .isPresent();
    }
}
