package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.HUNG;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.is;
import static io.prontuario.ha.testing.ViewFixture.runsAs;
import static io.prontuario.ha.testing.ViewFixture.uncertified;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import io.prontuario.ha.testing.ViewFixture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of a copy that a person wants replaced, in the record and at each node. */
class ReinitTest {
    private static final ClusterState ORDERED = next(Protocol.condemn(Records.state(4), COPY_2, ""));

    @Nested
    class InTheRecord {
        @Test
        void anOrderChangesNothingElse() {
            assertEquals(Records.state(4), ORDERED.withCondemned(Set.of()));
            assertEquals(Set.of(COPY_2), ORDERED.condemned());
        }

        @Test
        void thePrimaryANomineeAndAnHeirAreNeverCopiedAnew() {
            assertTrue(refusal(Protocol.condemn(Records.state(4), COPY_1, "")).contains("switch over first"));
            Copy other = new Copy(COPY_1.node(), "ffff");
            assertTrue(refusal(Protocol.condemn(Records.state(4), other, "")).contains("switch over first"));
            ClusterState nominated = next(nominate(Records.state(4)));
            assertTrue(refusal(Protocol.condemn(nominated, COPY_2, "")).contains("keeps its data"));
            assertTrue(refusal(Protocol.condemn(nominated, COPY_1, "")).contains("keeps its data"));
        }

        @Test
        void whatIsCondemnedIsCertifiedNoMoreAndNoTargetOfASwitchover() {
            ClusterState without = next(Protocol.decertify(ORDERED, COPY_1, COPY_2));
            assertEquals(Set.of(COPY_2), without.condemned());
            assertTrue(refusal(Protocol.certify(without, COPY_1, COPY_2)).contains("copied anew"));
            assertTrue(refusal(Protocol.askSwitchover(ORDERED, COPY_2, "t9", "", Instant.EPOCH))
                    .contains("copied anew"));
            // The copy that comes in its place is another one.
            assertTrue(Protocol.certify(without, COPY_1, new Copy(COPY_2.node(), "0002"))
                    .next()
                    .isPresent());
        }

        /** Certified to the last, it may be needed after all: then it is the primary, and nobody throws it away. */
        @Test
        void aNominationEndsTheOrder() {
            assertEquals(Set.of(), next(nominate(ORDERED)).condemned());
            ClusterState given = next(Protocol.nominateAcceptingLoss(ORDERED, COPY_2, "t5", "given up", Instant.EPOCH));
            assertEquals(Set.of(), given.condemned());
        }

        @Test
        void itIsOverOnceAnotherCopyIsInItsPlace() {
            Copy present = new Copy(COPY_2.node(), "0002");
            assertEquals(
                    Set.of(), next(Protocol.replaced(ORDERED, COPY_2, present)).condemned());
            assertTrue(refusal(Protocol.replaced(ORDERED, COPY_2, COPY_2)).contains("does not replace"));
            assertTrue(refusal(Protocol.replaced(Records.state(4), COPY_2, present))
                    .contains("not to be"));
        }

        private static Change nominate(ClusterState state) {
            return Protocol.nominate(state, COPY_2, "t1", TransitionKind.FAILOVER, "dead", Instant.EPOCH);
        }
    }

    @Nested
    class AtTheNodes {
        @Test
        void thePrimarysAgentTakesItOutOfTheRecordWhileItStillStreams() {
            AgentDecision decision = AgentPolicy.decide(condemned(
                            views().primary("a", RUNNING).standby("b", inSync()).names("FIRST 1 (\"b.0001\")"))
                    .at("a"));
            assertEquals(Duty.DECERTIFY, decision.duty());
            assertEquals(copy("b"), decision.subject());
            assertEquals("", decision.names().setting());
        }

        @Test
        void thePrimarysAgentDoesNotProveItAgain() {
            AgentDecision decision =
                    AgentPolicy.decide(condemned(views().primary("a", RUNNING).standby("b", uncertified()))
                            .at("a"));
            assertEquals(Duty.REST, decision.duty());
        }

        @Test
        void asLongAsItIsCertifiedItsAgentDoesAllThatACertifiedOneDoes() {
            ViewFixture running = views().primary("a", RUNNING).standby("b", inSync());
            assertEquals(
                    Duty.REST, AgentPolicy.decide(condemned(running).at("b")).duty());
            // The primary may be lost by now: then this is the only one that could take over.
            ViewFixture down = views().primary("a", DOWN).standby("b", inSync(), is(DOWN));
            assertEquals(
                    Duty.START_AS_IT_WAS,
                    AgentPolicy.decide(condemned(down).at("b")).duty());
        }

