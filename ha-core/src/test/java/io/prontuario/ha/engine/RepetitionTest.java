package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.AgentDecision;
import io.prontuario.ha.decide.Duty;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a duty that has changed nothing is done again. */
final class RepetitionTest {
    private static final ClusterState STATE = Records.state(4);
    private static final int ATTEMPTS = 12;

    private long now;
    private final Repetition repetition = new Repetition(() -> now);

    private static DataStatus server(ServerCondition condition, long received, String names) {
        return new DataStatus(
                Records.COPY_1,
                "7",
                condition,
                ServerMode.PRIMARY,
                1,
                received,
                received,
                0,
                null,
                List.of(),
                names,
                names,
                SyncWait.NONE,
                "");
    }

    private static final DataStatus DOWN = server(ServerCondition.DOWN, 1000, "a");

    private static AgentDecision duty(Duty duty) {
        return new AgentDecision(duty, null, ServerNames.gate(), "", false);
    }

    /** Does it as soon as it may, {@link #ATTEMPTS} times; answers the longest pause before one of them. */
    private Duration longestPause(Duty duty) {
        long longest = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long asked = now;
            while (repetition.waits(duty(duty), STATE, DOWN)) {
                now += Duration.ofMillis(1).toNanos();
            }
            longest = Math.max(longest, now - asked);
            repetition.begins(duty(duty), STATE, DOWN);
        }
        return Duration.ofNanos(longest);
    }

    @Test
    void whatIsDoneForTheFirstTimeDoesNotWait() {
        assertFalse(repetition.waits(duty(Duty.REJOIN), STATE, DOWN));
    }

    @Test
    void whatChangedNothingWaitsLongerEachTimeAndNeverLongerThanItsBound() {
        assertEquals(Repetition.LONGEST, longestPause(Duty.REJOIN));
    }

    @ParameterizedTest
    @EnumSource(names = {"PROMOTE", "OPEN", "SET_NAMES", "DECERTIFY"})
    void whatClientsWaitForIsTriedAgainSoonEachTime(Duty duty) {
        assertEquals(Repetition.FIRST, longestPause(duty));
    }

    @Test
    void whatWaitsByItselfIsNotHeldUp() {
        assertEquals(Duration.ZERO, longestPause(Duty.ATTEND));
    }

    @Test
    void anotherServerConditionOtherNamesAnotherRecordOrAnotherDutyEndThePause() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            repetition.begins(duty(Duty.REJOIN), STATE, DOWN);
            assertTrue(repetition.waits(duty(Duty.REJOIN), STATE, DOWN));
        }

        assertFalse(repetition.waits(duty(Duty.REJOIN), STATE, server(ServerCondition.HUNG, 1000, "a")));
        repetition.begins(duty(Duty.REJOIN), STATE, DOWN);
        assertFalse(repetition.waits(duty(Duty.REJOIN), STATE, server(ServerCondition.DOWN, 1000, "b")));
        repetition.begins(duty(Duty.REJOIN), STATE, DOWN);
        assertFalse(repetition.waits(duty(Duty.REJOIN), STATE.withInSync(Set.of()), DOWN));
        repetition.begins(duty(Duty.REJOIN), STATE, DOWN);
        assertFalse(repetition.waits(duty(Duty.REST), STATE, DOWN));
        assertFalse(repetition.waits(duty(Duty.REJOIN), STATE, DOWN));
    }

    @Test
    void aPositionThatMovesOnEndsNoPause() {
        repetition.begins(duty(Duty.REJOIN), STATE, DOWN);
        assertTrue(repetition.waits(duty(Duty.REJOIN), STATE, server(ServerCondition.DOWN, 2000, "a")));
    }
}
