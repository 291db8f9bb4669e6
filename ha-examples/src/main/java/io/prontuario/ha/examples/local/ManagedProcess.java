package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A process of ours: its output goes to a log file and line by line to whoever listens. */
public final class ManagedProcess {
    private static final long FOLLOW_NANOS = Duration.ofMillis(10).toNanos();

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
            // What a former process of that name has said there was heard then.
            long from = Files.exists(log) ? Files.size(log) : 0;
            // To a file and not through this process: what it is left running must not lose its output with us.
            Process process = new ProcessBuilder(words)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            process.getOutputStream().close();
            Thread reader = new Thread(() -> follow(process, log, from, lines), "output-of-" + name);
            reader.setDaemon(true);
            reader.start();
            return new ManagedProcess(process, name);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started (" + words.get(0) + ")", e);
        }
    }

    private static void follow(Process process, Path log, long from, Consumer<String> lines) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(from);
            StringBuilder line = new StringBuilder();
            byte[] bytes = new byte[16_384];
            boolean alive = true;
            while (alive) {
                alive = process.isAlive();
                int read = file.read(bytes);
                while (read > 0) {
                    for (char one : new String(bytes, 0, read, StandardCharsets.UTF_8).toCharArray()) {
                        if (one == '\n') {
                            lines.accept(line.toString());
                            line.setLength(0);
                        } else {
                            line.append(one);
                        }
                    }
                    read = file.read(bytes);
                }
                LockSupport.parkNanos(FOLLOW_NANOS);
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

    /** How it has ended: 128 and the signal, if it was one; empty while it lives. */
    public OptionalInt exit() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
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
