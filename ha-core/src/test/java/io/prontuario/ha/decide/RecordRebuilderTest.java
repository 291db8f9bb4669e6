package io.prontuario.ha.decide;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.model.ServerCondition.RUNNING;
import static io.prontuario.ha.model.ServerMode.PRIMARY;
import static io.prontuario.ha.model.ServerMode.STANDBY;
import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static io.prontuario.ha.testing.Records.STUDIO_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.testing.Records;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which record is proposed from what the nodes hold, and when none is. */
class RecordRebuilderTest {
    private static final String CLUSTER = "cluster-0001";
    private static final String IDENTIFIER = "7300000000000000001";
    private static final NodeEvidence PRIMARY_OF_7 = node(COPY_1, 7, PRIMARY, RUNNING, 13, 900);
    private static final NodeEvidence STANDBY_OF_7 = node(COPY_2, 7, STANDBY, RUNNING, 13, 900);

    @Test
    void theServerOutOfRecoveryThatRemembersTheHighestEpochIsThePrimaryOfAHigherOne() {
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, STANDBY_OF_7), Set.of(), null);

        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        assertEquals(COPY_1, proposed.primary());
        assertTrue(proposed.active());
        assertEquals(8, proposed.epoch());
        assertEquals(Set.of(), proposed.inSync());
        assertTrue(proposed.timeline() > 13);
        // Whoever remembers what there was obeys it.
        for (NodeEvidence one : List.of(PRIMARY_OF_7, STANDBY_OF_7)) {
            assertTrue(Protocol.disobeys(proposed, Objects.requireNonNull(one.memory()))
                    .isEmpty());
        }
        assertTrue(plan.risk().startsWith("nothing, if"), plan::risk);
    }

    @Test
    void aRecordThatWasRolledBackIsReplacedByOneAboveItAndAllMemories() {
        ClusterState old = Records.state(5).withDurability(Durability.STRICT, 1);
        RebuildPlan plan = plan(old, List.of(PRIMARY_OF_7, STANDBY_OF_7), Set.of(), null);
        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        assertEquals(8, Objects.requireNonNull(plan.proposed()).epoch());
        assertEquals(Durability.STRICT, plan.proposed().durability());
    }

    @Test
    void aRecordThatEverybodyObeysIsNotReplaced() {
        RebuildPlan plan = plan(Records.state(9), List.of(PRIMARY_OF_7, STANDBY_OF_7), Set.of(), null);
        assertFalse(plan.possible());
        assertTrue(
                plan.whyNot().toString().contains("everybody obeys epoch 9"),
                () -> plan.whyNot().toString());
    }

    @Test
    void nothingIsProposedWhileADataNodeIsSilentUnlessItIsGivenUp() {
        RebuildPlan silent = plan(null, List.of(PRIMARY_OF_7), Set.of(), null);
        assertFalse(silent.possible());
        assertTrue(
                silent.whyNot().toString().contains("studio-2"),
                () -> silent.whyNot().toString());

        RebuildPlan lost = plan(null, List.of(PRIMARY_OF_7), Set.of(STUDIO_2), null);
        assertTrue(lost.possible(), () -> lost.whyNot().toString());
        assertTrue(lost.risk().contains("whatever only [studio-2] has acknowledged is lost"), lost::risk);
    }

    /** It was about to take over, and nobody can say from here whether it has. */
    @Test
    void aPersonSaysWhoWhenTheHighestEpochIsRememberedByAStandby() {
        NodeEvidence nominee = node(COPY_2, 8, STANDBY, RUNNING, 13, 900);
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, nominee), Set.of(), null);
        assertFalse(plan.possible());
        assertNull(plan.proposed());

        RebuildPlan chosen = plan(null, List.of(PRIMARY_OF_7, nominee), Set.of(), STUDIO_1);
        assertTrue(chosen.possible(), () -> chosen.whyNot().toString());
        assertEquals(9, Objects.requireNonNull(chosen.proposed()).epoch());
        assertTrue(chosen.risk().startsWith("THE EVIDENCE DOES NOT SAY"), chosen::risk);
    }

    @Test
    void aFormerPrimaryThatRunsStillIsNotTakenForTheLastAndHasToBeStopped() {
        NodeEvidence later = node(COPY_2, 8, PRIMARY, RUNNING, 15, 800);
        RebuildPlan both = plan(null, List.of(PRIMARY_OF_7, later), Set.of(), null);
        assertEquals(COPY_2, Objects.requireNonNull(both.proposed()).primary());
        assertFalse(both.possible());
        assertTrue(
                both.whyNot().toString().contains("stop it first"),
                () -> both.whyNot().toString());
        assertTrue(both.risk().contains("studio-1 holds log up to"), both::risk);

        NodeEvidence stopped = node(COPY_1, 7, PRIMARY, DOWN, 13, 900);
        assertTrue(plan(null, List.of(stopped, later), Set.of(), null).possible());
    }

    @Test
    void twoClustersAreNeverMadeOne() {
        NodeEvidence other =
                new NodeEvidence(STUDIO_2, new NodeMemory("other", 3, "t3", IDENTIFIER), STANDBY_OF_7.data());
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, other), Set.of(), null);
        assertFalse(plan.possible());
        assertNull(plan.proposed());
    }

    @Test
    void aStandbyIsNominatedAndPromotedAsAnyNominee() {
        RebuildPlan plan = plan(null, List.of(STANDBY_OF_7), Set.of(STUDIO_1), STUDIO_2);
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        assertFalse(proposed.active());
        assertNotNull(proposed.transition());
        ClusterState active =
                Protocol.activate(proposed, COPY_2, proposed.timeline()).next().orElseThrow();
        assertTrue(Protocol.finish(active, "t99").next().isPresent());
    }

    private static RebuildPlan plan(
            @Nullable ClusterState present,
            List<NodeEvidence> evidence,
            Set<NodeName> lost,
            @Nullable NodeName primary) {
        return RecordRebuilder.plan(
                present,
                evidence,
                new RecordRebuilder.Question(
                        Set.of(STUDIO_1, STUDIO_2), lost, primary, Durability.AVAILABLE, "t99", Instant.EPOCH));
    }

    private static NodeEvidence node(
            Copy copy, long epoch, ServerMode mode, ServerCondition condition, int timeline, long position) {
        return new NodeEvidence(
                copy.node(),
                new NodeMemory(CLUSTER, epoch, "t" + epoch, IDENTIFIER),
                new DataStatus(
                        copy,
                        IDENTIFIER,
                        condition,
                        mode,
                        timeline,
                        position,
                        position,
                        0,
                        null,
                        List.of(),
                        "",
                        "",
                        SyncWait.NONE,
                        ""));
    }
}
