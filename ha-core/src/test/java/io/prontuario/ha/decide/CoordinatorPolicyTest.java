package io.prontuario.ha.decide;

import static io.prontuario.ha.decide.CoordinatorDecision.Move.AWAIT;
import static io.prontuario.ha.decide.CoordinatorDecision.Move.CARRY_ON;
import static io.prontuario.ha.decide.CoordinatorDecision.Move.HOLD;
import static io.prontuario.ha.decide.CoordinatorDecision.Move.NOMINATE;
import static io.prontuario.ha.decide.CoordinatorDecision.Move.RENOMINATE;
import static io.prontuario.ha.decide.CoordinatorDecision.Move.REST;
import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.dataGone;
import static io.prontuario.ha.testing.ViewFixture.hasObeyed;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.heir;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.refuses;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a coordinator does about the primary, and about a nominee that does not become one. */
class CoordinatorPolicyTest {

    @Nested
    class BeforeANomination {
        @Test
        void nominatesTheStandbyThatIsCertifiedWhenThePrimaryIsDead() {
            CoordinatorDecision decision = decide(views().primary("a", DOWN).standby("b", inSync()));

            assertEquals(NOMINATE, decision.move());
            assertEquals(copy("b"), decision.subject());
        }

        /** A host's own policy may have forgotten to ask. */
        @Test
        void nominatesNobodyWhileTheClusterIsPausedWhateverThePolicySays() {
            ClusterView paused =
                    views().primary("a", DOWN).standby("b", inSync()).paused().atWitness();

            assertEquals(
                    HOLD,
                    CoordinatorPolicy.decide(paused, Decision.failOver(copy("b"), "because"))
                            .move());
        }

        @Test
        void doesNothingWithoutTheTerm() {
            assertEquals(
                    REST,
                    decide(views().primary("a", DOWN).standby("b", inSync()).notLeading())
                            .move());
        }

        @Test
        void nominatesNobodyByARecordThatWasRolledBack() {
            assertEquals(
                    HOLD,
                    decide(views().primary("a", DOWN)
                                    .standby("b", inSync())
                                    .remembers(ViewFixture.CLUSTER, 2, "transition-2"))
                            .move());
        }

        @Test
        void nominatesNobodyByARecordBelowWhatALivingNodeHasObeyed() {
            assertEquals(
                    REST,
                    decide(views().primary("a", DOWN).standby("b", inSync(), hasObeyed(2)))
                            .move());
        }

        @Test
        void finishesTheLastTransitionWhenAllIsWell() {
            assertEquals(
                    CARRY_ON,
                    decide(views().primary("b", RUNNING)
                                    .formerPrimary("a", DOWN)
                                    .epoch(2, 3)
                                    .sighted("w", Answer.REACHED, 10))
                            .move());
        }

        @Test
        void aDeadPrimaryIsMoreUrgentThanTheRestOfTheLastTransition() {
            CoordinatorDecision decision = decide(views().primary("b", DOWN)
                    .formerPrimary("a", RUNNING)
                    .standby("c", inSync())
                    .epoch(2, 3));

            assertEquals(NOMINATE, decision.move());
            assertEquals(copy("c"), decision.subject());
        }

        @Test
        void doesWhatAnotherPolicySaysInsteadOfTheStandardOne() {
            ClusterView view = views().primary("a", DOWN).standby("b", inSync()).atWitness();

            assertEquals(
                    HOLD,
                    CoordinatorPolicy.decide(view, Decision.hold("cool-down")).move());
            assertEquals(
                    HOLD,
                    CoordinatorPolicy.decide(view, new Decision(Decision.Kind.NEEDS_APPROVAL, copy("b"), "asked"))
                            .move());
            assertEquals(
                    REST, CoordinatorPolicy.decide(view, Decision.stay("well")).move());
        }
    }

    @Nested
    class AfterANomination {
        @Test
        void waitsForANomineeThatIsAtWork() {
            assertEquals(AWAIT, decide(lost().nominee("b", RUNNING)).move());
        }

        @Test
        void triesTheNextHeirAtOnceWhenTheNomineeRefuses() {
            CoordinatorDecision decision = decide(lost().nominee("b", RUNNING, refuses("max_connections is too low"))
                    .standby("c", heir()));

            assertEquals(RENOMINATE, decision.move());
            assertEquals(copy("c"), decision.subject());
            assertEquals(RenominationCause.REFUSED, decision.cause());
        }

        @Test
        void triesTheNextHeirAtOnceWhenTheDataOfTheNomineeIsGone() {
            assertEquals(
                    RenominationCause.REFUSED,
                    decide(lost().nominee("b", DOWN, dataGone()).standby("c", heir()))
                            .cause());
            assertEquals(
                    RenominationCause.REFUSED,
                    decide(lost().nominee("b", RUNNING, replaced()).standby("c", heir()))
                            .cause());
        }

        @Test
        void triesTheNextHeirAtOnceWhenTheAgentOfTheNomineeHasLeft() {
            assertEquals(
                    RenominationCause.REFUSED,
                    decide(lost().nominee("b", RUNNING, leaving()).standby("c", heir()))
                            .cause());
        }

