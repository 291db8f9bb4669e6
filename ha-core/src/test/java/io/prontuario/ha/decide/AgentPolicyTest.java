package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.model.ServerCondition.STARTING;
import static io.prontuario.ha.model.ServerCondition.UNKNOWN;
import static io.prontuario.ha.model.ServerMode.NONE;
import static io.prontuario.ha.model.ServerMode.PRIMARY;
import static io.prontuario.ha.model.ServerMode.STANDBY;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.connectedTimes;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.dataGone;
import static io.prontuario.ha.testing.ViewFixture.hasObeyed;
import static io.prontuario.ha.testing.ViewFixture.heir;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.notStreaming;
import static io.prontuario.ha.testing.ViewFixture.ofAnotherCluster;
import static io.prontuario.ha.testing.ViewFixture.onTimeline;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.runsAs;
import static io.prontuario.ha.testing.ViewFixture.says;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.testing.ViewFixture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What an agent does with its own server, case by case. */
class AgentPolicyTest {
    private static final String GATE = "FIRST 1 (\"#gate\")";
    private static final String WAITS_FOR_B = "FIRST 1 (\"b.0001\")";

    @Nested
    class WhatIsNotObeyed {
        @Test
        void changesNothingBeforeTheRecordWasRead() {
            holds(views().primary("a", RUNNING).noRecordRead(), "a");
        }

        @Test
        void changesNothingByTheRecordOfAnotherCluster() {
            alarms(views().primary("a", DOWN).remembers("cluster-0002", 1, "transition-1"), "a");
        }

        @Test
        void changesNothingByARecordThatWasRolledBack() {
            alarms(views().primary("a", DOWN).remembers(ViewFixture.CLUSTER, 2, "transition-2"), "a");
        }

        @Test
        void changesNothingByAnEpochThatBeganOtherwise() {
            alarms(views().primary("a", DOWN).remembers(ViewFixture.CLUSTER, 1, "transition-other"), "a");
        }

        /** Found by the simulator: a former primary that was away during a takeover, and during the roll-back that undid it. */
        @Test
        void changesNothingByARecordBelowWhatALivingNodeHasObeyed() {
            holds(views().primary("a", DOWN).standby("b", hasObeyed(2)), "a");
            holds(
                    views().primary("a", RUNNING)
                            .standby("b", inSync(), hasObeyed(2))
                            .notOpened(),
                    "a");
        }

        @Test
        void doesNotWaitForWhatANodeHadObeyedWhoseSessionIsGone() {
            does(
                    Duty.OPEN,
                    views().primary("a", RUNNING)
                            .standby("b", inSync(), hasObeyed(2), agentGone())
                            .names(GATE)
                            .notOpened(),
                    "a");
        }

        @Test
        void changesNothingOnADirectoryOfAnotherCluster() {
            alarms(views().primary("a", RUNNING).standby("b", ofAnotherCluster()), "b");
        }

        @Test
        void aWitnessHasNoServer() {
            assertEquals(
                    Duty.REST,
                    AgentPolicy.decide(views().primary("a", DOWN).atWitness()).duty());
        }
    }

    @Nested
    class AsPrimary {
        @Test
        void opensBeforeAnythingIsCertified() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", uncertified())
                    .names(GATE)
                    .notOpened();

            AgentDecision decision = does(Duty.OPEN, fixture, "a");
            assertEquals("", decision.names().setting());
        }

