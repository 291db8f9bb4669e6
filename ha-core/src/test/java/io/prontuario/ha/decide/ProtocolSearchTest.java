package io.prontuario.ha.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.prontuario.ha.decide.ProtocolSearch.Report;
import io.prontuario.ha.model.Durability;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The protocol by exhaustive search, with the wrong orders planted one at a time and found. What each search has looked at is printed.
 *
 * <p>The floors are a little below what was counted when they were written: a search that suddenly sees much less has lost something.
 */
@Execution(ExecutionMode.CONCURRENT)
class ProtocolSearchTest {

    /** As far as the rules go: every fault, every person, and agents that do whatever is allowed. */
    @Test
    void twoNodesKeepEveryPromiseAndReachAnActivePrimaryWhateverAgentsDoWithinTheRules() {
        Report report = shown(ProtocolSearch.byRules(Bounds.of(2, 2, 3, 2)).safetyAndLiveness());
        assertKept(report, 5_000_000);
        assertReached(report, 2_000_000);
    }

    /** The wider bounds of the first model of this protocol, at which more commits make longer diverged logs. */
    @Test
    void twoNodesKeepEveryPromiseWithMoreCommitsAndFaults() {
        Bounds wider = Bounds.of(2, 3, 3, 3).without(Move.VANISH, Move.PROMOTE_BY_HAND);
        assertKept(shown(ProtocolSearch.byRules(wider).safety()), 10_000_000);
    }

    @Test
    void threeNodesKeepEveryPromiseAsFarAsWasLooked() {
        Report report = shown(
                ProtocolSearch.byRules(Bounds.of(3, 2, 3, 2).atMost(3_000_000)).safety());
        assertKeptSoFar(report, 3_000_000, 15);
    }

    @Test
    void agentsOfTheProductKeepEveryPromiseAndReachAnActivePrimary() {
        Bounds bounds = Bounds.of(2, 2, 3, 2).without(Move.PROMOTE_BY_HAND);
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertKept(report, 2_300_000);
        assertReached(report, 800_000);
    }