        @Test
        void onceItIsOutOfTheRecordItsAgentReplacesItWhateverItsServerDoes() {
            for (ServerCondition condition : List.of(RUNNING, DOWN, HUNG)) {
                ViewFixture view = views().primary("a", RUNNING).standby("b", uncertified(), is(condition));
                assertEquals(
                        Duty.REJOIN, AgentPolicy.decide(condemned(view).at("b")).duty(), condition::toString);
            }
        }

        /** Replacing it may be refused for a long time, and until then it would tell clients that their writes are kept. */
        @Test
        void aFormerPrimaryWhoseCommitsWaitForNobodyIsShutFirst() {
            ViewFixture view = views().primary("a", RUNNING)
                    .standby("b", uncertified(), runsAs(ServerMode.PRIMARY))
                    .names("");
            AgentDecision decision = AgentPolicy.decide(condemned(view).at("b"));
            assertEquals(Duty.SET_NAMES, decision.duty());
            assertEquals(ServerNames.gate(), decision.names());
        }

        @Test
        void theNextCopysAgentSaysSoInTheRecord() {
            ViewFixture view = views().primary("a", RUNNING).standby("b", uncertified());
            Copy former = new Copy(copy("b").node(), "dead");
            AgentDecision decision = AgentPolicy.decide(
                    view.seeing(view.state().withCondemned(Set.of(former))).at("b"));
            assertEquals(Duty.REPLACED, decision.duty());
            assertEquals(former, decision.subject());
        }

        private static ViewFixture condemned(ViewFixture view) {
            return view.seeing(view.state().withCondemned(Set.of(copy("b"))));
        }
    }

    @Nested
    class ThePlan {
        @Test
        void saysThatNobodyCanTakeOverMeanwhile() {
            StandbyPlan plan = plan(Records.state(4));
            assertTrue(plan.possible(), () -> plan.whyNot().toString());
            assertEquals(COPY_2, plan.copy());
            assertTrue(plan.consequence().startsWith("NOBODY CAN TAKE OVER"), plan::consequence);
        }

        @Test
        void saysThatWritesWaitInStrict() {
            StandbyPlan plan = plan(Records.state(4).withDurability(Durability.STRICT, 1));
            assertTrue(plan.consequence().contains("ALL WRITES WAIT"), plan::consequence);
        }

        @Test
        void isRefusedForThePrimaryAndWithoutTheAgents() {
            StandbyPlan primary = StandbyPlanner.plan(StandbyTask.COPY_ANEW, Records.state(4), nodes(), COPY_1.node());
            assertFalse(primary.possible());
            StandbyPlan alone = StandbyPlanner.plan(StandbyTask.COPY_ANEW, Records.state(4), Map.of(), COPY_2.node());
            assertEquals(2, alone.whyNot().size(), () -> alone.whyNot().toString());
        }

        @Test
        void namesTheCopyOfAnOrderThatStandsThoughItIsGoneByNow() {
            Map<NodeName, NodeStatus> inPieces = Map.of(
                    COPY_1.node(),
                    status(COPY_1, ServerMode.PRIMARY),
                    COPY_2.node(),
                    Records.status(COPY_2.node(), ""));
            assertEquals(
                    COPY_2,
                    StandbyPlanner.plan(StandbyTask.COPY_ANEW, ORDERED, inPieces, COPY_2.node())
                            .copy());
        }

        @Test
        void isAnotherOneOnceTheNodeIsNominatedOrCertified() {
            StandbyPlan seen = plan(Records.state(4).withInSync(Set.of()));
            assertFalse(seen.sameAs(plan(Records.state(4))));
            assertTrue(seen.sameAs(plan(Records.state(4).withInSync(Set.of()))));
        }

        private static StandbyPlan plan(ClusterState state) {
            return StandbyPlanner.plan(StandbyTask.COPY_ANEW, state, nodes(), COPY_2.node());
        }

        private static Map<NodeName, NodeStatus> nodes() {
            return Map.of(
                    COPY_1.node(),
                    status(COPY_1, ServerMode.PRIMARY),
                    COPY_2.node(),
                    status(COPY_2, ServerMode.STANDBY));
        }

        private static NodeStatus status(Copy copy, ServerMode mode) {
            DataStatus data = new DataStatus(
                    copy,
                    Records.state(4).systemIdentifier(),
                    RUNNING,
                    mode,
                    4,
                    1,
                    1,
                    0,
                    null,
                    List.of(),
                    "",
                    "",
                    SyncWait.NONE,
                    "");
            return new NodeStatus(copy.node(), NodeRole.DATA, "", false, data, 4, "", "");
        }
    }

    private static String refusal(Change change) {
        assertTrue(change.next().isEmpty());
        return change.refusal();
    }

    private static ClusterState next(Change change) {
        return change.next().orElseThrow(() -> new AssertionError(change.refusal()));
    }
}
