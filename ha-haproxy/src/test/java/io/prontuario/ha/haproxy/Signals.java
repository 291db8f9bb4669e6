package io.prontuario.ha.haproxy;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Signals to processes that a test has started. */
final class Signals {
    private Signals() {}

    static void send(String name, ProcessHandle process) {
        run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** Stops it and waits until it has stopped: a thread may run on for a moment after the signal was sent. */
    static void stop(ProcessHandle process) {
        send("STOP", process);
        await().atMost(HaproxyLab.PATIENCE)
                .until(() -> run("ps", "-o", "state=", "-p", Long.toString(process.pid()))
                        .startsWith("T"));
    }

    static void carryOn(ProcessHandle process) {
        send("CONT", process);
    }

    private static String run(String... words) {
        try {
            Process running = new ProcessBuilder(words).start();
            String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (running.waitFor() != 0) {
                throw new IllegalStateException(List.of(words) + " failed");
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
