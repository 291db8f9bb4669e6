package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.model.ServerCondition.STARTING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.notStreaming;
import static io.prontuario.ha.testing.ViewFixture.pools;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.stoppedCleanlyAt;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static io.prontuario.ha.testing.ViewFixture.wantsHold;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.ViewFixture;
import io.prontuario.ha.testing.ViewFixture.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A planned switchover up to its nomination: what is asked for, who does what, and what undoes it. */
class SwitchoverPolicyTest {
    private static final long SHUTDOWN = 5000;
    /** Its transition, as the fixture calls it. */
    private static final String SWITCHOVER = "transition-2";

    private static final String OLD_NAMES = "FIRST 1 (\"b.0001\")";

    @Nested
    class InTheRecord {
        private final ClusterState well =
                views().primary("a", RUNNING).standby("b", inSync()).state();

        @Test
        void askingChangesNothingButTheJournal() {
            ClusterState asked = asked(well);

            assertEquals(well, asked.withoutTransition());
            Journal journal = asked.preparing().orElseThrow();
            assertEquals(copy("b"), journal.target());
            assertEquals(copy("a"), journal.from());
        }

        @Test
        void onlyACertifiedStandbyCanBeAskedFor() {
            assertRefused(Protocol.askSwitchover(well, copy("c"), "t", "", Instant.EPOCH), "not certified");
            assertRefused(Protocol.askSwitchover(well, copy("a"), "t", "", Instant.EPOCH), "not certified");
        }

        @Test
        void oneTransitionAtATime() {
            assertRefused(Protocol.askSwitchover(asked(well), copy("b"), "u", "", Instant.EPOCH), "not finished");
        }

        @Test
        void nobodyIsCertifiedInAsync() {
            ClusterState async =
                    views().primary("a", RUNNING).durability(Durability.ASYNC).state();
            assertRefused(Protocol.askSwitchover(async, copy("b"), "t", "", Instant.EPOCH), "ASYNC");
        }

        @Test
        void completingNominatesTheTargetInTheSameTransition() {
            ClusterState nominated =
                    Protocol.completeSwitchover(asked(well), "t").next().orElseThrow();

            assertEquals(copy("b"), nominated.primary());
            assertEquals("t", nominated.transitionId());
            Journal journal = Objects.requireNonNull(nominated.transition());
            assertEquals(TransitionKind.SWITCHOVER, journal.kind());
            assertEquals(List.of(copy("b")), journal.tried());
            assertTrue(nominated.heirs().contains(copy("a")));
        }

        @Test
        void whatIsUndoneCanNotBeCompletedAnyMore() {
            ClusterState undone =
                    Protocol.undoSwitchover(asked(well), "t", "why").next().orElseThrow();

            assertRefused(Protocol.completeSwitchover(undone, "t"), "not under way");
            assertRefused(Protocol.undoSwitchover(undone, "t", "again"), "already");
            assertEquals(well, Protocol.finish(undone, "t").next().orElseThrow());
        }

        @Test
        void whatIsNominatedCanNotBeUndoneAnyMore() {
            ClusterState nominated =
                    Protocol.completeSwitchover(asked(well), "t").next().orElseThrow();

            assertRefused(Protocol.undoSwitchover(nominated, "t", "too late"), "not under way");
        }

        @Test
        void whatIsAskedForIsNotFinishedBeforeItWasDoneOrUndone() {
            assertRefused(Protocol.finish(asked(well), "t"), "not nominated yet");
        }

        @Test
        void aTargetThatLostItsCertificateIsNotNominated() {
            ClusterState lost = asked(well).withInSync(Set.of());
            assertRefused(Protocol.completeSwitchover(lost, "t"), "not certified");
        }

        private static ClusterState asked(ClusterState state) {
            return Protocol.askSwitchover(state, copy("b"), "t", "maintenance", Instant.EPOCH)
                    .next()
                    .orElseThrow();
        }

        private static void assertRefused(Change change, String why) {
            assertTrue(change.next().isEmpty());
            assertTrue(change.refusal().contains(why), change.refusal());
        }
    }

    @Nested
    class TheHold {
        @Test
        void beginsWhenThePrimarysServerIsReadyToBeStoppedAndNotBefore() {
            assertEquals(
                    Optional.empty(),
                    SwitchoverPolicy.holding(switching(RUNNING).at("b")));
            assertEquals(
                    Optional.of(SWITCHOVER),
                    SwitchoverPolicy.holding(
                            switching(RUNNING, wantsHold(SWITCHOVER)).at("b")));
        }