        @Test
        void triesTheNextHeirWhenTheNomineesHostIsSilent() {
            CoordinatorDecision decision = decide(lost().nominee("b", RUNNING, agentGone())
                    .standby("c", heir())
                    .sighted("w", Answer.UNREACHED, 1000));

            assertEquals(RENOMINATE, decision.move());
            assertEquals(RenominationCause.SILENT, decision.cause());
        }

        @Test
        void oneSightingOfTheNomineeIsEnoughToWait() {
            assertEquals(
                    AWAIT,
                    decide(lost().nominee("b", RUNNING, agentGone())
                                    .standby("c", heir())
                                    .sighted("w", Answer.UNREACHED, 1000)
                                    .sighted("c", Answer.REACHED, 900))
                            .move());
            assertEquals(
                    AWAIT,
                    decide(lost().nominee("b", RUNNING, agentGone())
                                    .standby("c", heir())
                                    .sighted("w", Answer.UNREACHED, 999))
                            .move());
        }

        @Test
        void aNomineeThatNobodyCouldLookForIsNotSilent() {
            assertEquals(
                    AWAIT,
                    decide(lost().nominee("b", RUNNING, agentGone())
                                    .standby("c", heir())
                                    .sighted("w", Answer.UNKNOWN, 60_000))
                            .move());
        }

        /** 10 s for the first, doubled for each that was tried. */
        @ParameterizedTest
        @CsvSource({"1, 10", "2, 20", "3, 40", "4, 80"})
        void givesEachFurtherNomineeTwiceTheTime(int tried, int seconds) {
            String[] nominees = {"b", "c", "b", "c"};
            String[] sofar = java.util.Arrays.copyOf(nominees, tried);
            String present = sofar[tried - 1];
            String other = present.equals("b") ? "c" : "b";
            ViewFixture stalled =
                    lost().nominee(present, RUNNING).standby(other, heir()).tried(sofar);

            Duration bound = Duration.ofSeconds(seconds);
            assertEquals(
                    AWAIT,
                    decide(stalled.nomineeStalledFor(bound.minusMillis(1))).move());
            assertEquals(
                    RenominationCause.NO_PROGRESS,
                    decide(stalled.nomineeStalledFor(bound)).cause());
        }

        @Test
        void triesFormerStandbysByWhatTheyHaveReceived() {
            assertEquals(
                    copy("d"),
                    decide(lost().nominee("b", RUNNING, refuses("no"))
                                    .standby("c", heir(), hasReceived(100))
                                    .standby("d", heir(), hasReceived(200)))
                            .subject());
        }

        @Test
        void triesTheFormerPrimaryLast() {
            ViewFixture all = views().formerPrimary("a", RUNNING, hasReceived(900))
                    .nominee("b", RUNNING, refuses("no"))
                    .standby("c", heir(), hasReceived(100));

            assertEquals(copy("c"), decide(all).subject());
            assertEquals(
                    copy("a"),
                    decide(views().formerPrimary("a", RUNNING)
                                    .standby("b", heir())
                                    .nominee("c", RUNNING, refuses("no"))
                                    .tried("b", "c"))
                            .subject());
        }

        @Test
        void triesNobodyTwiceBeforeAllWhoAreAliveWereTried() {
            assertEquals(
                    copy("b"),
                    decide(views().formerPrimary("a", RUNNING, refuses("no"))
                                    .standby("b", heir())
                                    .standby("c", heir())
                                    .nominee("a", RUNNING, refuses("no"))
                                    .tried("b", "c", "a"))
                            .subject());
        }

        @Test
        void aDeadHeirThatWasNeverTriedDoesNotKeepTheLivingOnesFromTheirSecondTry() {
            assertEquals(
                    copy("b"),
                    decide(lost().standby("b", heir())
                                    .nominee("c", RUNNING, refuses("no"))
                                    .tried("b", "c"))
                            .subject());
        }

        @Test
        void passesOverHeirsWithoutTheirDataAndThoseThatAreAboutToClose() {
            assertEquals(
                    copy("e"),
                    decide(lost().nominee("b", RUNNING, refuses("no"))
                                    .standby("c", heir(), dataGone())
                                    .standby("d", heir(), leaving())
                                    .standby("e", heir()))
                            .subject());
        }

        @Test
        void anHeirWhoseServerIsDownMayBeTried() {
            // Its agent starts it: a crash recovery of the same copy.
            assertEquals(
                    copy("c"),
                    decide(lost().nominee("b", RUNNING, refuses("no")).standby("c", heir(), is(DOWN)))
                            .subject());
        }

        @Test
        void holdsAndAlertsWhenNoOtherHeirIsAlive() {
            assertEquals(
                    HOLD, decide(lost().nominee("b", RUNNING, refuses("no"))).move());
        }

        @Test
        void goesOnAlthoughTheClusterIsPaused() {
            // A pause forbids to begin; there is no way back from a nomination.
            assertEquals(
                    RENOMINATE,
                    decide(lost().nominee("b", RUNNING, refuses("no"))
                                    .standby("c", heir())
                                    .paused())
                            .move());
        }
    }

    /** The usual beginning: a was the primary, and its host is lost with its agent. */
    private static ViewFixture lost() {
        return views().formerPrimary("a", DOWN, agentGone());
    }

    private static CoordinatorDecision decide(ViewFixture fixture) {
        ClusterView view = fixture.atWitness();
        return CoordinatorPolicy.decide(view, StandardPolicy.decide(view));
    }
}
