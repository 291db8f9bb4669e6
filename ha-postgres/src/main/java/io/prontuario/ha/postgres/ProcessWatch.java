package io.prontuario.ha.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks two hundred times a second whether a process is at its end.
 *
 * <p>At {@code /proc/PID/statm}, since the first thing that the kernel takes from a process that ends is its memory: the file says 0 from
 * then on (proc(5); {@code exit_mm} in kernel/exit.c). {@code /proc/PID/stat} says so as well, and costs four times as much to read.
 *
 * <p>A connection that breaks tells the same, and later: first the kernel takes the dead postmaster's memory apart, then its children
 * notice and end, all of them at once and on the processors that a failover needs (measured with two: told after 10 to 30 ms, with this
 * after 2 to 6).
 */
final class ProcessWatch implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int LOOKS = 20;
    private static final int BEGINNING = 16;

    private final Supplier<OptionalLong> which;
    private final Runnable died;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param which the process to watch, asked for again ten times a second; empty when there is none
     * @param died told when it is at its end, perhaps more than once
     */
    ProcessWatch(Supplier<OptionalLong> which, Runnable died) {
        this.which = which;
        this.died = died;
        this.thread = new Thread(this::run, "prontuario-process-watch");
        thread.setDaemon(true);
    }

    /** Does nothing where there is no {@code /proc}. */
    void start() {
        if (ProcessStat.isThere()) {
            thread.start();
        }
    }

    private void run() {
        ByteBuffer size = ByteBuffer.allocateDirect(BEGINNING);
        while (!closed) {
            OptionalLong pid = which.get();
            if (pid.isEmpty()) {
                LockSupport.parkNanos(PAUSE.toNanos());
            } else if (ends(pid.getAsLong(), size) && !closed) {
                died.run();
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Watches it for a while; answers whether it has come to its end. */
    private boolean ends(long pid, ByteBuffer size) {
        try (FileChannel memory = FileChannel.open(Path.of("/proc/" + pid + "/statm"))) {
            for (int i = 0; i < LOOKS && !closed; i++) {
                if (memory.read(size.clear(), 0) <= 0 || size.get(0) == '0') {
                    return true;
                }
                LockSupport.parkNanos(LOOK.toNanos());
            }
            return false;
        } catch (IOException e) {
            // No such process any more.
            return true;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
