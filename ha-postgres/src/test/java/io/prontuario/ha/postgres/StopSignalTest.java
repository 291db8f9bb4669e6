package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StopSignalTest {
    private static final int BY_SIGINT = 128 + 2;

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

            assertTrue(server.waitFor(20, TimeUnit.SECONDS));
            assertEquals(BY_SIGINT, server.exitValue());
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