        @Test
        void forAFormerSwitchoverIsNone() {
            assertEquals(
                    Optional.empty(),
                    SwitchoverPolicy.holding(
                            switching(RUNNING, wantsHold("a former one")).at("b")));
        }

        @Test
        void lastsUntilTheTargetIsActive() {
            ClusterState asked = switching(RUNNING).state();
            ClusterState nominated =
                    Protocol.completeSwitchover(asked, SWITCHOVER).next().orElseThrow();
            ClusterState active = Protocol.activate(nominated, copy("b"), nominated.timeline())
                    .next()
                    .orElseThrow();

            assertEquals(Optional.of(SWITCHOVER), SwitchoverPolicy.holding(seeing(nominated)));
            assertEquals(Optional.empty(), SwitchoverPolicy.holding(seeing(active)));
        }

        @Test
        void endsWhenItIsUndone() {
            ClusterState undone = Protocol.undoSwitchover(switching(RUNNING).state(), SWITCHOVER, "why")
                    .next()
                    .orElseThrow();

            assertEquals(Optional.empty(), SwitchoverPolicy.holding(seeing(undone)));
        }

        @Test
        void isNoneInAFailover() {
            ClusterState well =
                    views().primary("a", RUNNING).standby("b", inSync()).state();
            ClusterState nominated = Protocol.nominate(
                            well, copy("b"), "t", TransitionKind.FAILOVER, "dead", Instant.EPOCH)
                    .next()
                    .orElseThrow();

            assertEquals(Optional.empty(), SwitchoverPolicy.holding(seeing(nominated)));
        }

        /** The record has changed, and what the former primary's agent published last has not yet. */
        private static ClusterView seeing(ClusterState state) {
            return switching(RUNNING, wantsHold(SWITCHOVER)).seeing(state).at("b");
        }
    }

    @Nested
    class TheAgentOfThePrimary {
        @Test
        void getsItsServerReadyAndStopsItWhenAllIsWell() {
            assertEquals(Duty.PREPARE_STOP, duty(switching(RUNNING)));
            assertEquals(Duty.STOP_CLEANLY, duty(switching(RUNNING).holdWantedFor(0)));
        }

        @Test
        void waitsUntilEveryNodesPoolsSayThatTheyAreDrained() {
            assertEquals(Duty.HOLD, duty(draining("").holdWantedFor(0)));
            assertEquals(Duty.HOLD, duty(draining("another").holdWantedFor(4900)));
            assertEquals(Duty.STOP_CLEANLY, duty(draining(SWITCHOVER).holdWantedFor(4900)));
        }

        @Test
        void undoesItWhenADrainDoesNotEndInItsBoundAndNamesWhatItWaitsFor() {
            AgentDecision decision =
                    AgentPolicy.decide(draining("").holdWantedFor(5000).at("a"));

            assertEquals(Duty.UNDO, decision.duty());
            assertTrue(decision.reason().contains("c waits for the report of thread 7"), decision.reason());
        }

        @Test
        void doesNotWaitForANodeThatIsGoneOrLeaves() {
            assertEquals(Duty.STOP_CLEANLY, duty(draining("", agentGone()).holdWantedFor(0)));
            assertEquals(Duty.STOP_CLEANLY, duty(draining("", leaving()).holdWantedFor(0)));
        }

        private static ViewFixture draining(String drained, Trait... traits) {
            List<Trait> all = new ArrayList<>(List.of(traits));
            all.add(uncertified());
            all.add(pools(drained, "waits for the report of thread 7"));
            return switching(RUNNING).standby("c", all.toArray(Trait[]::new));
        }

        @Test
        void bringsItsServerInOrderFirst() {
            assertEquals(Duty.OPEN, duty(switching(RUNNING).notOpened()));
            assertEquals(Duty.DECERTIFY, duty(switching(RUNNING).names("")));
            assertEquals(Duty.DECERTIFY, duty(switching(RUNNING).noticed("b", 0, 5000)));
        }

        @Test
        void doesNotBeginWhileTheStoreDoesNotAnswer() {
            assertEquals(Duty.HOLD, duty(switching(RUNNING).storeConnectedFor(0)));
        }

        @Test
        void undoesItWhenTheTargetIsNotCertifiedAnyMore() {
            assertEquals(
                    Duty.UNDO,
                    duty(views().primary("a", RUNNING)
                            .standby("b", uncertified())
                            .switchoverTo("b")));
        }

        @Test
        void waitsForTheNominationOnceItHasStopped() {
            assertEquals(Duty.HOLD, duty(stopped().downFor(100)));
        }

        @Test
        void undoesItWhenTheNominationDoesNotCome() {
            assertEquals(Duty.UNDO, duty(stopped().downFor(3000)));
        }

