package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That the order stops a server is in {@code CleanStopIT}: a process may have inherited that it ignores it, a server does not. */
final class StopSignalTest {
    private Process server;

    @BeforeEach
    void start() throws IOException {
        server = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void end() {
        server.destroyForcibly();
    }

    @Test
    void givesTheOrderOnce() throws Exception {
        try (StopSignal signal = StopSignal.of(server.pid())) {
            assertTrue(signal.waitsFor(server.pid()));
            assertFalse(signal.waitsFor(server.pid() + 1));

            assertTrue(signal.send());

            assertFalse(signal.waitsFor(server.pid()));
        }
    }

    @Test
    void whoClosesItGivesNoOrder() throws Exception {
        StopSignal signal = StopSignal.of(server.pid());
        signal.close();

        assertFalse(server.waitFor(1, TimeUnit.SECONDS));
    }

    @Test
    void saysSoWhenNobodyIsThere() throws Exception {
        server.destroyForcibly();
        assertTrue(server.waitFor(20, TimeUnit.SECONDS));
        try (StopSignal signal = StopSignal.of(server.pid())) {
            assertFalse(signal.send());
        }
    }
}
