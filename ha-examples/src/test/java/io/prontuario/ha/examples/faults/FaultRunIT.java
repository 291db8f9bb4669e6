package io.prontuario.ha.examples.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.cli.HaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short fixed part of the fault runs, as a user runs it. The long ones: {@code docs/fault-runs.md}. */
final class FaultRunIT {
    @TempDir
    private Path folder;

    @Test
    void losesNothingWhenAHostIsCutOffWithClientsOnBothSides() throws Exception {
        Optional<String> refusal = FaultProgram.refusal();
        assumeTrue(refusal.isEmpty(), () -> "no fault runs here: " + refusal.orElse(""));
        HaProcess.Result result = HaProcess.run(
                folder,
                Duration.ofMinutes(8),
                "faults",
                "--seed",
                "182",
                "--rounds",
                "2",
                "--kind",
                "cut-whole",
                "--kind",
                "host-stopped",
                "--json");

        assertEquals(0, result.exit(), result.output());
        String json = result.output().substring(result.output().indexOf("\n{"));
        JsonObject report = JsonParser.parseString(json).getAsJsonObject();
        assertEquals(2, report.get("rounds").getAsInt());
        assertEquals(0, report.get("lost").getAsInt());
        assertEquals(0, report.get("doublyAcknowledged").getAsInt());
        assertTrue(report.get("acknowledged").getAsInt() >= 100, result.output());
    }
}