        /** A coordinator that is lost has a session of 2 s, and there has to be an election. */
        @Test
        void waitsForTheNextCoordinatorBeforeItUndoesIt() {
            assertEquals(Duty.HOLD, duty(stopped().downFor(2900)));
        }

        @Test
        void startsAgainUnderItsOldNamesWhenTheStoreStaysAway() {
            assertEquals(Duty.HOLD, duty(stopped().storeConnectedFor(0).downFor(1900)));
            assertEquals(Duty.START_AGAIN, duty(stopped().storeConnectedFor(0).downFor(2000)));
        }

        @Test
        void startsAgainWhenTheRecordCanNotBeChangedThoughTheStoreSeemsToBeThere() {
            assertEquals(Duty.START_AGAIN, duty(stopped().downFor(5000)));
        }

        @Test
        void neverStartsAgainWithNamesThatDoNotHoldEveryCertifiedStandby() {
            assertEquals(
                    Duty.HOLD, duty(stopped().names("", "").storeConnectedFor(0).downFor(4000)));
        }

        @Test
        void servesUnderItsOldNamesWhileTheStoreIsAway() {
            ViewFixture started = switching(RUNNING).startedAgain().notOpened().storeConnectedFor(0);
            AgentDecision decision = AgentPolicy.decide(started.at("a"));

            assertEquals(Duty.OPEN_AGAIN, decision.duty());
            assertEquals(OLD_NAMES, decision.names().setting());
            assertEquals(Duty.HOLD, duty(switching(RUNNING).startedAgain().storeConnectedFor(0)));
        }

        @Test
        void doesNotStopASecondTimeWhenTheStoreIsBack() {
            assertEquals(Duty.UNDO, duty(switching(RUNNING).startedAgain()));
        }

        @Test
        void startsAgainAtOnceWhenItIsUndone() {
            assertEquals(
                    Duty.START_AGAIN,
                    duty(views().primary("a", DOWN, stoppedCleanlyAt(SHUTDOWN))
                            .standby("b", inSync())
                            .names(OLD_NAMES, "")
                            .switchoverUndone("why")));
        }

        @Test
        void servesAsUsualOnceItIsUndone() {
            ViewFixture undone =
                    views().primary("a", RUNNING).standby("b", inSync()).switchoverUndone("why");
            assertEquals(Duty.REST, duty(undone));
            assertEquals(Duty.OPEN, duty(undone.notOpened()));
        }

        @Test
        void leavesAServerThatDiedByItselfToATakeover() {
            assertEquals(Duty.HOLD, duty(switching(DOWN)));
            assertEquals(Duty.START_PRIMARY, duty(switching(DOWN).downFor(5000)));
        }

        private static Duty duty(ViewFixture fixture) {
            return AgentPolicy.decide(fixture.at("a")).duty();
        }
    }

    @Nested
    class TheAgentOfTheTarget {
        @Test
        void looksAllTheTimeAsLongAsItStreams() {
            assertEquals(
                    Duty.ATTEND, AgentPolicy.decide(switching(RUNNING).at("b")).duty());
            ViewFixture ended = views().primary("a", DOWN, stoppedCleanlyAt(SHUTDOWN))
                    .standby("b", inSync(), notStreaming())
                    .switchoverTo("b");
            assertEquals(Duty.REST, AgentPolicy.decide(ended.at("b")).duty());
        }
    }

    @Nested
    class TheCoordinator {
        @Test
        void waitsWhileTheServerStops() {
            assertEquals(Move.PREPARE, move(switching(RUNNING)));
            assertEquals(Move.PREPARE, move(switching(STARTING)));
        }

        @Test
        void doesNotTakeThePlannedStopForADeath() {
            assertEquals(Move.PREPARE, move(switching(DOWN)));
            assertEquals(Move.PREPARE, move(stoppedAndReceived(SHUTDOWN)));
            assertEquals(Move.PREPARE, move(switching(STARTING).sighted("witness", Answer.UNREACHED, 5000)));
        }

        @Test
        void nominatesTheTargetOnceItHoldsTheShutdownCheckpoint() {
            CoordinatorDecision decision = decide(stoppedAndReceived(SHUTDOWN + 120));

            assertEquals(Move.SWITCH_OVER, decision.move());
            assertEquals(copy("b"), decision.subject());
        }

        /** The primary has been started again while the store was away, and what is known of it is older. */
        @Test
        void decidesNothingBeforeItHasBeenConnectedForASessionTime() {
            assertEquals(Move.PREPARE, move(stoppedAndReceived(SHUTDOWN + 120).storeConnectedFor(1999)));
            assertEquals(
                    Move.PREPARE,
                    move(switching(DOWN)
                            .nomineeStalledFor(Duration.ofSeconds(3))
                            .storeConnectedFor(0)));
        }

