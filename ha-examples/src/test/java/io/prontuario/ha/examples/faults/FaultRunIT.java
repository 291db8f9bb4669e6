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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short fixed part of the fault runs, as a user runs it. The long ones: {@code docs/fault-runs.md}. */
final class FaultRunIT {
    /** What the random faults of the run hardly ever bring about, and what each decides differently; the others take as long again. */
    private static final List<String> STORIES = List.of(
            "primary-with-store-only",
            "primarys-server-unreached",
            "standby-lost-and-primary-unseen",
            "store-and-standbys-server-lost",
            "agent-and-standbys-server-lost");

    @TempDir
    private static Path runFolder;

    /** One cluster for both: of the run, its start is a good part. */
    private static HaProcess.Result once;

    @TempDir
    private Path folder;

    private static synchronized JsonObject report() throws Exception {
        if (once == null) {
            List<String> words = new ArrayList<>(List.of("faults", "--seed", "182", "--rounds", "2", "--json"));
            words.addAll(List.of("--kind", "cut-whole", "--kind", "host-stopped"));
            STORIES.forEach(story -> words.addAll(List.of("--story", story)));
            once = HaProcess.run(runFolder, Duration.ofMinutes(12), words.toArray(String[]::new));
        }
        assertEquals(0, once.exit(), once.output());
        String json = once.output().substring(once.output().indexOf("\n{"));
        return JsonParser.parseString(json).getAsJsonObject();
    }

    @Test
    void losesNothingWhenAHostIsCutOffWithClientsOnBothSides() throws Exception {
        assumeNamespaces();
        JsonObject report = report();

        assertEquals(STORIES.size() + 2, report.get("rounds").getAsInt());
        assertEquals(0, report.get("lost").getAsInt());
        assertEquals(0, report.get("doublyAcknowledged").getAsInt());
        assertTrue(report.get("acknowledged").getAsInt() >= 100, report::toString);
    }

    /** A story that comes out otherwise ends the run with another exit status. */
    @Test
    void whatIsDecidedWhenTwoFaultsMeetIsWhatTheRowsSay() throws Exception {
        assumeNamespaces();
        List<String> played = report().getAsJsonArray("faults").asList().stream()
                .map(one -> one.getAsJsonObject().get("kind").getAsString())
                .filter(STORIES::contains)
                .toList();

        assertEquals(STORIES, played);
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
