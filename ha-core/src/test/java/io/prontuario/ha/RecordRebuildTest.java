package io.prontuario.ha;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.COPY_2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.RecordRebuilder;
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
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writing a rebuilt record while the store changes, and while answers are lost. */
final class RecordRebuildTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String CLUSTER = "records";
    private static final List<NodeEvidence> HEARD =
            List.of(node(COPY_1, ServerMode.PRIMARY, 13, 1), node(COPY_2, ServerMode.STANDBY, 13, 1));

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final InMemoryClusterStore store = ensemble.store();
    private final InMemoryClusterStore other = ensemble.store();

    @BeforeEach
    void join() {
        store.start(CLUSTER, new NodeName("reader"), () -> {});
        other.start(CLUSTER, new NodeName("other"), () -> {});
    }

    @AfterEach
    void leave() {
        store.close();
        other.close();
    }

    @Test
    void isWrittenWhereThereIsNone() {
        RecordRebuild rebuild = RecordRebuild.on(store);
        rebuild.write(plan(rebuild), HEARD);
        assertEquals(18, now().epoch());
        assertEquals(COPY_1, now().primary());
    }

    @Test
    void replacesTheOldOneThatThePlanWasDrawnUpFrom() {
        store.create(Records.state(5), LIMIT);
        RecordRebuild rebuild = RecordRebuild.on(store);
        rebuild.write(plan(rebuild), HEARD);
        assertEquals(18, now().epoch());
    }

    /** Somebody has put the former record back in time: it is better, and stays. */
    @Test
    void doesNotReplaceARecordThatCameInBetween() {
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = plan(rebuild);
        other.create(Records.state(7), LIMIT);
        assertThrows(IllegalStateException.class, () -> rebuild.write(plan, HEARD));
        assertEquals(Records.state(7), now());
    }

    @Test
    void doesNotReplaceARecordThatHasChangedInBetween() {
        store.create(Records.state(5), LIMIT);
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = plan(rebuild);
        other.compareAndSet(other.read(LIMIT).orElseThrow(), Records.state(5).withPaused(true), null, LIMIT);
        assertThrows(IllegalStateException.class, () -> rebuild.write(plan, HEARD));
        assertTrue(now().paused());
    }

    @Test
    void findsItsOwnWriteWhoseAnswerWasLost() {
        store.create(Records.state(5), LIMIT);
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = plan(rebuild);
        store.loseNextReply();
        rebuild.write(plan, HEARD);
        assertEquals(18, now().epoch());
    }

    /** A person thinks about the plan, and meanwhile somebody promotes the standby. */
    @Test
    void isRefusedWhenTheNodesSaySomethingElseByTheTimeItIsConfirmed() {
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = plan(rebuild);
        NodeEvidence promoted = node(COPY_2, ServerMode.PRIMARY, 14, 1);
        String refusal = assertThrows(
                        IllegalStateException.class, () -> rebuild.write(plan, List.of(HEARD.get(0), promoted)))
                .getMessage();
        assertTrue(String.valueOf(refusal).contains("[studio-2]"), refusal);
        assertThrows(IllegalStateException.class, () -> rebuild.write(plan, List.of(HEARD.get(0))));
        assertTrue(other.read(LIMIT).isEmpty());
    }

    @Test
    void isWrittenAlthoughARunningServerHasWrittenMeanwhile() {
        RecordRebuild rebuild = RecordRebuild.on(store);
        RebuildPlan plan = plan(rebuild);
        rebuild.write(plan, List.of(HEARD.get(1), node(COPY_1, ServerMode.PRIMARY, 13, 5000)));
        assertEquals(18, now().epoch());
    }

    private ClusterState now() {
        return other.read(LIMIT).orElseThrow().state();
    }

    private static RebuildPlan plan(RecordRebuild rebuild) {
        RebuildPlan plan = rebuild.plan(
                HEARD,
                new RecordRebuilder.Question(
                        Set.of(COPY_1.node(), COPY_2.node()),
                        Set.of(),
                        null,
                        new CommitPromise(Durability.AVAILABLE, 1),
                        "t99",
                        Instant.EPOCH));
        assertTrue(plan.possible(), () -> plan.whyNot().toString());
        return plan;
    }

    private static NodeEvidence node(Copy copy, ServerMode mode, int timeline, long position) {
        String identifier = Records.state(5).systemIdentifier();
        return new NodeEvidence(
                copy.node(),
                new NodeMemory("cluster-0001", 7, "transition-7", identifier),
                null,
                new DataStatus(
                        copy,
                        identifier,
                        ServerCondition.RUNNING,
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
