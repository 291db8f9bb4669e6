package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a pause of the record forbids, and what it leaves alone. */
class PauseTest {
    private static final PauseEnd END = new PauseEnd("p1", Duration.ofMinutes(30), Instant.EPOCH);
    private static final PauseEnd LATER = new PauseEnd("p2", Duration.ofHours(2), Instant.EPOCH);
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
    void aPauseThatEndsByItselfIsReplacedByAnotherAndNeverTakesThePlaceOfAPersons() {
        ClusterState ending = next(Protocol.pauseUntil(Records.state(4), END));
        assertTrue(ending.paused());
        assertEquals(next(Protocol.pauseUntil(Records.state(4), LATER)), next(Protocol.pauseUntil(ending, LATER)));
        assertEquals(PAUSED, next(Protocol.pause(ending, true)));
        assertEquals(Records.state(4), next(Protocol.pause(ending, false)));
        assertTrue(Protocol.pauseUntil(PAUSED, END).refusal().contains("ha resume"));
    }

    @Test
    void onlyThePauseWhoseTimeIsOverIsEnded() {
        ClusterState ending = next(Protocol.pauseUntil(Records.state(4), END));
        assertEquals(Records.state(4), next(Protocol.endPause(ending, END.id())));
        assertTrue(Protocol.endPause(ending, LATER.id()).next().isEmpty());
        assertTrue(Protocol.endPause(PAUSED, END.id()).next().isEmpty());
        assertTrue(Protocol.endPause(Records.state(4), END.id()).next().isEmpty());
    }

    @Test
    void anEndOutlivesATakeover() {
        ClusterState nominated = next(Protocol.pauseUntil(next(nominate(Records.state(4))), END));
        ClusterState active = next(Protocol.activate(nominated, COPY_2, nominated.timeline()));
        assertEquals(END, next(Protocol.finish(active, "t1")).pauseEnd());
    }

    @Test
    void whoeverCoordinatesAllowsTakeoversAgainOnceItHasSeenThePauseForSoLong() {
        Duration half = Duration.ofMinutes(15);
        assertEquals(Move.REST, move(views().primary("a", RUNNING).standby("b", inSync()), half));
        assertEquals(Move.RESUME, move(views().primary("a", RUNNING).standby("b", inSync()), END.after()));
        // It comes before what the pause forbids, and after what it does not.
        assertEquals(Move.HOLD, move(views().primary("a", DOWN).standby("b", inSync()), half));
        assertEquals(Move.RESUME, move(views().primary("a", DOWN).standby("b", inSync()), END.after()));
        assertEquals(Move.AWAIT, move(views().formerPrimary("a", DOWN).nominee("b", RUNNING), END.after()));
    }

    private static Move move(ViewFixture fixture, Duration passed) {
        ClusterView view = fixture.pausedFor(END.after(), passed).atWitness();
        return CoordinatorPolicy.decide(view, StandardPolicy.decide(view)).move();
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
