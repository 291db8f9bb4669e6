package io.prontuario.ha.examples.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the packaged command line as a user does: another process, from the jar. */
public final class HaProcess {
    /** Set by the POM; from an editor, what the last build made. */
    private static final Path JAR =
            Path.of(System.getProperty("ha.jar", "target/ha.jar")).toAbsolutePath();

    private HaProcess() {}

    /** How a command ended; both streams of output in one. */
    public record Result(int exit, String output) {}

    public static Process start(Path output, String... words) throws IOException {
        if (!Files.exists(JAR)) {
            throw new IllegalStateException(JAR + " is missing: integration tests run after the package phase");
        }
        List<String> all = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", JAR.toString()));
        all.addAll(List.of(words));
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    public static Result run(Path folder, Duration limit, String... words) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "ha-", ".out");
        Process process = start(output, words);
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
            throw new IllegalStateException("ha " + String.join(" ", words) + " has not ended within "
                    + limit.toSeconds() + " s: " + Files.readString(output, StandardCharsets.UTF_8));
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
