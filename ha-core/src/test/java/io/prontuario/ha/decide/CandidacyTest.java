package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.runsAs;
import static io.prontuario.ha.testing.ViewFixture.standsBack;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.testing.ViewFixture;
import org.junit.jupiter.api.Test;

/** Who stands for election: whoever is told soonest of a nomination, and the primary's node only when there is nobody else. */
class CandidacyTest {

    @Test
    void aCertifiedStandbysNodeStandsAndTheOthersLeaveItToIt() {
        ViewFixture pair = views().primary("a", RUNNING).standby("b", inSync());

        assertTrue(Candidacy.stands(pair.at("b")));
        assertFalse(Candidacy.stands(pair.at("a")));
        assertFalse(Candidacy.stands(pair.atWitness()));
    }

    /** The case that would have broken it: a certified standby whose disk hangs keeps its session, and nobody would lead. */
    @Test
    void whoCannotCoordinateIsNobodyToLeaveItTo() {
        ViewFixture pair = views().primary("a", RUNNING).standby("b", inSync(), standsBack());

        assertTrue(Candidacy.stands(pair.atWitness()));
    }

    @Test
    void severalCertifiedStandbysAllStand() {
        ViewFixture three = views().primary("a", RUNNING).standby("b", inSync()).standby("c", inSync());

        assertTrue(Candidacy.stands(three.at("b")));
        assertTrue(Candidacy.stands(three.at("c")));
    }

    @Test
    void anybodyButThePrimaryStandsWhileNobodyIsCertified() {
        ViewFixture pair = views().primary("a", RUNNING).standby("b", uncertified());

        assertTrue(Candidacy.stands(pair.at("b")));
        assertTrue(Candidacy.stands(pair.atWitness()));
        assertFalse(Candidacy.stands(pair.at("a")));
    }

    @Test
    void whoIsCertifiedAndCouldNotTakeOverIsNobodyToLeaveItTo() {
        assertTrue(Candidacy.stands(views().primary("a", RUNNING)
                .standby("b", inSync(), agentGone())
                .atWitness()));
        assertTrue(Candidacy.stands(
                views().primary("a", RUNNING).standby("b", inSync(), leaving()).atWitness()));
        assertTrue(Candidacy.stands(
                views().primary("a", RUNNING).standby("b", inSync(), is(DOWN)).atWitness()));
        assertTrue(Candidacy.stands(
                views().primary("a", RUNNING).standby("b", inSync(), replaced()).atWitness()));
    }

    @Test
    void thePrimarysNodeStandsWhenItIsAlone() {
        assertTrue(Candidacy.stands(views().primary("a", RUNNING)
                .standby("b", inSync(), agentGone())
                .at("a")));
    }

    @Test
    void aNomineesNodeGoesOnAndNobodyComesBetweenUntilItIsMissed() {
        assertTrue(Candidacy.stands(views().nominee("b", RUNNING).at("b")));
        assertFalse(Candidacy.stands(views().nominee("b", RUNNING).atWitness()));
        assertTrue(Candidacy.stands(views().nominee("b", RUNNING, agentGone()).atWitness()));
    }

    /** The case that would have broken it: a proxy that is away keeps the journal open, and the primary's host would be the coordinator's. */
    @Test
    void aNewPrimarysNodeLeavesTheRestToOthersWhenItTakesLong() {
        ViewFixture taken = views().primary("b", RUNNING).formerPrimary("a", RUNNING, runsAs(ServerMode.STANDBY));

        assertTrue(Candidacy.stands(taken.activeFor(3_000).at("b")));
        assertFalse(Candidacy.stands(taken.activeFor(3_000).atWitness()));
        assertFalse(Candidacy.mayLeave(taken.activeFor(3_000).at("b")));
        assertFalse(Candidacy.stands(taken.activeFor(10_000).at("b")));
        assertTrue(Candidacy.stands(taken.activeFor(10_000).atWitness()));
        assertTrue(Candidacy.mayLeave(taken.activeFor(10_000).at("b")));
    }

    @Test
    void nobodyLeavesInTheFirstMomentsOfAnEpochOrWhileAnybodyIsNominated() {
        assertFalse(Candidacy.mayLeave(views().primary("a", RUNNING)
                .standby("b", inSync())
                .activeFor(999)
                .atWitness()));
        assertTrue(Candidacy.mayLeave(views().primary("a", RUNNING)
                .standby("b", inSync())
                .activeFor(1_000)
                .atWitness()));
        assertFalse(Candidacy.mayLeave(views().nominee("b", RUNNING).atWitness()));
    }

    @Test
    void anybodyStandsBeforeThereIsARecord() {
        assertTrue(Candidacy.stands(views().primary("a", RUNNING).noRecordRead().at("a")));
    }
}
