package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyProgressTest {
    /** As PostgreSQL 15.18 wrote it into a file. */
    private static final String OUTPUT = """
            waiting for checkpoint
                12/204800 kB (0%), 0/1 tablespace
             81920/204800 kB (40%), 0/1 tablespace
            """;

    @TempDir
    private Path folder;

    @Test
    void theLastLineCounts() {
        assertEquals(Optional.empty(), CopyProgress.last("waiting for checkpoint\n"));
        assertEquals("40 % of 200 MiB", CopyProgress.last(OUTPUT).orElseThrow().toString());
        assertEquals(
                "100 % of 1 MiB",
                CopyProgress.last("900/800 kB (100%), 1/1 tablespace")
                        .orElseThrow()
                        .toString());
    }

    @Test
    void aFailureIsToldWithoutTheProgressBeforeIt() {
        assertEquals(
                "waiting for checkpoint\npg_basebackup: error: no space",
                CopyProgress.without(OUTPUT + "pg_basebackup: error: no space"));
    }

    /** The program does not end before it was heard. */
    @Test
    void whatAProgramWritesIsToldWhileItRuns() {
        Path heard = folder.resolve("heard");
        AtomicReference<String> told = new AtomicReference<>("");

        Command.Result result = Command.run(
                List.of(
                        "/bin/sh",
                        "-c",
                        "echo '5/10 kB (50%), 0/1 tablespace'; until test -e " + heard + "; do sleep 0.05; done"),
                Map.of(),
                Duration.ofSeconds(60),
                soFar -> CopyProgress.last(soFar).ifPresent(progress -> {
                    told.set(progress.toString());
                    create(heard);
                }));

        assertEquals(0, result.exit());
        assertEquals("50 % of 1 MiB", told.get());
    }

    private static void create(Path file) {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
