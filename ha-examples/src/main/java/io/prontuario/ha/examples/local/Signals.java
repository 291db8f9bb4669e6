package io.prontuario.ha.examples.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Stops processes and lets them go on, as a host that freezes and wakes up. */
public final class Signals {
    private Signals() {}

    /** SIGSTOP: they do nothing any more and close nothing. */
    public static void freeze(Collection<Long> pids) {
        kill("-STOP", pids);
    }

    /** SIGCONT. */
    public static void thaw(Collection<Long> pids) {
        kill("-CONT", pids);
    }

    /** SIGINT: a PostgreSQL server takes it for the order to shut down fast (PostgreSQL 15 docs, 19.5). */
    public static void interrupt(long pid) {
        kill("-INT", List.of(pid));
    }

    /** Whether a process is stopped by a signal. */
    public static boolean frozen(long pid) {
        return run(List.of("ps", "-o", "state=", "-p", Long.toString(pid))).startsWith("T");
    }

    /** What a process calls itself; empty when there is none. */
    public static String title(long pid) {
        return run(List.of("ps", "-o", "command=", "-p", Long.toString(pid)));
    }

    private static void kill(String signal, Collection<Long> pids) {
        List<String> words = new ArrayList<>(List.of("kill", signal));
        pids.forEach(pid -> words.add(Long.toString(pid)));
        run(words);
    }

    private static String run(List<String> words) {
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            process.waitFor(5, TimeUnit.SECONDS);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("no command '" + words.get(0) + "' on this machine", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + words, e);
        }
    }
}
