package io.prontuario.ha.decide;

import static io.prontuario.ha.model.Decision.Kind.FAIL_OVER;
import static io.prontuario.ha.model.Decision.Kind.HOLD_AND_ALERT;
import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.ViewFixture.agentGone;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.hasReceived;
import static io.prontuario.ha.testing.ViewFixture.heir;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.noFailover;
import static io.prontuario.ha.testing.ViewFixture.notStreaming;
import static io.prontuario.ha.testing.ViewFixture.priority;
import static io.prontuario.ha.testing.ViewFixture.refuses;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.TakeoverProspect;
import io.prontuario.ha.testing.ViewFixture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the tags of nodes decide, and what they must not. */
class NodeTagsTest {

    @Test
    void ofStandbysThatHoldEverythingTheHighestPriorityTakesOver() {
        Decision decision = decide(views().primary("a", DOWN)
                .standby("b", inSync(), hasReceived(300))
                .standby("c", inSync(), priority(200), hasReceived(100))
                .standby("d", inSync(), priority(150), hasReceived(200)));
        assertEquals(FAIL_OVER, decision.kind());
        assertEquals(copy("c"), decision.to());
    }

    @Test
    void aPriorityHelpsNobodyWhoIsNotCertifiedOrNotThere() {
        Decision decision = decide(views().primary("a", DOWN)
                .standby("b", inSync(), priority(1))
                .standby("c", inSync(), priority(900), is(DOWN))
                .standby("d", inSync(), priority(900), agentGone())
                .standby("e", uncertified(), priority(1000), hasReceived(1_000_000)));
        assertEquals(copy("b"), decision.to());
    }

    @Test
    void ofTheSamePriorityOneThatStreamsComesBeforeOneThatDoesNot() {
        Decision decision = decide(views().primary("a", DOWN)
                .standby("b", inSync(), notStreaming(), hasReceived(300))
                .standby("c", inSync(), hasReceived(100)));
        assertEquals(copy("c"), decision.to());
    }

    /** In ASYNC nobody is as safe as another: a wish must not cost more writes than necessary. */
    @Test
    void whereSomethingIsLostWhatWasReceivedComesBeforeThePriority() {
        ViewFixture async = views().primary("a", HUNG, hasReceived(3))
                .standby("b", uncertified(), hasReceived(2))
                .standby("c", uncertified(), priority(900), hasReceived(1))
                .standby("d", uncertified(), noFailover(), hasReceived(3))
                .durability(Durability.ASYNC);
        assertEquals(
                copy("b"),
                FencedPolicy.decide(async.atWitness(), FencedPolicy.USUAL_MAX_LAG)
                        .to());
    }

    @Test
    void whoIsTaggedNoFailoverNeverTakesOverThoughItIsStillCertified() {
        ViewFixture two = views().primary("a", DOWN).standby("b", inSync(), noFailover());
        assertEquals(HOLD_AND_ALERT, decide(two).kind());
        assertTrue(
                decide(two).reason().contains("; tagged noFailover: [b]"),
                decide(two).reason());
        assertEquals(copy("c"), decide(two.standby("c", inSync(), priority(1))).to());
    }

    /** Else commits would wait for one that helps nobody, and in STRICT count it for one that does. */
    @Test
    void thePrimaryTakesOutWhoIsTaggedAndDoesNotCertifyIt() {
        ViewFixture views = views().primary("a", RUNNING)
                .standby("b", inSync())
                .standby("c", inSync(), noFailover())
                .strict(2);
        AgentDecision decision = AgentPolicy.decide(views.at("a"));
        assertEquals(Duty.DECERTIFY, decision.duty());
        assertEquals(copy("c"), decision.subject());
        assertEquals(new ServerNames(true, List.of(copy("b"))), decision.names());

        ViewFixture after =
                views().primary("a", RUNNING).standby("b", inSync()).standby("c", uncertified(), noFailover());
        assertEquals(Duty.REST, AgentPolicy.decide(after.at("a")).duty());
        assertEquals(
                Duty.CERTIFY,
                AgentPolicy.decide(after.standby("c", uncertified()).at("a")).duty());
    }

