package io.prontuario.ha.examples.interrupt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.cli.HaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transitions on real servers in which a process is killed after a step. All of them, each step for each victim, take as long as all
 * other tests together: {@code ./ha interruptions}. These here are those whose effects differ most, on one cluster.
 */
final class InterruptionsIT {
    private static final List<String> CASES = List.of(
            "failover-nominated-coordinator",
            "failover-promoted-nominee",
            "failover-activated-coordinating-nominee",
            "switchover-stopped-coordinator",
            "switchover-stopped-former-primary",
            "switchover-nominated-nominee");

    @TempDir
    private Path folder;

    @Test
    void anotherCarriesOnWhoeverIsKilledInTheMiddleAndNothingIsLost() throws Exception {
        Path report = folder.resolve("report.json");
        List<String> words =
                new ArrayList<>(List.of("interruptions", "--undisturbed", "0", "--report", report.toString()));
        CASES.forEach(name -> words.addAll(List.of("--case", name)));

        HaProcess.Result result = HaProcess.run(folder, Duration.ofMinutes(10), words.toArray(String[]::new));

        assertEquals(0, result.exit(), result.output());
        List<JsonObject> ended =
                JsonParser.parseString(Files.readString(report))
                        .getAsJsonObject()
                        .getAsJsonArray("scenarios")
                        .asList()
                        .stream()
                        .map(JsonElement::getAsJsonObject)
                        .toList();
        assertEquals(
                CASES,
                ended.stream().map(one -> one.get("scenario").getAsString()).toList());
        for (JsonObject one : ended) {
            String name = one.get("scenario").getAsString();
            assertEquals(0, one.get("lost").getAsInt(), name);
            assertEquals(0, one.get("doublyAcknowledged").getAsInt(), name);
            assertTrue(one.get("acknowledged").getAsInt() >= 100, name);
        }
    }

    @Test
    void refusesACaseThatItDoesNotKnowAndNamesThoseThatItDoes() throws Exception {
        HaProcess.Result result =
                HaProcess.run(folder, Duration.ofSeconds(30), "interruptions", "--case", "failover-nominatd");

        assertEquals(2, result.exit(), result.output());
        assertTrue(
                Stream.of("failover-finished-nominee", "switchover-asked-coordinator")
                        .allMatch(result.output()::contains),
                result.output());
    }
}
