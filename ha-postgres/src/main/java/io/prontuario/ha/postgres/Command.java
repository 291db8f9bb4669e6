package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, bounded, with its output in a file so that no full pipe can block it. */
final class Command {

    /** How a program ended. */
    record Result(int exit, String output) {
        boolean ok() {
            return exit == 0;
        }
    }

    private Command() {}

    /** Runs it; a program that does not end within {@code limit} is ended and answers exit 124. */
    static Result run(List<String> words, Map<String, String> environment, Duration limit) {
        try {
            Path output = Files.createTempFile("prontuario-", ".out");
            try {
                ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words))
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile());
                builder.directory(Path.of("/").toFile());
                builder.environment().putAll(environment);
                builder.environment().put("LC_ALL", "C");
                Process process = builder.start();
                boolean ended = false;
                try {
                    ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                } finally {
                    // Also when this thread is interrupted: a tool left behind would go on writing under its successor.
                    if (!ended) {
                        process.descendants().forEach(ProcessHandle::destroyForcibly);
                        process.destroyForcibly();
                    }
                }
                if (!ended) {
                    process.waitFor();
                }
                String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
                return ended
                        ? new Result(process.exitValue(), text)
                        : new Result(124, text + " (ended after " + limit.toMillis() + " ms)");
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + words.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PostgresException("interrupted while " + words.get(0) + " was running", e);
        }
    }
}
