package io.prontuario.ha.decide;

import static io.prontuario.ha.model.Decision.Kind.FAIL_OVER;
import static io.prontuario.ha.model.Decision.Kind.HOLD_AND_ALERT;
import static io.prontuario.ha.model.Decision.Kind.STAY;
import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.runsAs;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.testing.ViewFixture;
import org.junit.jupiter.api.Test;

/** When a certified standby takes over, and who. */
class StandardPolicyTest {

    @Test
    void staysWithAPrimaryThatIsAlive() {
        assertEquals(
                STAY,
                decide(views().primary("a", RUNNING).standby("b", inSync()).sighted("b", Answer.REACHED, 10))
                        .kind());
    }

    @Test
    void staysAndTellsAPersonWhenThePrimarysAgentHasLostTheStore() {
        Decision decision = decide(views().primary("a", RUNNING, agentGone())
                .standby("b", inSync())
                .sighted("b", Answer.REACHED, 10)
                .primaryAnswers(Answer.REACHED));

        assertEquals(Decision.Kind.HOLD_AND_ALERT, decision.kind());
        assertTrue(decision.reason().contains("has lost its session but answers on /primary"), decision.reason());
    }

    @Test
    void staysAsLongAsNobodyIsSure() {
        assertEquals(
                STAY,
                decide(views().primary("a", RUNNING).standby("b", inSync())).kind());
    }

    @Test
    void leavesANominationAlone() {
        assertEquals(STAY, decide(views().nominee("b", DOWN)).kind());
    }

    @Test
    void failsOverToTheStandbyThatHasReceivedMost() {
        Decision decision = decide(views().primary("a", DOWN)
                .standby("b", inSync(), hasReceived(100))
                .standby("c", inSync(), hasReceived(300))
                .standby("d", inSync(), hasReceived(200)));

        assertEquals(FAIL_OVER, decision.kind());
        assertEquals(copy("c"), decision.to());
    }

    @Test
    void failsOverToTheFirstByNameWhenAllHaveReceivedTheSame() {
        assertEquals(
                copy("b"),
                decide(views().primary("a", DOWN).standby("c", inSync()).standby("b", inSync()))
                        .to());
    }

    @Test
    void failsOverToNobodyWhoIsNotCertifiedHoweverMuchItHasReceived() {
        assertEquals(
                copy("b"),
                decide(views().primary("a", DOWN)
                                .standby("b", inSync())
                                .standby("c", uncertified(), hasReceived(1_000_000)))
                        .to());
    }

    @Test
    void holdsWhenNobodyIsCertified() {
        Decision decision = decide(views().primary("a", DOWN).standby("b", uncertified()));

        assertEquals(HOLD_AND_ALERT, decision.kind());
        assertTrue(decision.reason().contains("Bring a back"), decision.reason());
    }

    @Test
    void holdsWhenNoneOfTheCertifiedCanBePromotedNow() {
        assertEquals(HOLD_AND_ALERT, withStandby(is(DOWN)).kind());
        assertEquals(HOLD_AND_ALERT, withStandby(agentGone()).kind());
        assertEquals(HOLD_AND_ALERT, withStandby(leaving()).kind());
        assertEquals(HOLD_AND_ALERT, withStandby(replaced()).kind());
        assertEquals(HOLD_AND_ALERT, withStandby(runsAs(ServerMode.PRIMARY)).kind());
    }

    @Test
    void holdsWhileTheClusterIsPaused() {
        assertEquals(
                HOLD_AND_ALERT,
                decide(views().primary("a", DOWN).standby("b", inSync()).paused())
                        .kind());
    }

    @Test
    void holdsInAsyncUntilAFencerOrAPersonHasSpoken() {
        assertEquals(
                HOLD_AND_ALERT,
                decide(views().primary("a", DOWN).standby("b", uncertified()).durability(Durability.ASYNC))
                        .kind());
    }

    @Test
    void failsOverInStrictAlthoughWritesWillWaitThere() {
        assertEquals(
                FAIL_OVER,
                decide(views().primary("a", DOWN).standby("b", inSync()).strict(1))
                        .kind());
    }

    private static Decision withStandby(ViewFixture.Trait trait) {
        return decide(views().primary("a", DOWN).standby("b", inSync(), trait));
    }

    private static Decision decide(ViewFixture fixture) {
        return StandardPolicy.decide(fixture.atWitness());
    }
}
