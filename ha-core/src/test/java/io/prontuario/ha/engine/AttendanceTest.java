package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.testing.Records;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether the primary's agent is there to be asked, by its goodbye and the time since. */
class AttendanceTest {
    private static final long SECOND = 1_000_000_000L;

    private final Attendance attendance = new Attendance();

    private boolean attended(boolean leaving, long second) {
        NodeName primary = COPY_1.node();
        NodeStatus status = Records.status(primary, "");
        return attendance.attended(
                Map.of(primary, leaving ? status.goodbye() : status), Records.state(1), second * SECOND);
    }

    @Test
    void anAgentThatWasNeverAwayIsThere() {
        assertTrue(attended(false, 0));
    }

    @Test
    void oneThatIsBackHasAMomentToOpenItsServer() {
        assertFalse(attended(true, 0));
        assertFalse(attended(false, 10));
        assertFalse(attended(false, 12));
        assertTrue(attended(false, 13));
        assertTrue(attended(false, 14));
    }

    @Test
    void oneThatIsAwayForLongIsMissedUntilItIsBack() {
        attended(true, 0);
        attended(true, 60);
        assertEquals(Optional.empty(), attendance.missed(60 * SECOND));
        attended(true, 61);
        assertTrue(attendance.missed(61 * SECOND).orElseThrow().contains("has not come back for 60 s"));
        attended(false, 62);
        assertEquals(Optional.empty(), attendance.missed(62 * SECOND));
    }

    @Test
    void oneThatVanishesAfterItWasBackIsAnotherMatter() {
        attended(true, 0);
        attended(false, 10);
        assertTrue(attendance.attended(Map.of(), Records.state(1), 20 * SECOND));
    }
}
