package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.testing.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @Test
    void knowsNothingAtFirst() {
        assertNull(new MemoryFile(folder).remembered());
    }

    @Test
    void knowsTheLastEpochAfterARestart() {
        for (long epoch = 3; epoch < 9; epoch++) {
            new MemoryFile(folder).remember(Records.state(epoch));

            assertEquals(epoch, epochIn(folder));
        }
    }

    @Test
    void aTornWriteLeavesTheEpochBefore() throws IOException {
        MemoryFile memory = new MemoryFile(folder);
        memory.remember(Records.state(4));
        byte[] before = Files.readAllBytes(folder.resolve("epoch"));
        memory.remember(Records.state(5));
        byte[] after = Files.readAllBytes(folder.resolve("epoch"));

        for (int cut = 0; cut < after.length; cut++) {
            // What the crash had let through of the second write: the bytes up to the cut.
            byte[] torn = before.clone();
            System.arraycopy(after, 0, torn, 0, cut);
            Files.write(folder.resolve("epoch"), torn);

            long epoch = epochIn(folder);

            assertTrue(epoch == 4 || epoch == 5, "cut at " + cut + ": " + epoch);
        }
    }

    @Test
    void refusesAFileThatItDoesNotUnderstand() throws IOException {
        Files.writeString(folder.resolve("epoch"), "7\n");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> new MemoryFile(folder));

        assertTrue(String.valueOf(refused.getMessage()).contains("cannot understand"));
    }

    @Test
    void aFileThatWasCreatedAndNeverWrittenHoldsNothing() throws IOException {
        Files.writeString(folder.resolve("epoch"), "\n".repeat(1024));

        assertNull(new MemoryFile(folder).remembered());
    }

    private static long epochIn(Path folder) {
        NodeMemory memory = new MemoryFile(folder).remembered();
        assertNotNull(memory);
        return memory.epoch();
    }
}
