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
import io.prontuario.ha.model.CommitPromise;
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
    private static final CommitPromise AVAILABLE = new CommitPromise(Durability.AVAILABLE, 1);
    private static final CommitPromise STRICT = new CommitPromise(Durability.STRICT, 2);
    private static final NodeEvidence PRIMARY_OF_7 = node(COPY_1, 7, PRIMARY, RUNNING, 13, 900);
    private static final NodeEvidence STANDBY_OF_7 = node(COPY_2, 7, STANDBY, RUNNING, 13, 900);

    @Test
    void theServerOutOfRecoveryThatRemembersTheHighestEpochIsThePrimaryOfAHigherOne() {
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, STANDBY_OF_7), Set.of(), null);

        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        assertEquals(COPY_1, proposed.primary());
        assertTrue(proposed.active());
        assertEquals(18, proposed.epoch());
        assertTrue(proposed.paused());
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
        RebuildPlan plan = promised(old, null, null);
        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        assertEquals(18, Objects.requireNonNull(plan.proposed()).epoch());
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
        assertEquals(19, Objects.requireNonNull(chosen.proposed()).epoch());
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
                new NodeEvidence(STUDIO_2, new NodeMemory("other", 3, "t3", IDENTIFIER), null, STANDBY_OF_7.data());
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

    /** Onlookers remember the epoch too: its agent was restarted, and its server is down on a timeline that may be any. */
    @Test
    void aDeposedServerThatIsDownIsNotToldFromTheLastPrimaryByItsTimeline() {
        NodeEvidence deposed = node(COPY_1, 7, PRIMARY, DOWN, 11, 0);
        NodeEvidence last = node(COPY_2, 7, PRIMARY, DOWN, 13, 900);
        RebuildPlan plan = plan(null, List.of(deposed, last), Set.of(), null);
        assertFalse(plan.possible());
        assertNull(plan.proposed());
        String why = plan.whyNot().toString();
        assertTrue(why.contains("studio-1, studio-2"), why);
        assertTrue(why.contains("timeline 11") && why.contains("--primary"), why);

        RebuildPlan named = plan(null, List.of(deposed, last), Set.of(), STUDIO_2);
        assertTrue(named.possible(), () -> named.whyNot().toString());
        assertTrue(named.risk().startsWith("THE EVIDENCE DOES NOT SAY"), named::risk);
    }

    /** The last active primary remembers no more than the epoch that its standby, promoted by hand, has seen as well. */
    @Test
    void aServerPromotedByHandIsNotTheLastPrimaryForItsHigherTimeline() {
        NodeEvidence last = node(COPY_1, 7, PRIMARY, DOWN, 13, 900);
        NodeEvidence byHand = node(COPY_2, 7, PRIMARY, RUNNING, 14, 950);
        RebuildPlan plan = plan(null, List.of(last, byHand), Set.of(), null);
        assertFalse(plan.possible());
        assertNull(plan.proposed());
    }

    @Test
    void theOnlyServerOutOfRecoveryIsNotTheLastPrimaryBelowTheHighestTimeline() {
        NodeEvidence behind = node(COPY_1, 7, PRIMARY, RUNNING, 11, 900);
        assertNull(plan(null, List.of(behind, STANDBY_OF_7), Set.of(), null).proposed());
    }

    @Test
    void oneEpochOfTwoTransitionsDoesNotSayWhoWasTheLastPrimary() {
        NodeEvidence other = new NodeEvidence(
                STUDIO_2, new NodeMemory(CLUSTER, 7, "another", IDENTIFIER), null, STANDBY_OF_7.data());
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, other), Set.of(), null);
        assertNull(plan.proposed());
        assertTrue(
                plan.whyNot().toString().contains("[another, t7]"),
                () -> plan.whyNot().toString());
    }

    /** After a power cut everything is down, and a record on too low a timeline could activate nobody. */
    @Test
    void nothingIsWrittenWhileTheTimelineOfACopyIsNotKnown() {
        NodeEvidence silentDisk = node(COPY_2, 7, STANDBY, DOWN, 0, 0);
        NodeEvidence primary = node(COPY_1, 7, PRIMARY, DOWN, 13, 0);
        for (boolean byName : new boolean[] {false, true}) {
            RebuildPlan plan = plan(null, List.of(primary, silentDisk), Set.of(), byName ? STUDIO_1 : null);
            assertFalse(plan.possible());
            String why = plan.whyNot().toString();
            assertTrue(why.contains("studio-2 does not know its own") && why.contains("--lost"), why);
        }
        RebuildPlan givenUp = plan(null, List.of(primary, silentDisk), Set.of(STUDIO_2), null);
        assertTrue(givenUp.possible(), () -> givenUp.whyNot().toString());
    }

    @Test
    void whoIsGivenUpIsNobodysPrimaryThoughItIsHeard() {
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, STANDBY_OF_7), Set.of(STUDIO_1), STUDIO_1);
        assertFalse(plan.possible());
        assertNull(plan.proposed());
    }

    @Test
    void aNodeThatWasGivenUpObeysAlthoughItHasSeenEpochsThatNobodyHeardOf() {
        RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7), Set.of(STUDIO_2), null);
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        for (long unheard = 1; unheard <= 10; unheard++) {
            NodeMemory memory = new NodeMemory(CLUSTER, 7 + unheard, "unheard", IDENTIFIER);
            assertTrue(Protocol.disobeys(proposed, memory).isEmpty(), "epoch " + memory.epoch());
        }
        assertTrue(proposed.timeline() > 13 + 10 * 2);
        assertTrue(plan.risk().startsWith("switch [studio-2] off first"), plan::risk);
    }

    @Test
    void anotherPrimaryThatMayWakeHasToBeStoppedWhateverItIsDoing() {
        for (ServerCondition condition : ServerCondition.values()) {
            NodeEvidence former = node(COPY_2, 6, PRIMARY, condition, 11, 800);
            RebuildPlan plan = plan(null, List.of(PRIMARY_OF_7, former), Set.of(), null);
            assertEquals(COPY_1, Objects.requireNonNull(plan.proposed()).primary());
            assertEquals(condition == DOWN, plan.possible(), condition.name());
        }
    }

    @Test
    void whatACommitWaitsForIsTakenFromTheNodesThenFromAPersonThenFromTheOldRecord() {
        ClusterState old = Records.state(5).withInSync(Set.of()).withDurability(Durability.ASYNC, 1);
        assertEquals(STRICT, promised(promised(old, STRICT, null)));
        assertEquals(AVAILABLE, promised(promised(old, null, AVAILABLE)));
        assertEquals(new CommitPromise(Durability.ASYNC, 1), promised(promised(old, null, null)));

        RebuildPlan against = promised(old, STRICT, AVAILABLE);
        assertFalse(against.possible());
        assertTrue(
                against.whyNot().toString().contains("STRICT with at least 2 by studio-2"),
                () -> against.whyNot().toString());
        assertFalse(promised(null, null, null).possible());
    }

    private static CommitPromise promised(RebuildPlan plan) {
        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        return new CommitPromise(proposed.durability(), proposed.strictMinimum());
    }

    private static RebuildPlan promised(
            @Nullable ClusterState present, @Nullable CommitPromise byStandby, @Nullable CommitPromise byPerson) {
        NodeEvidence standby = new NodeEvidence(STUDIO_2, STANDBY_OF_7.memory(), byStandby, STANDBY_OF_7.data());
        return RecordRebuilder.plan(
                present,
                List.of(PRIMARY_OF_7, standby),
                new RecordRebuilder.Question(
                        Set.of(STUDIO_1, STUDIO_2), Set.of(), null, byPerson, "t99", Instant.EPOCH));
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
                        Set.of(STUDIO_1, STUDIO_2), lost, primary, AVAILABLE, "t99", Instant.EPOCH));
    }

    private static NodeEvidence node(
            Copy copy, long epoch, ServerMode mode, ServerCondition condition, int timeline, long position) {
        return new NodeEvidence(
                copy.node(),
                new NodeMemory(CLUSTER, epoch, "t" + epoch, IDENTIFIER),
                null,
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
