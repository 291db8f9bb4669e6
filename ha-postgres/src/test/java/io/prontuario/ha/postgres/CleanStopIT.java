package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is said of a stop must be what the control file says. */
class CleanStopIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void theShutdownCheckpointIsWhereTheToolSaysThatItIs() {
        LabServer server = lab.primary("studio-1");
        CleanStop stop = new CleanStop(server.server(), Ticker.system());
        assertEquals(0, stop.position(), "it runs");

        Outcome outcome = stop.run(Duration.ofSeconds(30));

        assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        assertTrue(stop.position() > 0);
        assertEquals(stop.byTool(), stop.position());
        assertEquals(stop.position(), stop.known());
    }

    @Test
    void whatWasGotReadyStopsItToo() throws Exception {
        LabServer server = lab.primary("studio-1");
        try (CleanStop stop = new CleanStop(server.server(), Ticker.system())) {
            assertTrue(stop.prepare(server.connect(), List.of()).holds());
            assertTrue(stop.prepare(server.connect(), List.of()).holds());

            Outcome outcome = stop.run(Duration.ofSeconds(30));

            assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        }
        assertTrue(server.server().pid().isEmpty());
    }

    @Test
    void aServerThatWasKilledHasNone() {
        LabServer server = lab.primary("studio-1");
        CleanStop stop = new CleanStop(server.server(), Ticker.system());

        server.loseHost();

        assertEquals(0, stop.position());
        assertEquals(0, stop.byTool());
        assertEquals(Outcome.Kind.RETRY, stop.run(Duration.ofSeconds(5)).kind());
    }
}
