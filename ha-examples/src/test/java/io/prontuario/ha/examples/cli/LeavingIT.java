package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** {@code leaving: switch-over} on a real pair: what becomes of the primary when its agent is ended in order. */
final class LeavingIT {
    @Test
    void anotherBecomesPrimaryFirstAndWhereNobodyCanTheServerGoesOn() throws Exception {
        try (RealPair pair = RealPair.start("leaving", "leaving: switch-over")) {
            pair.stopAgent("studio-1");

            String said = pair.said("studio-1");
            assertTrue(said.contains("closing: switching over to studio-2 first"), said);
            assertTrue(said.contains("is the primary of epoch 2"), said);
            pair.awaitStatus("primary studio-2.");
            assertTrue(pair.server("studio-1").postmaster().isPresent(), "its server goes on, as a standby");

            // Nobody is there to be switched to any more.
            long server = pair.server("studio-2").postmaster().orElseThrow().pid();
            pair.stopAgent("studio-2");

            String alone = pair.said("studio-2");
            assertTrue(alone.contains("closing without a switchover: "), alone);
            assertTrue(alone.contains("goes on without its agent"), alone);
            assertEquals(
                    server, pair.server("studio-2").postmaster().orElseThrow().pid());
            assertTrue(pair.status().contains("epoch 2,"), pair::status);

            pair.startAgent("studio-1");
            pair.startAgent("studio-2");
            pair.awaitStatus("takeover: possible, to [studio-1.");
        }
    }
}
