package io.prontuario.ha;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real script, and what its end is taken for. */
final class CommandFencerTest {
    private static final Duration PLENTY = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    void isDoneWhenTheScriptEndsWithZeroAndIsToldWhomItIsAbout() throws IOException {
        Outcome outcome = fence(PLENTY, "echo fenced $1 $PRONTUARIO_COPY in $PRONTUARIO_EPOCH of $PRONTUARIO_CLUSTER");
        assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        assertTrue(outcome.detail().endsWith("fenced studio-1 studio-1.1a2b in 4 of records-1"), outcome.detail());
    }

    @Test
    void anyOtherStatusIsNoVerdictAndItsWordsAreTold() throws IOException {
        Outcome outcome = fence(PLENTY, "echo the power supply does not answer >&2; exit 3");
        assertFalse(outcome.holds());
        assertTrue(outcome.detail().contains("ended with 3: the power supply does not answer"), outcome.detail());
    }

    /** An ssh that hangs, and would act when the server is back. */
    @Test
    void oneThatDoesNotEndIsKilledWithAllThatItHasStartedAndIsNoVerdict() throws IOException {
        Path pid = folder.resolve("pid");
        Outcome outcome = fence(Duration.ofMillis(700), "sleep 600 & echo $! > " + pid + "; wait");
        assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
        long child = Long.parseLong(Files.readString(pid).strip());
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    /** Whoever holds its output open keeps nobody waiting. */
    @Test
    void oneThatLeavesSomethingBehindIsDoneWhenItEnds() throws IOException {
        Outcome outcome = fence(PLENTY, "sleep 30 & echo $!");
        assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        String[] words = outcome.detail().split(" ");
        ProcessHandle.of(Long.parseLong(words[words.length - 1])).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void aProgramThatIsNotThereOrALimitOutOfRangeIsRefusedBeforehand() {
        assertThrows(IllegalArgumentException.class, () -> CommandFencer.of(List.of("/no/such/program"), PLENTY));
        assertThrows(IllegalArgumentException.class, () -> CommandFencer.of(List.of("relative"), PLENTY));
        assertThrows(IllegalArgumentException.class, () -> CommandFencer.of(List.of(), PLENTY));
        assertThrows(IllegalArgumentException.class, () -> CommandFencer.of(List.of("/bin/sh"), Duration.ofSeconds(6)));
    }

    private Outcome fence(Duration limit, String script) throws IOException {
        Path file = Files.writeString(folder.resolve("fence"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        Copy primary = new Copy(new NodeName("studio-1"), "1a2b");
        return CommandFencer.of(List.of(file.toString(), "{node}"), limit)
                .fence(new FenceRequest("records-1", 4, primary, "its host is silent", PLENTY));
    }
}
