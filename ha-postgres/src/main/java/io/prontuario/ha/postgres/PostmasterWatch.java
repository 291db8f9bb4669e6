package io.prontuario.ha.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a postmaster's end as its own children do: at the reading end of a pipe that only the postmaster can write to, and never
 * does (PostgreSQL 14 to 18, {@code InitPostmasterDeathWatchHandle} in postmaster.c). The kernel closes it with the process.
 *
 * <p>A connection that breaks tells the same, and later: the children have to notice first, and then end all at once, on the processors
 * that a failover needs. Measured with 40 busy sessions on two processors: the pipe after 9 and 30 ms, a connection after 15 and 36.
 * Looking at {@code /proc} two hundred times a second was as early, and cost more than all else that an idle agent does.
 *
 * <p>Needs Linux, and that the agent runs as the server's user: proc(5) lets nobody else open what a process has open. Elsewhere it
 * tells nothing, and the connection remains.
 */
final class PostmasterWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(250);
    /** {@code O_NONBLOCK} in the flags of proc(5), which are octal. The other pipe of a postmaster, to its log, has it at neither end. */
    private static final int NON_BLOCKING = 04000;

    private static final int WRITES = 01;

    private final Supplier<OptionalLong> which;
    private final Runnable died;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable FileChannel waiting;

    /**
     * @param which the postmaster to wait for, asked for again four times a second; empty when there is none
     * @param died told when it is at its end, perhaps more than once
     */
    PostmasterWatch(Supplier<OptionalLong> which, Runnable died) {
        this.which = which;
        this.died = died;
        this.thread = new Thread(this::run, "prontuario-postmaster-watch");
        thread.setDaemon(true);
    }

    /** Does nothing where there is no {@code /proc}. */
    void start() {
        if (ProcessStat.isThere()) {
            thread.start();
        }
    }

    private void run() {
        while (!closed) {
            OptionalLong pid = which.get();
            if (pid.isPresent() && ends(pid.getAsLong()) && !closed) {
                died.run();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Returns when it has ended, or at once when that cannot be waited for; answers whether it has ended. */
    private boolean ends(long pid) {
        Optional<Path> pipe = pipe(pid);
        if (pipe.isEmpty()) {
            return false;
        }
        try (FileChannel end = FileChannel.open(pipe.get(), StandardOpenOption.READ)) {
            waiting = end;
            return !closed && end.read(ByteBuffer.allocate(1)) < 0;
        } catch (AsynchronousCloseException e) {
            return false;
        } catch (IOException e) {
            // No such process any more; or it is another user's, and then it is not said to be dead.
            return !Files.exists(pipe.get().getParent());
        } finally {
            waiting = null;
        }
    }

    /** Whether it waits for the end of one at this moment. */
    boolean waits() {
        return waiting != null;
    }

    /** Only when there is no doubt which it is: what is read from another pipe would be taken from somebody. */
    static Optional<Path> pipe(long pid) {
        Path process = Path.of("/proc/" + pid);
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            List<Path> found = all.filter(PostmasterWatch::isPipe)
                    .filter(file -> isItsReadingEnd(process.resolve("fdinfo").resolve(file.getFileName())))
                    .toList();
            return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isPipe(Path file) {
        try {
            return Files.readSymbolicLink(file).toString().startsWith("pipe:");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isItsReadingEnd(Path info) {
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring("flags:".length()).trim(), 8))
                    .anyMatch(flags -> (flags & NON_BLOCKING) != 0 && (flags & WRITES) == 0);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        FileChannel end = waiting;
        if (end != null) {
            try {
                end.close();
            } catch (IOException e) {
                return;
            }
        }
    }
}
