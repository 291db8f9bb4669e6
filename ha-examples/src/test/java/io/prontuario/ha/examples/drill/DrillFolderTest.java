package io.prontuario.ha.examples.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drill that kills and then cannot say what came of it is worse than none. */
final class DrillFolderTest {
    @TempDir
    private Path folder;

    @Test
    void isMadeAndLeftEmpty() throws IOException {
        Path made = folder.resolve("drills");
        DrillFiles.prepare(made);
        try (Stream<Path> files = Files.list(made)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void thatCannotBeWrittenIsToldBefore() throws IOException {
        Path file = Files.writeString(folder.resolve("drills"), "");
        String told = String.valueOf(assertThrows(UncheckedIOException.class, () -> DrillFiles.prepare(file))
                .getMessage());
        assertTrue(told.contains("nothing is begun") && told.contains("--evidence"), told);
    }
}
