package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a nominee counts as standing still. */
class NomineeProgressTest {
    private final ClusterState nominated = Protocol.nominate(
                    Records.state(4), Records.COPY_2, "t-5", TransitionKind.FAILOVER, "lost", Instant.EPOCH)
            .next()
            .orElseThrow();
    private long now;
    private final NomineeProgress progress = new NomineeProgress(() -> now);

    private long stalledSeconds(ServerCondition condition, ServerMode mode, long replayed, long second) {
        now = second * 1_000_000_000L;
        DataStatus data = new DataStatus(
                Records.COPY_2, "7", condition, mode, 1, 1000, replayed, 0, null, List.of(), "", "", SyncWait.NONE, "");
        return progress.stalledFor(nominated, data).toSeconds();
    }

    private long standby(ServerCondition condition, long second) {
        return stalledSeconds(condition, ServerMode.STANDBY, 500, second);
    }

    @Test
    void standsStillWhileNothingChanges() {
        assertEquals(0, standby(ServerCondition.RUNNING, 1));
        assertEquals(7, standby(ServerCondition.RUNNING, 8));
    }

    @Test
    void replayingIsProgress() {
        assertEquals(0, stalledSeconds(ServerCondition.RUNNING, ServerMode.STANDBY, 500, 1));
        assertEquals(0, stalledSeconds(ServerCondition.RUNNING, ServerMode.STANDBY, 501, 8));
    }

    @Test
    void becomingAPrimaryIsProgress() {
        assertEquals(0, standby(ServerCondition.RUNNING, 1));
        assertEquals(0, stalledSeconds(ServerCondition.RUNNING, ServerMode.PRIMARY, 500, 8));
    }

    /** The case that would have broken it: each end and each start is a change, and none of it leads anywhere. */
    @Test
    void endingAndStartingAgainAndAgainIsNoProgress() {
        standby(ServerCondition.RUNNING, 1);
        standby(ServerCondition.DOWN, 2);
        assertEquals(0, standby(ServerCondition.STARTING, 3));
        for (long second = 4; second < 20; second += 3) {
            standby(ServerCondition.RUNNING, second);
            standby(ServerCondition.DOWN, second + 1);
            assertEquals(second + 2 - 3, standby(ServerCondition.STARTING, second + 2));
        }
    }

    @Test
    void startsAgainWithEachNomination() {
        standby(ServerCondition.RUNNING, 1);
        assertEquals(9, standby(ServerCondition.RUNNING, 10));
        ClusterState next = Protocol.renominate(
                        nominated, nominated.heirs().get(1), RenominationCause.NO_PROGRESS, "t-6")
                .next()
                .orElseThrow();
        assertEquals(0, progress.stalledFor(next, null).toSeconds());
    }

    @Test
    void aNomineeThatPublishesNothingStandsStill() {
        assertEquals(0, progress.stalledFor(nominated, null).toSeconds());
        now = 5_000_000_000L;
        assertEquals(5, progress.stalledFor(nominated, null).toSeconds());
    }
}
