package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lines are as Linux 5.10 wrote them, shortened. */
class ProcessStatTest {
    @Test
    void readsAServerThatWaits() {
        ProcessStat stat = ProcessStat.parse("22736 (postgres) S 1 22736 22736 0 -1 4194304 2831 0 0 0")
                .orElseThrow();

        assertEquals("postgres", stat.command());
        assertFalse(stat.exiting());
        assertFalse(stat.unreaped());
    }

    @Test
    void tellsOneThatIsAtItsEnd() {
        assertTrue(ProcessStat.parse("22736 (postgres) D 1 22736 22736 0 -1 4195332 2831 0 0 0")
                .orElseThrow()
                .exiting());
    }

    @Test
    void tellsOneThatNobodyHasReaped() {
        assertTrue(ProcessStat.parse("22736 (postgres) Z 1 22736 22736 0 -1 4228108 2831 0 0 0")
                .orElseThrow()
                .unreaped());
    }

    @Test
    void isNotLedAstrayByAName() {
        assertEquals(
                "a) Z (b",
                ProcessStat.parse("7 (a) Z (b) R 1 7 7 0 -1 4194304 1 0 0 0")
                        .orElseThrow()
                        .command());
    }

    @Test
    void knowsNothingOfATextThatIsNone() {
        assertEquals(Optional.empty(), ProcessStat.parse(""));
        assertEquals(Optional.empty(), ProcessStat.parse("7 (postgres) R 1"));
    }
}