        @Test
        void opensWaitingForWhoeverIsCertified() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync())
                    .names(GATE)
                    .notOpened();

            AgentDecision decision = does(Duty.OPEN, fixture, "a");
            assertEquals(WAITS_FOR_B, decision.names().setting());
        }

        @Test
        void certifiesAStandbyThatStreams() {
            AgentDecision decision =
                    does(Duty.CERTIFY, views().primary("a", RUNNING).standby("b", uncertified()), "a");

            assertEquals(copy("b"), decision.subject());
            assertEquals(WAITS_FOR_B, decision.names().setting());
        }

        @Test
        void waitsForTheNewestCandidateFirst() {
            ViewFixture fixture =
                    views().primary("a", RUNNING).standby("b", inSync()).standby("c", uncertified());

            AgentDecision decision = does(Duty.CERTIFY, fixture, "a");
            assertEquals("FIRST 2 (\"c.0001\", \"b.0001\")", decision.names().setting());
        }

        @Test
        void certifiesNobodyWhoseAgentIsGone() {
            does(Duty.REST, views().primary("a", RUNNING).standby("b", uncertified(), agentGone()), "a");
        }

        @Test
        void certifiesNobodyWhoseAgentHasLeft() {
            does(Duty.REST, views().primary("a", RUNNING).standby("b", uncertified(), leaving()), "a");
        }

        @Test
        void certifiesNobodyWhoDoesNotStream() {
            does(Duty.REST, views().primary("a", RUNNING).standby("b", uncertified(), notStreaming()), "a");
        }

        @Test
        void certifiesNobodyWhoHasJustFailed() {
            ViewFixture fixture =
                    views().primary("a", RUNNING).standby("b", uncertified()).certificationPaused("b");

            does(Duty.REST, fixture, "a");
        }

        @Test
        void certifiesNobodyInAsync() {
            ViewFixture fixture =
                    views().primary("a", RUNNING).standby("b", uncertified()).durability(Durability.ASYNC);

            does(Duty.REST, fixture, "a");
        }

        @Test
        void narrowsTheNamesOfAFormerCandidateBeforeItProvesAnother() {
            // Its certificate may be on its way: only a record that was written again tells that it is not.
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", uncertified(), is(DOWN))
                    .standby("c", uncertified())
                    .names(WAITS_FOR_B);

            AgentDecision decision = does(Duty.SET_NAMES, fixture, "a");
            assertEquals("", decision.names().setting());
        }

        @Test
        void decertifiesWhomTheNamesDoNotCover() {
            ViewFixture fixture =
                    views().primary("a", RUNNING).standby("b", inSync()).names("");

            AgentDecision decision = does(Duty.DECERTIFY, fixture, "a");
            assertEquals(copy("b"), decision.subject());
            assertTrue(decision.alarm());
        }

        @Test
        void decertifiesWhomNamesOfSomebodyElsesMakingDoNotCover() {
            does(
                    Duty.DECERTIFY,
                    views().primary("a", RUNNING).standby("b", inSync()).names("ANY 1 (\"b.0001\")"),
                    "a");
        }

        @Test
        void decertifiesAStandbyThatIsGoneWhileACommitWaits() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync(), is(DOWN))
                    .noticed("b", 201, 0);

            AgentDecision decision = does(Duty.DECERTIFY, fixture, "a");
            assertEquals("", decision.names().setting());
        }

        @Test
        void decertifiesAStandbyForWhichACommitHasWaitedTooLong() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync())
                    .standby("c", inSync())
                    .noticed("c", 0, 1001);

            AgentDecision decision = does(Duty.DECERTIFY, fixture, "a");
            assertEquals(copy("c"), decision.subject());
            assertEquals(WAITS_FOR_B, decision.names().setting());
        }

        @Test
        void keepsAStandbyWithinItsGraceAndItsTimeOut() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync(), notStreaming())
                    .standby("c", inSync())
                    .noticed("b", 200, 0)
                    .noticed("c", 0, 1000);

            does(Duty.REST, fixture, "a");
        }

        @Test
        void doesNotBecomeTheLastReplicaStandingWhenNobodyElseReachesIt() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync(), is(DOWN))
                    .noticed("b", 5000, 0)
                    .observedByNobody();

            holds(fixture, "a");
        }

        @Test
        void decertifiesANameThatIsBorneTwice() {
            does(Duty.DECERTIFY, views().primary("a", RUNNING).standby("b", inSync(), connectedTimes(2)), "a");
        }

        @Test
        void leavesADeadServerToTheCertifiedStandbyForAWhile() {
            ViewFixture dead = views().primary("a", DOWN).standby("b", inSync());

            holds(dead.downFor(4999), "a");
            does(Duty.START_PRIMARY, dead.downFor(5000), "a");
        }

        /** As after a power cut: the other machine is still off, and nobody is there to be waited for. */
        @Test
        void restartsADeadServerSoonWhenNoCertifiedStandbyCouldTakeOver() {
            ViewFixture alone = views().primary("a", DOWN).standby("b", inSync(), agentGone());

            holds(alone.downFor(999), "a");
            does(Duty.START_PRIMARY, alone.downFor(1000), "a");
            // What it knows of the others it knows from the store.
            holds(alone.downFor(1000).storeConnectedFor(999), "a");
        }

        @Test
        void restartsADeadServerAtOnceWhileTheClusterIsPaused() {
            does(
                    Duty.START_PRIMARY,
                    views().primary("a", DOWN).standby("b", inSync()).paused(),
                    "a");
        }

        @Test
        void certifiesAndDecertifiesWhileTheClusterIsPaused() {
            does(
                    Duty.CERTIFY,
                    views().primary("a", RUNNING).standby("b", uncertified()).paused(),
                    "a");
            does(
                    Duty.DECERTIFY,
                    views().primary("a", RUNNING)
                            .standby("b", inSync(), is(DOWN))
                            .noticed("b", 5000, 0)
                            .paused(),
                    "a");
        }

        @Test
        void tellsAPersonOfAServerThatHangsAndEndsNothing() {
            // It may be no more than busy, and nothing says that it would be less so after a recovery.
            alarms(views().primary("a", HUNG).downFor(600_000), "a");
            alarms(views().primary("a", HUNG).standby("b", inSync()).downFor(600_000), "a");
        }

        @Test
        void restartsADeadServerAtOnceWhenNobodyElseMayTakeOver() {
            does(Duty.START_PRIMARY, views().primary("a", DOWN).standby("b", uncertified()), "a");
        }

        @Test
        void doesNotTakeADirectoryOutOfRecoveryThatHasFollowedAnotherTimeline() {
            // A person restarted it as a standby of the new primary; the record that this agent knows is the old one.
            alarms(views().primary("a", RUNNING, runsAs(STANDBY), onTimeline(3)), "a");
            alarms(views().primary("a", DOWN, runsAs(STANDBY), onTimeline(3)), "a");
        }

        @Test
        void stopsAServerThatAPersonRestartedAsStandbyOfNobody() {
            does(Duty.STOP, views().primary("a", RUNNING, runsAs(STANDBY)), "a");
        }

        @Test
        void doesNotPretendThatDataIsThereOfWhichOnlyTheIdIsLeft() {
            alarms(views().primary("a", DOWN, runsAs(NONE)), "a");
        }

        @Test
        void tellsAPersonWhenItsDataWasReplaced() {
            alarms(views().primary("a", RUNNING, replaced()), "a");
            alarms(views().primary("a", DOWN, dataGone()), "a");
        }

        @Test
        void tellsAPersonWhichIdIsMissingBesideItsData() {
            AgentDecision decision =
                    alarms(views().primary("a", RUNNING, dataGone(), is(RUNNING), runsAs(PRIMARY)), "a");

            assertTrue(decision.reason().contains("write " + copy("a").id()), decision.reason());
        }

        @Test
        void asksForAPersonWhenTheServerCannotBeAsked() {
            alarms(views().primary("a", UNKNOWN, says("password authentication failed")), "a");
            holds(views().primary("a", UNKNOWN), "a");
        }
    }

    @Nested
    class InStrict {
        @Test
        void certifiesBehindTheGate() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", uncertified())
                    .strict(1)
                    .notOpened();

            AgentDecision decision = does(Duty.CERTIFY, fixture, "a");
            assertEquals("FIRST 1000 (\"#gate\", \"b.0001\")", decision.names().setting());
        }

        @Test
        void theGateGoesOnlyAfterTheCertificateIsWritten() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync())
                    .strict(1)
                    .names("FIRST 1000 (\"#gate\", \"b.0001\")")
                    .notOpened();

            AgentDecision decision = does(Duty.OPEN, fixture, "a");
            assertEquals(WAITS_FOR_B, decision.names().setting());
        }

        @Test
        void staysBehindTheGateUntilEnoughAreCertified() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync())
                    .strict(2)
                    .notOpened();

            AgentDecision decision = holds(fixture, "a");
            assertTrue(decision.reason().contains("1 of 2"), decision.reason());
        }

        @Test
        void shutsTheGateWhenTheLastStandbyIsLost() {
            ViewFixture fixture = views().primary("a", RUNNING)
                    .standby("b", inSync(), is(DOWN))
                    .strict(1)
                    .noticed("b", 1000, 0);

            AgentDecision decision = does(Duty.DECERTIFY, fixture, "a");
            assertEquals(GATE, decision.names().setting());
        }
    }

    @Nested
    class AsNomineeOrHeir {
        @Test
        void aNomineeIsPromotedWhateverItsServerIs() {
            does(Duty.PROMOTE, views().nominee("b", RUNNING), "b");
            does(Duty.PROMOTE, views().nominee("b", DOWN), "b");
            does(Duty.PROMOTE, views().nominee("b", RUNNING, runsAs(PRIMARY)), "b");
            does(Duty.PROMOTE, views().nominee("b", DOWN, runsAs(PRIMARY)), "b");
        }

        @Test
        void aStandbyBeyondTheRecordedTimelineIsNotPromotedToOneThatIsNobodys() {
            alarms(views().nominee("b", RUNNING, onTimeline(3)), "b");
        }

        @Test
        void aNomineeWithoutItsDataChangesNothing() {
            holds(views().nominee("b", DOWN, dataGone()), "b");
            alarms(views().nominee("b", RUNNING, replaced()), "b");
        }

        @Test
        void theFormerPrimaryIsKeptAsItIsUntilTheNomineeIsActive() {
            does(Duty.REST, views().formerPrimary("a", RUNNING).nominee("b", RUNNING), "a");
            does(Duty.REST, views().formerPrimary("a", DOWN).nominee("b", RUNNING), "a");
        }

        @Test
        void aFormerPrimaryThatHangsIsNotEndedUntilTheNomineeIsActive() {
            // It is an heir: when it goes on, it may be needed with everything that it holds.
            does(Duty.REST, views().formerPrimary("a", HUNG).nominee("b", RUNNING), "a");
        }

        @Test
        void anHeirsNamesAreNotTouched() {
            does(
                    Duty.REST,
                    views().formerPrimary("a", RUNNING).nominee("b", RUNNING).names(WAITS_FOR_B),
                    "a");
        }

        /** A person let somebody take over whom nobody certified: nothing else would keep it from acknowledging. */
        @Test
        void aFormerPrimaryThatWaitsForNobodyIsShut() {
            does(
                    Duty.SET_NAMES,
                    views().formerPrimary("a", RUNNING).nominee("b", RUNNING).names(""),
                    "a");
            does(
                    Duty.SET_NAMES,
                    views().primary("b", RUNNING)
                            .formerPrimary("a", RUNNING)
                            .epoch(2, 3)
                            .names(""),
                    "a");
        }

        @Test
        void anHeirThatIsDownRecoversAsItWas() {
            does(Duty.START_AS_IT_WAS, views().nominee("b", RUNNING).standby("c", heir(), is(DOWN)), "c");
        }

        @Test
        void nobodyCopiesFromANomineeThatIsNotActive() {
            holds(views().nominee("b", RUNNING).standby("c", dataGone()), "c");
        }
    }

    @Nested
    class AsStandby {
        @Test
        void theFormerPrimaryRejoinsOnceAnotherIsActive() {
            ViewFixture fixture =
                    views().primary("b", RUNNING).formerPrimary("a", RUNNING).epoch(2, 3);

            does(Duty.REJOIN, fixture, "a");
        }

        @Test
        void aFormerPrimaryThatHangsRejoinsOnceAnotherIsActive() {
            does(
                    Duty.REJOIN,
                    views().primary("b", RUNNING).formerPrimary("a", HUNG).epoch(2, 3),
                    "a");
        }

        @Test
        void rejoiningComesAfterWhatClientsWaitFor() {
            ViewFixture open =
                    views().primary("b", RUNNING).formerPrimary("a", RUNNING).epoch(2, 3);

            holds(open.activeFor(2999), "a");
            does(Duty.REJOIN, open.activeFor(3000), "a");
        }

        @Test
        void takesItsCopyOutOfTheRecordBeforeItsDataIsTouched() {
            AgentDecision decision = does(
                    Duty.WITHDRAW,
                    views().primary("a", RUNNING).standby("b", inSync()).rejoinNeeded(),
                    "b");

            assertEquals(copy("b"), decision.subject());
        }

        @Test
        void takesTheCopyOfDataThatIsGoneOutOfTheRecordBeforeANewOneIsMade() {
            AgentDecision decision =
                    does(Duty.WITHDRAW, views().primary("a", RUNNING).standby("b", inSync(), dataGone()), "b");

            assertEquals(copy("b"), decision.subject());
        }

        @Test
        void aCertifiedStandbyThatIsDownStartsAlthoughThePrimaryMayBeLost() {
            does(Duty.START_AS_IT_WAS, views().primary("a", DOWN).standby("b", inSync(), is(DOWN)), "b");
        }

        @Test
        void anUncertifiedStandbyThatIsDownIsComparedWithThePrimaryFirst() {
            does(Duty.START_STANDBY, views().primary("a", RUNNING).standby("b", uncertified(), is(DOWN)), "b");
        }

        @Test
        void aDirectoryThatWouldStartAsPrimaryNeverDoes() {
            does(Duty.REJOIN, views().primary("a", RUNNING).standby("b", is(DOWN), runsAs(PRIMARY)), "b");
        }

        @Test
        void asksWhetherItsLogStillFitsWhenItHasNoStreamForLong() {
            ViewFixture silent = views().primary("a", RUNNING).standby("b", uncertified(), notStreaming());

            does(Duty.REST, silent.notStreamingFor(2000), "b");
            does(Duty.REJOIN, silent.notStreamingFor(2001), "b");
        }

        /** While it tried to rejoin nobody could nominate it, and every try wrote the record over which somebody was being fenced. */
        @Test
        void inAsyncItWaitsForATakeoverOnceThePrimaryCountsAsDead() {
            ViewFixture cutOff = views().primary("a", RUNNING)
                    .standby("b", uncertified(), notStreaming())
                    .notStreamingFor(600_000)
                    .sighted("b", Answer.UNREACHED, 1_500);

            does(Duty.REJOIN, cutOff, "b");
            does(Duty.REST, cutOff.durability(Durability.ASYNC), "b");
            does(Duty.REJOIN, cutOff.sighted("b", Answer.REACHED, 10), "b");
        }

        @Test
        void aCertifiedStandbyKeepsItsDataHoweverLongItHasNoStreamFromALostPrimary() {
            does(
                    Duty.REST,
                    views().primary("a", DOWN)
                            .standby("b", inSync(), notStreaming())
                            .notStreamingFor(600_000),
                    "b");
        }

        @Test
        void restsBehindTheGate() {
            ViewFixture fixture =
                    views().primary("a", RUNNING).standby("b", inSync()).names("FIRST 1 (\"a.0001\")");

            AgentDecision decision = does(Duty.SET_NAMES, fixture, "b");
            assertEquals(GATE, decision.names().setting());
        }

        @Test
        void doesNothingToAStandbyThatHangsOrStarts() {
            alarms(views().primary("a", RUNNING).standby("b", inSync(), is(HUNG)), "b");
            holds(views().primary("a", RUNNING).standby("b", inSync(), is(STARTING)), "b");
        }
    }

    private static AgentDecision does(Duty expected, ViewFixture fixture, String node) {
        AgentDecision decision = AgentPolicy.decide(fixture.at(node));
        assertEquals(expected, decision.duty(), decision.reason());
        return decision;
    }

    private static AgentDecision holds(ViewFixture fixture, String node) {
        AgentDecision decision = does(Duty.HOLD, fixture, node);
        assertFalse(decision.alarm(), decision.reason());
        return decision;
    }

    private static AgentDecision alarms(ViewFixture fixture, String node) {
        AgentDecision decision = does(Duty.HOLD, fixture, node);
        assertTrue(decision.alarm(), decision.reason());
        return decision;
    }
}