    /** Every write of an agent is cut between its effect and its answer, in every order with everything else. */
    @Test
    void agentsOfTheProductKeepEveryPromiseAndReachAnActivePrimaryThoughAnswersOfTheStoreAreLost() {
        Bounds bounds = Bounds.of(2, 2, 3, 1).without(Move.PROMOTE_BY_HAND).withLostReplies();
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness(), "takeovers");
        assertKept(report, 930_000);
        assertReached(report, 320_000);
        Bounds planned = Bounds.of(2, 1, 3, 1)
                .without(Move.PROMOTE_BY_HAND)
                .withSwitchovers()
                .withLostReplies();
        Report switching = shown(ProtocolSearch.byPolicy(planned).safetyAndLiveness(), "switchovers");
        assertKept(switching, 1_640_000);
        assertReached(switching, 1_100_000);
    }

    @Test
    void findsThatAWriteThatWasNotAnsweredMustNotBeTakenForDone() {
        Mistake mistake = Mistake.UNANSWERED_TAKEN_FOR_DONE;
        Bounds bounds = Bounds.of(2, 1, 2, 1).without(Move.PROMOTE_BY_HAND).withLostReplies();
        Report report = shown(ProtocolSearch.byPolicy(bounds, mistake).safety(), mistake);
        assertEquals(
                Optional.of("names cover the in-sync set"),
                report.result().violation().map(Search.Trace::promise));
    }

    @Test
    void agentsOfTheProductKeepEveryPromiseWhenAPersonPromotesByHand() {
        Report report = shown(ProtocolSearch.byPolicy(Bounds.of(2, 2, 3, 1)).safetyAndLiveness());
        assertKept(report, 1_200_000);
        assertReached(report, 350_000);
    }

    /** There and back again: an agent that wakes up two nominations late. */
    @Test
    void agentsOfTheProductKeepEveryPromiseThroughFourEpochs() {
        Bounds bounds = Bounds.of(2, 2, 4, 1).without(Move.PROMOTE_BY_HAND);
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertKept(report, 3_500_000);
        assertReached(report, 1_500_000);
    }

    @Test
    void agentsOfTheProductOpenAStrictClusterOnceEnoughStandbysAreCertified() {
        Bounds bounds = Bounds.of(2, 2, 3, 1).durability(Durability.STRICT);
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertKept(report, 1_700_000);
        assertReached(report, 250_000);
    }

    /** Asked for, stopped, started again, undone, nominated: in every order with everything else, and the store away at any moment. */
    @Test
    void agentsOfTheProductKeepEveryPromiseAndReachAnActivePrimaryWhilePeopleSwitchOver() {
        Bounds bounds = Bounds.of(2, 2, 3, 1).without(Move.PROMOTE_BY_HAND).withSwitchovers();
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertKept(report, 5_600_000);
        assertReached(report, 3_300_000);
    }

    @Test
    void switchoversKeepEveryPromiseWhateverAgentsDoWithinTheRules() {
        Bounds bounds = Bounds.of(2, 2, 3, 1).without(Move.PROMOTE_BY_HAND).withSwitchovers();
        assertKept(shown(ProtocolSearch.byRules(bounds).safety()), 3_000_000);
    }

    @Test
    void threeNodesOfTheProductKeepEveryPromiseWhilePeopleSwitchOverAsFarAsWasLooked() {
        Report report = shown(
                ProtocolSearch.byPolicy(Bounds.of(3, 2, 3, 1).withSwitchovers().atMost(2_000_000))
                        .safety());
        assertKeptSoFar(report, 2_000_000, 10);
    }

    /** Whenever a person pauses it, in the middle of a takeover too; and once resumed it is whole again. */
    @Test
    void pausingAtAnyMomentBreaksNoPromiseAndAResumedClusterReachesAnActivePrimary() {
        Bounds bounds = Bounds.of(2, 1, 3, 1).without(Move.PROMOTE_BY_HAND).withPauses();
        Report byPolicy = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness(), "by policy");
        assertKept(byPolicy, 1_250_000);
        assertReached(byPolicy, 520_000);
        Report byRules = shown(ProtocolSearch.byRules(bounds).safetyAndLiveness(), "by rules");
        assertKept(byRules, 300_000);
        assertReached(byRules, 190_000);
    }

    /** In the middle of a proof, of a takeover, of a rejoin too; and a certificate on its way never lands on a copy that may be gone. */
    @Test
    void copyingAStandbyAnewAtAnyMomentBreaksNoPromiseAndReachesAnActivePrimary() {
        // Three epochs were searched to their end once (5 million states) and take too long for every day.
        Bounds bounds = Bounds.of(2, 1, 2, 1).without(Move.PROMOTE_BY_HAND).withReinits();
        Report byPolicy = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness(), "by policy");
        assertKept(byPolicy, 1_200_000);
        assertReached(byPolicy, 250_000);
        Report byRules = shown(ProtocolSearch.byRules(bounds).safetyAndLiveness(), "by rules");
        assertKept(byRules, 240_000);
        assertReached(byRules, 55_000);
    }

    @Test
    void aClusterThatIsNeverResumedStaysWithoutAPrimaryWhenItsNodeIsLost() {
        Bounds bounds =
                Bounds.of(2, 1, 3, 1).without(Move.PROMOTE_BY_HAND, Move.RESUME).withPauses();
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertEquals(Optional.empty(), report.result().violation());
        assertTrue(report.stuck().isPresent(), "somebody took over although the cluster was paused");
    }

    /** Of three heirs one is dead and one has lost its data: the third must get its second try. */
    @Test
    void threeNodesReachAnActivePrimaryThoughOneIsLostAndAnotherLosesItsData() {
        Bounds bounds = Bounds.of(3, 0, 4, 1)
                .without(
                        Move.PROMOTE_BY_HAND,
                        Move.FOLLOW_UNREWOUND,
                        Move.RESTART,
                        Move.CRASH,
                        Move.CUT,
                        Move.AGENT_CRASH);
        Report report = shown(ProtocolSearch.byPolicy(bounds).safetyAndLiveness());
        assertKept(report, 4_900_000);
        assertReached(report, 2_700_000);
    }

    /** Both standbys have to be certified before anything is acknowledged, after each takeover anew. */
    @Test
    void threeNodesOfTheProductInAStrictClusterThatWantsTwoKeepEveryPromiseAsFarAsWasLooked() {
        Bounds bounds = Bounds.of(3, 2, 3, 1).durability(Durability.STRICT).atMost(500_000);
        assertKeptSoFar(shown(ProtocolSearch.byPolicy(bounds).safety()), 500_000, 10);
    }

    @Test
    void threeNodesOfTheProductKeepEveryPromiseAsFarAsWasLooked() {
        Report report = shown(
                ProtocolSearch.byPolicy(Bounds.of(3, 2, 3, 2).atMost(2_000_000)).safety());
        assertKeptSoFar(report, 2_000_000, 15);
    }

    /**
     * Each at bounds within which nothing is lost without it: the tests above search them or more, but for those of REUSE_TIMELINE and
     * REPLACE_CANDIDATE, which were searched to their end once (14 and 34 million states) and take too long for every day.
     */
    static Stream<Arguments> mistakesThatLoseAnAcknowledgedCommit() {
        Bounds usual = Bounds.of(2, 2, 3, 2).without(Move.PROMOTE_BY_HAND);
        return Stream.of(
                arguments(Mistake.DROP_FIRST, usual),
                // Not at the usual bounds: the diverged log has to be longer than what is proven on it.
                arguments(
                        Mistake.CERTIFY_BY_POSITION, Bounds.of(2, 3, 3, 3).without(Move.PROMOTE_BY_HAND, Move.VANISH)),
                arguments(Mistake.CERTIFY_NO_CANARY, usual),
                arguments(Mistake.TOKEN_BEFORE_COMMITS_WAIT, usual),
                arguments(Mistake.NOMINATE_ANY, usual),
                arguments(Mistake.OPEN_BEFORE_ACTIVATE, usual),
                arguments(Mistake.TAKEBACK_WHEN_ACTIVE, usual),
                arguments(Mistake.NODES_NOT_COPIES, usual),
                // Both nominees write before they meet again.
                arguments(Mistake.REUSE_TIMELINE, Bounds.of(2, 3, 4, 1).without(Move.PROMOTE_BY_HAND, Move.VANISH)),
                arguments(Mistake.FORMER_CERTIFICATES, usual),
                // Two candidates are two standbys.
                arguments(Mistake.REPLACE_CANDIDATE, Bounds.of(3, 1, 2, 1).without(Move.PROMOTE_BY_HAND, Move.VANISH)),
                arguments(Mistake.NARROW_UNAFFIRMED, usual),
                arguments(
                        Mistake.UNDO_WITH_OPENED_NAMES,
                        Bounds.of(2, 2, 3, 1).without(Move.PROMOTE_BY_HAND).withSwitchovers()),
                // As long a diverged log as for a certificate by position.
                arguments(
                        Mistake.FORMER_PRIMARY_COUNTS_TOO_EARLY,
                        Bounds.of(2, 3, 3, 1)
                                .without(Move.PROMOTE_BY_HAND, Move.VANISH)
                                .withSwitchovers()));
    }

    @ParameterizedTest
    @MethodSource("mistakesThatLoseAnAcknowledgedCommit")
    void findsTheMistakeByTheCommitThatItLoses(Mistake mistake, Bounds bounds) {
        Report report = shown(ProtocolSearch.forLosses(bounds, mistake).safety(), mistake);
        assertEquals(
                Optional.of("the active primary holds every acknowledged commit"),
                report.result().violation().map(Search.Trace::promise));
    }

    /** The same by the agents of the product: the store stays away, and what is in the record meanwhile is not known. */
    @Test
    void findsThatASwitchoverMustNotBeUndoneWithOpenedNames() {
        Mistake mistake = Mistake.UNDO_WITH_OPENED_NAMES;
        Bounds bounds = Bounds.of(2, 2, 3, 1).without(Move.PROMOTE_BY_HAND).withSwitchovers();
        Report report = shown(ProtocolSearch.byPolicy(bounds, mistake).safety(), mistake);
        assertTrue(report.result().violation().isPresent());
    }

    /** {@code pg_rewind} then takes rows for the nominee's that the person's server wrote, and a certificate is given for them. */
    @Test
    void findsThatANomineeMustNotShareTheTimelineOfAServerPromotedByHand() {
        Mistake mistake = Mistake.NO_FREE_TIMELINE;
        Report report =
                shown(ProtocolSearch.byPolicy(Bounds.of(2, 2, 4, 1), mistake).safety(), mistake);
        assertEquals(
                Optional.of("a commit is acknowledged only if every node that could take over has it"),
                report.result().violation().map(Search.Trace::promise));
    }

    static Stream<Arguments> mistakesThatCostTheWayBack() {
        Bounds bounds = Bounds.of(2, 1, 3, 1).without(Move.PROMOTE_BY_HAND);
        return Stream.of(
                arguments(Mistake.REWIND_BEFORE_ACTIVE, bounds), arguments(Mistake.FORGET_OLD_PRIMARY, bounds));
    }

    @ParameterizedTest
    @MethodSource("mistakesThatCostTheWayBack")
    void findsTheMistakeByTheRunThatNeverReachesAnActivePrimary(Mistake mistake, Bounds bounds) {
        Report report = shown(ProtocolSearch.without(bounds, mistake).safetyAndLiveness(), mistake);
        assertEquals(Optional.empty(), report.result().violation());
        assertTrue(report.stuck().isPresent(), "every fair run reached an active primary in spite of " + mistake);
    }

    private static void assertKept(Report report, int floor) {
        assertEquals(Optional.empty(), report.result().violation());
        assertTrue(report.result().complete(), () -> "not at its end: " + report.result());
        assertTrue(report.result().states() >= floor, () -> "only " + report.result() + ", expected " + floor);
    }

    private static void assertKeptSoFar(Report report, int floor, int depth) {
        assertEquals(Optional.empty(), report.result().violation());
        assertTrue(report.result().states() >= floor, () -> "only " + report.result() + ", expected " + floor);
        assertTrue(report.result().depth() >= depth, () -> "only " + report.result() + ", expected depth " + depth);
    }

    private static void assertReached(Report report, long floor) {
        assertEquals(Optional.empty(), report.stuck());
        assertTrue(report.obliged() >= floor, () -> "asked of " + report.obliged() + " only, expected " + floor);
    }

    private static Report shown(Report report, Object... about) {
        StackTraceElement test = StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow().toStackTraceElement());
        System.out.println(test.getMethodName() + (about.length == 0 ? "" : " " + about[0]) + ": " + report);
        return report;
    }
}
