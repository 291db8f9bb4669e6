package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a pause of the record forbids, and what it leaves alone. */
class PauseTest {
    private static final ClusterState PAUSED = next(Protocol.pause(Records.state(4), true));

    @Test
    void aPauseChangesNothingElseAndResumingTakesItBack() {
        assertTrue(PAUSED.paused());
        assertEquals(Records.state(4), PAUSED.withPaused(false));
        assertEquals(Records.state(4), next(Protocol.pause(PAUSED, false)));
    }

    @Test
    void whatIsSoAlreadyIsRefused() {
        assertEquals(
                "the cluster is paused already", Protocol.pause(PAUSED, true).refusal());
        assertEquals(
                "the cluster is not paused",
                Protocol.pause(Records.state(4), false).refusal());
    }

    @Test
    void noFailoverBeginsWhilePaused() {
        assertTrue(
                nominate(PAUSED).refusal().contains("ha resume"),
                () -> nominate(PAUSED).refusal());
        assertTrue(nominate(Records.state(4)).next().isPresent());
    }

    @Test
    void standbysAreCertifiedAndDecertifiedAndWithdrawWhilePaused() {
        ClusterState without = next(Protocol.decertify(PAUSED, COPY_1, COPY_2));
        assertTrue(without.paused());
        assertEquals(PAUSED, next(Protocol.certify(without, COPY_1, COPY_2)));
        assertEquals(without, next(Protocol.withdraw(PAUSED, COPY_2)));
    }

    @Test
    void aNominationUnderWayIsCarriedToItsEndAlthoughPausedInTheMiddle() {
        ClusterState nominated = next(Protocol.pause(next(nominate(Records.state(4))), true));
        ClusterState another = next(Protocol.renominate(nominated, COPY_1, RenominationCause.SILENT, "t2"));
        ClusterState active = next(Protocol.activate(another, COPY_1, another.timeline()));
        ClusterState finished = next(Protocol.finish(active, "t1"));

        assertTrue(finished.paused());
        assertEquals(COPY_1, finished.primary());
        assertTrue(finished.active());
    }

    private static Change nominate(ClusterState state) {
        return Protocol.nominate(state, COPY_2, "t1", TransitionKind.FAILOVER, "dead", Instant.EPOCH);
    }

    private static ClusterState next(Change change) {
        return change.next().orElseThrow(() -> new AssertionError(change.refusal()));
    }
}
