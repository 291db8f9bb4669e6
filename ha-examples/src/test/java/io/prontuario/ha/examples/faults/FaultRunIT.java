package io.prontuario.ha.examples.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.examples.cli.HaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short fixed part of the fault runs, as a user runs it. The long ones: {@code docs/fault-runs.md}. */
final class FaultRunIT {
    @TempDir
    private Path folder;

    @Test
    void losesNothingWhenAHostIsCutOffWithClientsOnBothSides() throws Exception {
        assumeNamespaces();
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

    /** By SIGKILL, so that nothing can clean up: the kernel does. */
    @Test
    void leavesNothingBehindWhenItIsKilled() throws Exception {
        assumeNamespaces();
        String seed = "918273645";
        Path output = folder.resolve("killed.out");
        Process run = HaProcess.start(output, "faults", "--seed", seed);
        try {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(4))
                    .until(() -> Files.readString(output).contains("starting HAProxy"));
            assertTrue(running(seed), "the run is seen while it runs");
        } finally {
            run.destroyForcibly();
        }

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !run.isAlive() && !running(seed));
        assertFalse(Files.readString(Path.of("/proc/mounts")).contains("prontuario-ha"), "mounts are left");
    }

    /** Whether a process of that run is there; the first one is the others' end. */
    private static boolean running(String seed) {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().commandLine().stream())
                .anyMatch(line -> line.contains(FaultProgram.class.getName() + " " + seed));
    }

    private static void assumeNamespaces() {
        Optional<String> refusal = FaultProgram.refusal();
        assumeTrue(refusal.isEmpty(), () -> "no fault runs here: " + refusal.orElse(""));
    }
}
