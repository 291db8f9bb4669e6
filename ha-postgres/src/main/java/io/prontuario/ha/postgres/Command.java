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
import java.util.function.Consumer;

/** Runs a program to its end, bounded, with its output in a file so that no full pipe can block it. */
final class Command {

    /** How a program ended. */
    record Result(int exit, String output) {
        boolean ok() {
            return exit == 0;
        }
    }

    private static final long TELL_NANOS = 500_000_000;

    private Command() {}

    /** Runs it; a program that does not end within {@code limit} is ended and answers exit 124. */
    static Result run(List<String> words, Map<String, String> environment, Duration limit) {
        return run(words, environment, limit, soFar -> {});
    }

    /**
     * The same; whoever waits is told what has been written so far, now and then.
     *
     * @param told on the thread that waits
     */
    static Result run(List<String> words, Map<String, String> environment, Duration limit, Consumer<String> told) {
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
                    long deadline = System.nanoTime() + limit.toNanos();
                    long left = limit.toNanos();
                    while (!ended && left > 0) {
                        ended = process.waitFor(Math.min(left, TELL_NANOS), TimeUnit.NANOSECONDS);
                        left = deadline - System.nanoTime();
                        if (!ended) {
                            told.accept(Files.readString(output));
                        }
                    }
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
