package io.prontuario.ha.decide;

import static io.prontuario.ha.model.Decision.Kind.FAIL_OVER;
import static io.prontuario.ha.model.Decision.Kind.HOLD_AND_ALERT;
import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.leaving;
import static io.prontuario.ha.testing.ViewFixture.notStreaming;
import static io.prontuario.ha.testing.ViewFixture.onTimeline;
import static io.prontuario.ha.testing.ViewFixture.refuses;
import static io.prontuario.ha.testing.ViewFixture.replaced;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who takes over in ASYNC where somebody can fence, and what the record allows then. */
class FencedPolicyTest {
    private static final long BOUND = 1_000;

    @Test
    void theStandbyThatHasReceivedMostTakesOverFromOneThatHangs() {
        Decision decision = decide(views().primary("a", HUNG, hasReceived(5))
                .standby("b", uncertified(), hasReceived(1))
                .standby("c", uncertified(), hasReceived(2))
                .durability(Durability.ASYNC));
        assertEquals(FAIL_OVER, decision.kind(), decision.reason());
        assertEquals(copy("c"), decision.to());
        assertTrue(
                decision.reason()
                        .contains("whatever c.0001 does not hold is lost (ASYNC): 3 bytes, as its log went to 0/5 when"
                                + " that was last heard, 0 ms ago"),
                decision.reason());
    }

    /** Also one that does not stream any more and has more than one that does. */
    @Test
    void whatWasReceivedCountsAndNotWhetherItStreams() {
        Decision decision = decide(views().primary("a", HUNG, hasReceived(5))
                .standby("b", uncertified(), hasReceived(1))
                .standby("c", uncertified(), hasReceived(2), notStreaming())
                .durability(Durability.ASYNC));
        assertEquals(copy("c"), decision.to(), decision.reason());
    }

    @Test
    void whoLacksMoreThanTheBoundTakesOverByAPersonsWordAlone() {
        ViewFixture within =
                silent().standby("b", uncertified(), hasReceived(50)).heard(50 + BOUND, 3_000);
        assertEquals(FAIL_OVER, decide(within).kind(), decide(within).reason());

        ViewFixture beyond =
                silent().standby("b", uncertified(), hasReceived(50)).heard(51 + BOUND, 3_000);
        Decision decision = decide(beyond);
        assertEquals(HOLD_AND_ALERT, decision.kind());
        assertTrue(
                decision.reason().contains("b.0001 lacks 1001 bytes of the log of a.0001, more than 1000"),
                decision.reason());
        assertTrue(decision.reason().contains("--accept-loss"), decision.reason());
        assertTrue(Protocol.nominateAcceptingLoss(beyond.state(), copy("b"), "t9", "a person", Instant.EPOCH)
                .next()
                .isPresent());
    }

    @Test
    void nobodyTakesOverWhenNobodyKnowsHowFarItsLogWent() {
        Decision decision = decide(silent().standby("b", uncertified(), hasReceived(50)));
        assertEquals(HOLD_AND_ALERT, decision.kind());
        assertTrue(decision.reason().contains("nobody has heard how far the log of a.0001 went"), decision.reason());
    }

    /** Its position may be the higher number, of a log that has forked from it long before. */
    @Test
    void aStandbyOfAnotherTimelineIsNotCompared() {
        Decision decision = decide(silent().epoch(4, 7)
                .standby("b", uncertified(), hasReceived(500), onTimeline(5))
                .heard(400, 3_000));
        assertEquals(HOLD_AND_ALERT, decision.kind());
        assertTrue(decision.reason().contains("is on timeline 5"), decision.reason());
    }

    /** Such as when its agent has left long ago and its standby was cut off before: what it has written since nobody knows. */
    @Test
    void howOldTheKnowledgeIsIsToldAndIsNoReasonToWait() {
        ViewFixture view = silent().standby("b", uncertified(), hasReceived(50), notStreaming());

        Decision decision = decide(view.heard(60, 11_600));

        assertEquals(FAIL_OVER, decision.kind());
        assertTrue(decision.reason().contains("11600 ms ago, and what was written since"), decision.reason());
    }

    @Test
    void theFurthestThatAnybodyOfThisEpochHasHeardCounts() {
        ClusterState state = silent().epoch(4, 7).durability(Durability.ASYNC).state();
        NodeStatus witness =
                new NodeStatus(new NodeName("witness"), NodeRole.WITNESS, "witness:8080", false, null, 4, "", "");
        HeardLog far = new HeardLog(4, 7, 900, Duration.ofSeconds(4));
        HeardLog near = new HeardLog(4, 7, 800, Duration.ofSeconds(1));
        HeardLog former = new HeardLog(3, 7, 5_000, Duration.ofSeconds(1));
        HeardLog formerTimeline = new HeardLog(4, 5, 5_000, Duration.ofSeconds(1));
        assertEquals(
                Optional.of(far),
                PrimaryLog.said(
                        state,
                        List.of(
                                witness.withHeard(near),
                                witness.withHeard(far),
                                witness.withHeard(former),
                                witness.withHeard(formerTimeline))));
        assertEquals(Optional.empty(), PrimaryLog.said(state, List.of(witness.withHeard(former), witness)));
    }

    /** What the primary itself has said in the epoch before, or a server that is not the record's copy, is of another log. */
    @Test
    void whatWasSaidInAFormerEpochOrOfAnotherCopyIsNotHeard() {
        ViewFixture view = views().primary("a", RUNNING, hasReceived(500)).durability(Durability.ASYNC);
        Collection<NodeStatus> said = view.atWitness().nodes().values();
        ClusterState state = view.state();
        assertEquals(500, PrimaryLog.said(state, said).orElseThrow().position());
        assertEquals(Optional.empty(), PrimaryLog.said(view.epoch(2, 3).state(), said));
        ViewFixture other = views().primary("a", RUNNING, hasReceived(500), replaced());
        assertEquals(
                Optional.empty(),
                PrimaryLog.said(other.state(), other.atWitness().nodes().values()));
        ViewFixture gone = views().primary("a", RUNNING, hasReceived(500), leaving());
        assertEquals(
                Optional.empty(),
                PrimaryLog.said(gone.state(), gone.atWitness().nodes().values()));
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
        Decision decision = decide(views().primary("a", DOWN, refuses("its server does not start"), hasReceived(1))
                .standby("b", uncertified(), hasReceived(1))
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
        return FencedPolicy.decide(fixture.atWitness(), new DataSize(BOUND));
    }

    /** Host and agent lost, last reached 1.5 s ago. */
    private static ViewFixture silent() {
        return views().primary("a", RUNNING, agentGone())
                .durability(Durability.ASYNC)
                .sighted("witness", Answer.UNREACHED, 1_500);
    }
}