        @Test
        void nominatesThoughTakeoversArePaused() {
            assertEquals(
                    Move.SWITCH_OVER, move(stoppedAndReceived(SHUTDOWN + 120).paused()));
        }

        @Test
        void takesADeathInTheMiddleForADeath() {
            assertEquals(Move.NOMINATE, move(switching(DOWN).nomineeStalledFor(Duration.ofMillis(300))));
            assertEquals(Move.NOMINATE, move(switching(HUNG)));
            assertEquals(
                    Move.NOMINATE,
                    move(views().primary("a", DOWN, agentGone())
                            .standby("b", inSync())
                            .sighted("witness", Answer.UNREACHED, 5000)
                            .switchoverTo("b")));
        }

        @ParameterizedTest
        @MethodSource("io.prontuario.ha.decide.SwitchoverPolicyTest#unfit")
        void undoesItWhenTheTargetCanNotTakeOver(Trait trait) {
            for (var condition : List.of(RUNNING, DOWN)) {
                ViewFixture view = views().primary("a", condition, stoppedCleanlyAt(condition == DOWN ? SHUTDOWN : 0))
                        .standby("b", inSync(), hasReceived(SHUTDOWN + 120), trait)
                        .switchoverTo("b");
                assertEquals(Move.UNDO, move(view), condition::toString);
            }
        }

        @Test
        void undoesItWhenTheAgentOfThePrimaryLeavesBeforeItHasStoppedItsServer() {
            assertEquals(
                    Move.UNDO,
                    move(views().primary("a", RUNNING, leaving())
                            .standby("b", inSync())
                            .switchoverTo("b")));
        }

        @Test
        void undoesItWhenNothingMovesAnyMore() {
            assertEquals(Move.UNDO, move(switching(RUNNING).nomineeStalledFor(Duration.ofSeconds(10))));
            assertEquals(Move.UNDO, move(stoppedAndReceived(SHUTDOWN).nomineeStalledFor(Duration.ofSeconds(10))));
        }

        @Test
        void closesTheJournalOfWhatWasUndoneOnceThePrimaryServes() {
            ViewFixture undone =
                    views().primary("a", RUNNING).standby("b", inSync()).switchoverUndone("why");
            assertEquals(Move.CARRY_ON, move(undone));
        }

        /** While it was down everybody who looked has seen nobody. */
        @Test
        void doesNotTakeThePastAbsenceOfAPrimaryThatStartsAgainForADeath() {
            for (var condition : List.of(STARTING, RUNNING)) {
                ViewFixture undone = views().primary("a", condition)
                        .standby("b", inSync())
                        .sighted("witness", Answer.UNREACHED, 7000)
                        .switchoverUndone("why");
                assertEquals(Move.PREPARE, move(undone), condition::toString);
                assertEquals(Move.NOMINATE, move(undone.nomineeStalledFor(Duration.ofSeconds(5))), condition::toString);
            }
        }

        @Test
        void givesTheFormerPrimaryTimeToStartAgainAndThenTakesItForDead() {
            ViewFixture undone = views().primary("a", DOWN, stoppedCleanlyAt(SHUTDOWN))
                    .standby("b", inSync())
                    .switchoverUndone("why");
            assertEquals(Move.PREPARE, move(undone));
            assertEquals(Move.NOMINATE, move(undone.nomineeStalledFor(Duration.ofSeconds(5))));
        }

        private static Move move(ViewFixture fixture) {
            return decide(fixture).move();
        }

        private static CoordinatorDecision decide(ViewFixture fixture) {
            ClusterView view = fixture.atWitness();
            return CoordinatorPolicy.decide(view, StandardPolicy.decide(view));
        }
    }

    static Stream<Trait> unfit() {
        return Stream.of(uncertified(), agentGone(), leaving(), replaced(), is(DOWN), is(STARTING));
    }

    private static ViewFixture switching(ServerCondition condition, Trait... traits) {
        return views().primary("a", condition, traits).standby("b", inSync()).switchoverTo("b");
    }

    private static ViewFixture stopped() {
        return stoppedAndReceived(SHUTDOWN);
    }

    private static ViewFixture stoppedAndReceived(long position) {
        return views().primary("a", DOWN, stoppedCleanlyAt(SHUTDOWN))
                .standby("b", inSync(), hasReceived(position))
                .names(OLD_NAMES, "")
                .switchoverTo("b");
    }
}
