package io.prontuario.ha.decide;

import static io.prontuario.ha.model.Decision.Kind.FAIL_OVER;
import static io.prontuario.ha.model.Decision.Kind.HOLD_AND_ALERT;
import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.refuses;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who takes over in ASYNC where somebody can fence, and what the record allows then. */
class FencedPolicyTest {

    @Test
    void theStandbyThatHasReceivedMostTakesOverFromOneThatHangs() {
        Decision decision = decide(views().primary("a", HUNG)
                .standby("b", uncertified(), hasReceived(1))
                .standby("c", uncertified(), hasReceived(2))
                .durability(Durability.ASYNC));
        assertEquals(FAIL_OVER, decision.kind(), decision.reason());
        assertTrue(decision.reason().contains("is lost (ASYNC)"), decision.reason());
    }

    @Test
    void nobodyTakesOverFromOneThatItsAgentIsAboutToStartAgainWithNothingLost() {
        Decision decision =
                decide(views().primary("a", DOWN).standby("b", uncertified()).durability(Durability.ASYNC));
        assertEquals(HOLD_AND_ALERT, decision.kind());
        assertTrue(decision.reason().contains("starts it in place"), decision.reason());
    }

    @Test
    void somebodyTakesOverFromOneThatItsAgentCannotStart() {
        Decision decision = decide(views().primary("a", DOWN, refuses("its server does not start"))
                .standby("b", uncertified())
                .durability(Durability.ASYNC));
        assertEquals(FAIL_OVER, decision.kind(), decision.reason());
    }

    @Test
    void nobodyTakesOverWhilePausedOrFromOneThatLivesOrWithoutAStandbyThatRuns() {
        ViewFixture hung =
                views().primary("a", HUNG).standby("b", uncertified()).durability(Durability.ASYNC);
        assertEquals(HOLD_AND_ALERT, decide(hung.paused()).kind());
        ViewFixture alive =
                views().primary("a", RUNNING).standby("b", uncertified()).durability(Durability.ASYNC);
        assertEquals(Decision.Kind.STAY, decide(alive).kind());
        ViewFixture down =
                views().primary("a", HUNG).standby("b", uncertified(), is(DOWN)).durability(Durability.ASYNC);
        assertEquals(HOLD_AND_ALERT, decide(down).kind());
    }

    @Test
    void isTheStandardPolicyWhereCommitsWait() {
        ViewFixture view = views().primary("a", DOWN).standby("b", inSync());
        assertEquals(StandardPolicy.decide(view.atWitness()), decide(view));
        assertEquals(copy("b"), decide(view).to());
    }

    @Test
    void theRecordTakesAFencedNomineeInAsyncAlone() {
        ClusterState async = Records.state(4).withInSync(Set.of()).withDurability(Durability.ASYNC, 1);
        ClusterState nominated = nominate(async).next().orElseThrow();
        assertEquals(Records.COPY_2, nominated.primary());
        assertEquals(List.of(Records.COPY_1), nominated.heirs());
        assertTrue(nominate(Records.state(4)).refusal().contains("needs no fencer"));
        assertTrue(nominate(async.withPaused(true)).refusal().contains("paused"));
        assertTrue(
                nominate(async.withCondemned(Set.of(Records.COPY_2))).refusal().contains("copied anew"));
        assertTrue(nominate(nominated).refusal().contains("not active"));
    }

    private static Change nominate(ClusterState state) {
        return Protocol.nominateFenced(state, Records.COPY_2, "t9", "dead", Instant.EPOCH);
    }

    private static Decision decide(ViewFixture fixture) {
        return FencedPolicy.decide(fixture.atWitness());
    }
}
