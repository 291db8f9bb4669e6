package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of a standby whose server a person wants restarted, in the record and at each node. */
class RestartTest {
    private static final ClusterState ORDERED =
            Protocol.restart(Records.state(4), COPY_2, "").next().orElseThrow();

    @Test
    void anOrderChangesNothingElseAndIsOverWhenTheServerHasStarted() {
        assertEquals(Records.state(4), ORDERED.withRestarting(Set.of()));
        assertEquals(Set.of(COPY_2), StandbyTask.RESTART.in(ORDERED));
        assertEquals(
                Records.state(4), Protocol.restarted(ORDERED, COPY_2).next().orElseThrow());
        assertTrue(Protocol.restarted(Records.state(4), COPY_2).refusal().contains("not to be restarted"));
    }

    @Test
    void thePrimaryIsNotRestartedSoAndNobodyIsOrderedTwoThings() {
        assertTrue(Protocol.restart(Records.state(4), COPY_1, "").refusal().contains("switch over first"));
        assertTrue(Protocol.restart(ORDERED, COPY_2, "").refusal().contains("already"));
        ClusterState condemned =
                Protocol.condemn(Records.state(4), COPY_2, "").next().orElseThrow();
        assertTrue(Protocol.restart(condemned, COPY_2, "").refusal().contains("already"));
    }

    @Test
    void whoIsToBeRestartedIsCertifiedOnlyAfterwardsAndNoTargetOfASwitchover() {
        ClusterState without =
                Protocol.decertify(ORDERED, COPY_1, COPY_2).next().orElseThrow();
        assertTrue(Protocol.certify(without, COPY_1, COPY_2).refusal().contains("restarted"));
        assertTrue(Protocol.askSwitchover(ORDERED, COPY_2, "t9", "", Instant.EPOCH)
                .refusal()
                .contains("restarted"));
        ClusterState over = Protocol.restarted(without, COPY_2).next().orElseThrow();
        assertTrue(Protocol.certify(over, COPY_1, COPY_2).next().isPresent());
    }

    @Test
    void aNominationEndsTheOrder() {
        Change nominated = Protocol.nominate(ORDERED, COPY_2, "t1", TransitionKind.FAILOVER, "dead", Instant.EPOCH);
        assertEquals(Set.of(), nominated.next().orElseThrow().restarting());
    }

    @Test
    void thePrimarysAgentTakesItOutOfTheRecordWhileItStillStreams() {
        AgentDecision decision = AgentPolicy.decide(
                ordered(views().primary("a", RUNNING).standby("b", inSync()).names("FIRST 1 (\"b.0001\")"))
                        .at("a"));
        assertEquals(Duty.DECERTIFY, decision.duty());
        assertEquals(copy("b"), decision.subject());
    }

    /** Stopped before it is out of the record, it would leave commits waiting for it, and nobody to take over if the primary died then. */
    @Test
    void untilThenItsOwnAgentDoesWhatACertifiedOnesDoes() {
        assertEquals(
                Duty.REST,
                AgentPolicy.decide(ordered(views().primary("a", RUNNING).standby("b", inSync()))
                                .at("b"))
                        .duty());
    }

    @Test
    void withoutAnOrderOneThatHangsIsLeftAloneAndTheNextMoveIsSaid() {
        AgentDecision decision = AgentPolicy.decide(views().primary("a", RUNNING)
                .standby("b", uncertified(), is(HUNG))
                .at("b"));
        assertEquals(Duty.HOLD, decision.duty());
        assertTrue(decision.alarm());
        assertTrue(decision.reason().contains("ha restart b"), decision::reason);
    }

    @Test
    void outOfTheRecordItIsRestartedAndAgainWhenThatWasInterrupted() {
        for (ViewFixture views : new ViewFixture[] {
            views().primary("a", RUNNING).standby("b", uncertified()),
            views().primary("a", RUNNING).standby("b", uncertified(), is(DOWN)),
            views().primary("a", RUNNING).standby("b", uncertified(), is(HUNG))
        }) {
            AgentDecision decision = AgentPolicy.decide(ordered(views).at("b"));
            assertEquals(Duty.RESTART, decision.duty(), decision::reason);
            assertEquals(copy("b"), decision.subject());
        }
    }

    /** It was a former primary, and was rewound before it could be restarted: the order would stand for ever. */
    @Test
    void anOrderOverACopyThatIsGoneIsTakenOutOfTheRecord() {
        Copy former = new Copy(copy("b").node(), "dead");
        ViewFixture views = views().primary("a", RUNNING).standby("b", uncertified());
        AgentDecision decision = AgentPolicy.decide(
                views.seeing(views.state().withRestarting(Set.of(former))).at("b"));
        assertEquals(Duty.REPLACED, decision.duty());
        assertEquals(former, decision.subject());
        Copy present = new Copy(COPY_2.node(), "0002");
        assertEquals(
                Set.of(),
                Protocol.replaced(ORDERED, COPY_2, present).next().orElseThrow().restarting());
    }

    @Test
    void whatIsCopiedAnewNeedNotBeRestarted() {
        ClusterState condemned = Protocol.condemn(ORDERED, COPY_2, "").next().orElseThrow();
        assertEquals(Set.of(), condemned.restarting());
        assertEquals(Set.of(COPY_2), condemned.condemned());
    }

    @Test
    void noProofOfItIsBegunMeanwhile() {
        AgentDecision decision =
                AgentPolicy.decide(ordered(views().primary("a", RUNNING).standby("b", uncertified()))
                        .at("a"));
        assertEquals(Duty.REST, decision.duty(), decision::reason);
    }

    @Test
    void theUsualPlanSaysThatNobodyCanTakeOverMeanwhile() {
        assertTrue(StandbyPlanner.plan(StandbyTask.RESTART, Records.state(4), Map.of(), COPY_2.node())
                .consequence()
                .contains("it is not certified now"));
    }

    private static ViewFixture ordered(ViewFixture views) {
        return views.seeing(views.state().withRestarting(Set.of(copy("b"))));
    }
}
