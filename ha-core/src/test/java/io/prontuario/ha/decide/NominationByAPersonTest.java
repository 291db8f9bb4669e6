package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.FailoverPlan;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.testing.Records;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A nomination that rests on a person's word instead of a certificate. */
class NominationByAPersonTest {
    private static final ClusterState ALONE = Records.state(4).withInSync(Set.of());
    private static final Copy THIRD = new Copy(new NodeName("studio-3"), "0001");
    private static final NodeName TO = COPY_2.node();

    @Test
    void nominatesACopyThatNobodyCertifiedAndKeepsTheFormerPrimaryAsHeir() {
        ClusterState nominated = next(anyway(ALONE, COPY_2, "t5"));

        assertEquals(ALONE.epoch() + 1, nominated.epoch());
        assertEquals(COPY_2, nominated.primary());
        assertFalse(nominated.active());
        // Not itself: nobody but a person lets it take over again.
        assertEquals(List.of(COPY_1), nominated.heirs());
        assertTrue(nominated.inSync().isEmpty());
        // Should it be unable to promote, the former primary may be taken back on its own timeline.
        ClusterState back = next(Protocol.renominate(nominated, COPY_1, RenominationCause.REFUSED, "t6"));
        assertTrue(Protocol.activate(back, COPY_1, ALONE.timeline()).next().isPresent());
    }

    @Test
    void isLegalInAPause() {
        ClusterState paused = next(Protocol.pause(ALONE, true));
        assertTrue(anyway(paused, COPY_2, "t5").next().isPresent());
    }

    @Test
    void standsInForANomineeThatDoesNotBecomeActiveAndTakesANewTimeline() {
        ClusterState stuck =
                next(Protocol.nominate(Records.state(4), COPY_2, "t5", TransitionKind.FAILOVER, "dead", Instant.EPOCH));
        ClusterState third = next(anyway(stuck, THIRD, "t6"));

        assertTrue(third.timeline() > stuck.timeline());
        assertEquals(Set.of(COPY_1, COPY_2), Set.copyOf(third.heirs()));
        // What the first nominee was to promote to stays its own, so that it may be taken back there.
        ClusterState again = next(Protocol.renominate(third, COPY_2, RenominationCause.SILENT, "t7"));
        assertTrue(Protocol.activate(again, COPY_2, stuck.timeline()).next().isPresent());
        assertTrue(Protocol.activate(third, THIRD, stuck.timeline()).next().isEmpty());
    }

    @Test
    void isRefusedOnThePrimarysOwnNodeAndBeforeThereWasAPrimary() {
        assertTrue(
                anyway(ALONE, new Copy(COPY_1.node(), "ffff"), "t5").refusal().contains("which is the primary"));
        ClusterState unborn = Protocol.bootstrap("c", "t1", COPY_1, ALONE.durability(), ALONE.strictMinimum());
        assertTrue(anyway(unborn, COPY_2, "t2").refusal().contains("was never made"));
    }

    @Test
    void thePlanSaysUpToWhereTheNodeHoldsTheLog() {
        FailoverPlan plan = FailoverPlanner.plan(ALONE, Map.of(TO, standby(0x1_0300_0060L)), TO);

        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        assertFalse(plan.certified());
        assertTrue(plan.loss().contains("up to 1/3000060;"), plan::loss);
    }

    @Test
    void thePlanSaysThatNothingIsLostWithACertifiedOne() {
        FailoverPlan plan = FailoverPlanner.plan(Records.state(4), Map.of(TO, standby(1)), TO);
        assertTrue(plan.certified());
        assertTrue(plan.loss().startsWith("nothing"), plan::loss);
    }

    @Test
    void thePlanRefusesWhileThePrimaryServesAndWithoutAStandby() {
        NodeStatus serving = status(COPY_1, ServerMode.PRIMARY, 9);
        FailoverPlan plan = FailoverPlanner.plan(ALONE, Map.of(TO, standby(1), COPY_1.node(), serving), TO);
        assertTrue(
                plan.whyNot().toString().contains("use ha switchover"),
                () -> plan.whyNot().toString());

        FailoverPlan nobody = FailoverPlanner.plan(ALONE, Map.of(), TO);
        assertTrue(
                nobody.whyNot().toString().contains("start ha node there"),
                () -> nobody.whyNot().toString());
    }

    @Test
    void aServerThatHangsStandsInTheWayOfLossAndNotOfACertifiedOne() {
        NodeStatus hanging = status(COPY_1, ServerMode.PRIMARY, 9, ServerCondition.HUNG);
        Map<NodeName, NodeStatus> nodes = Map.of(TO, standby(1), COPY_1.node(), hanging);
        assertFalse(FailoverPlanner.plan(ALONE, nodes, TO).possible());
        FailoverPlan certified = FailoverPlanner.plan(Records.state(4), nodes, TO);
        assertTrue(certified.possible(), () -> certified.whyNot().toString());
    }

    @Test
    void thePlanRefusesWhileAnotherHoldsEverythingAndCanBeAsked() {
        NodeStatus third = status(THIRD, ServerMode.STANDBY, 1);
        ClusterState state = Records.state(4).withInSync(Set.of(THIRD));
        FailoverPlan plan = FailoverPlanner.plan(state, Map.of(TO, standby(1), THIRD.node(), third), TO);
        assertTrue(
                plan.whyNot().toString().contains("can take over with nothing lost"),
                () -> plan.whyNot().toString());
        assertTrue(FailoverPlanner.plan(state, Map.of(TO, standby(1)), TO).possible());
    }

    @Test
    void aPlanIsNotTheSameOnceAnotherIsNominated() {
        FailoverPlan seen = FailoverPlanner.plan(ALONE, Map.of(TO, standby(1)), TO);
        ClusterState meanwhile = next(anyway(ALONE, THIRD, "t5"));
        assertFalse(seen.sameAs(FailoverPlanner.plan(meanwhile, Map.of(TO, standby(1)), TO)));
        assertTrue(seen.sameAs(FailoverPlanner.plan(ALONE, Map.of(TO, standby(2)), TO)));
    }

    private static Change anyway(ClusterState state, Copy heir, String id) {
        return Protocol.nominateAcceptingLoss(state, heir, id, "given up", Instant.EPOCH);
    }

    private static NodeStatus standby(long position) {
        return status(COPY_2, ServerMode.STANDBY, position);
    }

    private static NodeStatus status(Copy copy, ServerMode mode, long position) {
        return status(copy, mode, position, ServerCondition.RUNNING);
    }

    private static NodeStatus status(Copy copy, ServerMode mode, long position, ServerCondition condition) {
        DataStatus data = new DataStatus(
                copy,
                ALONE.systemIdentifier(),
                condition,
                mode,
                ALONE.timeline(),
                position,
                position,
                0,
                null,
                List.of(),
                "",
                "",
                SyncWait.NONE,
                "");
        return new NodeStatus(copy.node(), NodeRole.DATA, "", false, data, ALONE.epoch(), "", "");
    }

    private static ClusterState next(Change change) {
        return change.next().orElseThrow(() -> new AssertionError(change.refusal()));
    }
}
