package io.prontuario.ha.examples.local;

import io.prontuario.ha.testing.SharedMemorySegment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The postmaster on a data directory, found by its own file: it is nobody's child.
 *
 * @param data the data directory
 */
public record LocalServerProcess(Path data) {
    private static final Duration GONE = Duration.ofSeconds(5);
    private static final long PAUSE_NANOS = 20_000_000;

    public static LocalServerProcess of(Path data) {
        return new LocalServerProcess(data);
    }

    /** Its process; empty when there is none or it is dead. */
    public Optional<ProcessHandle> postmaster() {
        Path file = data.resolve("postmaster.pid");
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
            if (lines.isEmpty() || !lines.get(0).strip().matches("\\d+")) {
                return Optional.empty();
            }
            return ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The postmaster and all its processes; empty when none runs. */
    public List<Long> pids() {
        return postmaster().stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.children()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** The process that replays the log of a standby, and promotes it; empty when none does. */
    public Optional<Long> replayer() {
        return postmaster().stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .filter(pid -> Signals.title(pid).contains("startup"))
                .findFirst();
    }

    /** SIGKILL to the postmaster alone; its children end by themselves. Answers the process id. */
    public long killPostmaster() {
        ProcessHandle postmaster =
                postmaster().orElseThrow(() -> new IllegalStateException("no server runs in " + data));
        postmaster.destroyForcibly();
        return postmaster.pid();
    }

    /** SIGKILL to the postmaster and all its processes, as when the machine dies. Nothing happens when none runs. */
    public void kill() {
        postmaster().ifPresent(postmaster -> {
            List<ProcessHandle> children = postmaster.children().toList();
            postmaster.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        });
    }

    /** The same when no server will be started here any more: waits until all of them are gone, and removes the shared memory that they left. */
    public void killForGood() {
        Optional<SharedMemorySegment> segment = SharedMemorySegment.of(data);
        kill();
        long began = System.nanoTime();
        while (!segment.map(SharedMemorySegment::removeIfLeft).orElse(true)
                && System.nanoTime() - began < GONE.toNanos()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