    /** When the certified one is the only other, a server that is down need not wait for it. */
    @Test
    void aPrimaryThatIsDownDoesNotWaitForOneThatMayNotTakeOver() {
        ClusterView view = views().primary("a", DOWN)
                .standby("b", inSync(), noFailover())
                .downFor(1000)
                .at("a");
        assertEquals(Duty.START_PRIMARY, AgentPolicy.decide(view).duty());
    }

    @Test
    void heirsAreTriedByPriorityAndOneTaggedNoFailoverIsNot() {
        ViewFixture views = views().nominee("b", RUNNING, refuses("its disk is full"))
                .formerPrimary("a", DOWN, priority(900))
                .standby("c", heir(), hasReceived(300))
                .standby("d", heir(), priority(200), hasReceived(100))
                .standby("e", heir(), noFailover(), hasReceived(900));
        CoordinatorDecision decision = coordinator(views);
        assertEquals(Move.RENOMINATE, decision.move());
        assertEquals(copy("d"), decision.subject());
    }

    @Test
    void whoWaitsForAnHeirIsToldThatTheOnlyOneIsTagged() {
        CoordinatorDecision decision = coordinator(views().nominee("b", RUNNING, refuses("its disk is full"))
                .formerPrimary("a", DOWN, agentGone())
                .standby("c", heir(), noFailover()));
        assertEquals(Move.HOLD, decision.move());
        assertTrue(decision.reason().endsWith("; tagged noFailover: [" + copy("c") + "]"), decision.reason());
    }

    @Test
    void theFormerPrimaryIsTakenBackWhateverItsTags() {
        ViewFixture views =
                views().nominee("b", RUNNING, refuses("its disk is full")).formerPrimary("a", DOWN, noFailover());
        assertEquals(copy("a"), coordinator(views).subject());
    }

    @Test
    void aSwitchoverToOneTaggedNoFailoverIsRefusedAndSaysWhatToDo() {
        ClusterView view = views().primary("a", RUNNING)
                .standby("b", inSync(), noFailover())
                .standby("c", inSync())
                .standby("d", inSync(), priority(200))
                .at("a");
        SwitchoverPlan plan = plan(view, "b");
        assertFalse(plan.possible());
        assertTrue(
                plan.preconditions().stream()
                        .anyMatch(one -> !one.holds() && one.evidence().contains("take that out of its file")),
                () -> plan.preconditions().toString());
        assertTrue(plan(view, "c").possible());
        assertEquals(Optional.of(new NodeName("d")), SwitchoverPlanner.usualTarget(view.state(), view.nodes()));
    }

    @Test
    void theProspectNamesWhoWouldTakeOverFirstAndWhoNever() {
        ClusterView view = views().primary("a", RUNNING)
                .standby("b", inSync())
                .standby("c", inSync(), priority(200))
                .standby("d", uncertified(), noFailover())
                .at("a");
        assertEquals(
                List.of(copy("c"), copy("b")),
                TakeoverProspect.of(view.state(), view.nodes().values()).able());

        ClusterView alone = views().primary("a", RUNNING)
                .standby("d", uncertified(), noFailover())
                .at("a");
        TakeoverProspect none = TakeoverProspect.of(alone.state(), alone.nodes().values());
        assertEquals(TakeoverProspect.Obstacle.NOBODY_CERTIFIED, none.obstacle());
        assertTrue(none.sentence().endsWith("tagged noFailover: [d]"), none.sentence());
    }

    @Test
    void aPriorityThatMeansNothingIsRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new NodeTags(false, 0, false))
                .getMessage()
                .contains("noFailover: true"));
        assertThrows(IllegalArgumentException.class, () -> new NodeTags(false, 1001, false));
    }

    private static Decision decide(ViewFixture views) {
        return StandardPolicy.decide(views.atWitness());
    }

    private static CoordinatorDecision coordinator(ViewFixture views) {
        return CoordinatorPolicy.decide(views.atWitness(), decide(views));
    }

    private static SwitchoverPlan plan(ClusterView view, String to) {
        return SwitchoverPlanner.plan(view.state(), view.nodes(), new NodeName(to), List.of());
    }
}
