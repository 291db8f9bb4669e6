package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The highest timeline that a data directory has written or followed, by its files: what its server cannot say, or is not there to say. */
final class OwnTimeline {
    private OwnTimeline() {}

    static int of(PostgresServer server) {
        Map<String, String> control = server.controlData();
        int checkpoint = Integer.parseInt(control.getOrDefault("Latest checkpoint's TimeLineID", "1"));
        int recovered = Integer.parseInt(control.getOrDefault("Min recovery ending loc's timeline", "0"));
        return Math.max(Math.max(checkpoint, recovered), newestWritten(server));
    }

    /** A server that was promoted and killed before its first checkpoint has written on a timeline that its control file does not show. */
    private static int newestWritten(PostgresServer server) {
        try (Stream<Path> files = Files.list(server.data().resolve("pg_wal"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.matches("[0-9A-F]{24}"))
                    .mapToInt(name -> Integer.parseInt(name.substring(0, 8), 16))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the log of " + server.data(), e);
        }
    }
}
