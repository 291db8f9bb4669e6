package io.prontuario.ha.examples.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process of ours: its output goes to a log file and line by line to whoever listens. */
public final class ManagedProcess {
    private final Process process;
    private final String name;

    private ManagedProcess(Process process, String name) {
        this.process = process;
        this.name = name;
    }

    /**
     * Starts it.
     *
     * @param log its output is appended there
     * @param lines told each line of output, on a thread of its own
     */
    public static ManagedProcess start(String name, List<String> words, Path folder, Path log, Consumer<String> lines) {
        try {
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            Thread reader = new Thread(() -> read(process, log, lines), "output-of-" + name);
            reader.setDaemon(true);
            reader.start();
            return new ManagedProcess(process, name);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started (" + words.get(0) + ")", e);
        }
    }

    private static void read(Process process, Path log, Consumer<String> lines) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                Writer file = Files.newBufferedWriter(
                        log, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            String line = output.readLine();
            while (line != null) {
                file.write(line);
                file.write('\n');
                file.flush();
                lines.accept(line);
                line = output.readLine();
            }
        } catch (IOException e) {
            lines.accept("(output ended: " + e.getMessage() + ")");
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Ends it at once (SIGKILL) and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        await(Duration.ofSeconds(5));
    }

    /** Asks it to end (SIGTERM), waits up to the limit, then ends it at once. */
    public void stop(Duration limit) {
        process.destroy();
        if (!await(limit)) {
            kill();
        }
    }

    private boolean await(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public String toString() {
        return name + " (process " + process.pid() + ")";
    }
}
