package io.prontuario.ha.examples.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prometheus' own tool, in the folder {@code ops/prometheus}. */
final class Promtool {
    private static final long PATIENCE_SECONDS = 60;

    private Promtool() {}

    /** How it ended. */
    record Result(int exit, String output) {}

    /** Runs it to its end, with the text on its standard input. */
    static Result run(String input, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(words));
        Path output = Files.createTempFile("promtool-", ".out");
        Path given = Files.createTempFile("promtool-", ".in");
        try {
            Files.writeString(given, input);
            Process process = new ProcessBuilder(command)
                    .directory(OpsFiles.folder().resolve("prometheus").toFile())
                    .redirectErrorStream(true)
                    .redirectInput(given.toFile())
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " has not ended within " + PATIENCE_SECONDS + " s");
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
            Files.delete(given);
        }
    }

    /** The same; fails when it finds something. */
    static void passes(String input, String... words) throws IOException, InterruptedException {
        Result result = run(input, words);
        assertEquals(0, result.exit(), () -> String.join(" ", words) + ":\n" + result.output());
    }
}
