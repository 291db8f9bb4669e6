package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A folder that all processes of a cluster share. Whoever reaches the armed point takes it, so that it is sprung once, and kills the
 * process that it names (SIGKILL) before it goes on itself. What comes after the point is therefore done without the victim.
 */
final class Trap {
    /** How a process ends that was killed, 128 and 9, whoever did it. */
    static final int KILLED = 137;

    private static final long GONE_SECONDS = 5;

    private final Path armed;
    private final Path taken;
    private final Path sprung;
    private final Path leader;
    private final Path folder;

    Trap(Path folder) {
        this.folder = folder;
        this.armed = folder.resolve("armed");
        this.taken = folder.resolve("taken");
        this.sprung = folder.resolve("sprung");
        this.leader = folder.resolve("leader");
    }

    Path folder() {
        return folder;
    }

    /** The next one who reaches the point kills that process. */
    void arm(Point point, long pid) {
        try {
            Files.deleteIfExists(taken);
            Files.deleteIfExists(sprung);
            put(armed, point.name() + " " + pid);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot arm the trap in " + folder, e);
        }
    }

    /** Nobody dies any more. */
    void disarm() {
        try {
            Files.deleteIfExists(armed);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot disarm the trap in " + folder, e);
        }
    }

    /** The node that has reached the armed point; empty as long as nobody has. */
    Optional<String> sprungBy() {
        return read(sprung);
    }

    /** Said by every process at every point. */
    void reached(Point point, String by) {
        String[] words = read(armed).orElse("").split(" ");
        if (!words[0].equals(point.name())) {
            return;
        }
        try {
            Files.move(armed, taken, StandardCopyOption.ATOMIC_MOVE);
            put(sprung, by);
        } catch (NoSuchFileException e) {
            // Another process was there at the same time, and has taken it.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("the trap in " + folder + " cannot be sprung", e);
        }
        kill(Long.parseLong(words[1]));
    }

    /** The same behind a step, if that has come about. */
    Outcome behind(Outcome outcome, Point point, String by) {
        if (outcome.holds()) {
            reached(point, by);
        }
        return outcome;
    }

    private static void kill(long pid) {
        if (pid == ProcessHandle.current().pid()) {
            // What SIGKILL does to a process: no hook runs, and the system closes its connections.
            Runtime.getRuntime().halt(KILLED);
        }
        ProcessHandle.of(pid).ifPresent(process -> {
            CompletableFuture<ProcessHandle> gone = process.onExit();
            process.destroyForcibly();
            try {
                gone.get(GONE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("process " + pid + " was killed and is still there", e);
            }
        });
    }

    /** From now on this node takes part in the election, whatever it would do by itself, and nobody else, until {@link #letAllLead}. */
    void letLead(String node) {
        put(leader, node);
    }

    void letAllLead() {
        try {
            Files.deleteIfExists(leader);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the election in " + folder, e);
        }
    }

    /** Whether this node is the one that is to lead. */
    boolean leads(String node) {
        return read(leader).filter(node::equals).isPresent();
    }

    /** Whether this node is to stand back in the election. */
    boolean standsBack(String node) {
        return read(leader).filter(one -> !one.equals(node)).isPresent();
    }

    private void put(Path file, String text) {
        try {
            Path draft = Files.createTempFile(folder, "draft", "");
            Files.writeString(draft, text, StandardCharsets.UTF_8);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
