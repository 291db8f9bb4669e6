package io.prontuario.ha;

import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fences by a command, such as one that calls {@code ipmitool} or {@code ssh}. Its exit status is the verdict: 0, the server acknowledges nothing
 * more. Anything else, and no end within the limit, is none.
 *
 * <p>{@code {node}} in a word stands for the node's name. The environment has PRONTUARIO_NODE, PRONTUARIO_COPY, PRONTUARIO_CLUSTER,
 * PRONTUARIO_EPOCH and PRONTUARIO_REASON. No shell is between. A device that takes longer than the limit is driven by a command that begins, answers
 * another status, and answers 0 once it is asked again and sees that it is done.
 */
public final class CommandFencer implements Fencer {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(5);
    private static final int LONGEST_TEXT = 300;
    private static final Duration ENDING = Duration.ofMillis(500);

    private final List<String> words;
    private final Duration limit;

    private CommandFencer(List<String> words, Duration limit) {
        this.words = List.copyOf(words);
        this.limit = limit;
    }

    /**
     * A fencer that runs this program with these words.
     *
     * @param limit how long it may take, 100 ms to 5 s: nothing else is coordinated meanwhile
     * @throws IllegalArgumentException when the first word is no absolute path of a program that may be executed, or the limit is out of range
     */
    public static CommandFencer of(List<String> words, Duration limit) {
        if (limit.compareTo(LEAST) < 0 || limit.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("the limit is " + limit.toMillis() + " ms, must be " + LEAST.toMillis()
                    + " to " + MOST.toMillis() + " ms: a device that takes longer is asked again and again");
        }
        if (words.isEmpty() || words.get(0).isEmpty()) {
            throw new IllegalArgumentException("the command is empty: give a program and its words");
        }
        Path program = Path.of(words.get(0));
        if (!program.isAbsolute() || !Files.isExecutable(program) || Files.isDirectory(program)) {
            throw new IllegalArgumentException(
                    program + " must be the absolute path of a program that this account may execute");
        }
        return new CommandFencer(words, limit);
    }

    @Override
    public Outcome fence(FenceRequest request) {
        String node = request.primary().node().value();
        List<String> command =
                words.stream().map(word -> word.replace("{node}", node)).toList();
        Path output = null;
        try {
            output = Files.createTempFile("prontuario-fence-", ".out");
            return run(command, request, output);
        } catch (IOException e) {
            return Outcome.refused(command.get(0) + " cannot be run: " + e.getMessage());
        } finally {
            delete(output);
        }
    }

    private Outcome run(List<String> command, FenceRequest request, Path output) throws IOException {
        Duration bound = request.limit().compareTo(limit) < 0 ? request.limit() : limit;
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                // Whoever inherits a pipe could keep the reader of it waiting beyond any limit.
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment(request));
        Process process = builder.start();
        try {
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                end(process);
                return Outcome.unknown(command.get(0) + " has not ended within " + bound.toMillis()
                        + " ms and was killed: " + said(output));
            }
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            return Outcome.unknown(command.get(0) + " was interrupted");
        }
        return process.exitValue() == 0
                ? Outcome.done(command.get(0) + " ended with 0: " + said(output))
                : Outcome.refused(command.get(0) + " ended with " + process.exitValue() + ": " + said(output));
    }

    private static Map<String, String> environment(FenceRequest request) {
        return Map.of(
                "PRONTUARIO_NODE", request.primary().node().value(),
                "PRONTUARIO_COPY", request.primary().toString(),
                "PRONTUARIO_CLUSTER", request.clusterId(),
                "PRONTUARIO_EPOCH", Long.toString(request.epoch()),
                "PRONTUARIO_REASON", request.reason());
    }

    /** With whatever it has started: an {@code ssh} that lives on could act when the server is back. */
    private static void end(Process process) {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The end of what it printed, in one line. */
    private static String said(Path output) throws IOException {
        String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8)
                .strip()
                .replaceAll("\\s*\\R\\s*", " | ");
        return text.isEmpty() ? "(it said nothing)" : text.substring(Math.max(0, text.length() - LONGEST_TEXT));
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file, e);
        }
    }

    @Override
    public String toString() {
        return "command " + words.get(0);
    }
}
