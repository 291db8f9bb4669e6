package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.InMemoryEnsemble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a standby that is gone is taken out of the names, so that commits go on, and out of the record; in the wrong order a takeover
 * comes between the two.
 */
class DecertifyOrderIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private final InMemoryEnsemble ensemble = new InMemoryEnsemble();
    private final ClusterStore agent = ensemble.store();
    private final ClusterStore coordinator = ensemble.store();
    private LabServer primary;
    private LabServer standby;
    private Versioned read;

    @BeforeEach
    void aCertifiedStandbyLosesItsStream() throws Exception {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.awaitProven(standby);
        agent.start("lab", primary.node(), () -> {});
        coordinator.start("lab", standby.node(), () -> {});
        ClusterState state = TestRecord.certified(TestRecord.activeOn(primary), standby);
        assertEquals(WriteOutcome.DONE, agent.create(state, LabServer.LIMIT));
        read = agent.read(LabServer.LIMIT).orElseThrow();
        standby.awaitCaughtUpWith(primary);
        standby.cutOffFromUpstream();
    }

    @AfterEach
    void closeStores() {
        agent.close();
        coordinator.close();
    }

    @Test
    void namesFirstLosesWhatIsAcknowledgedBetweenTheTwo() throws Exception {
        primary.namesSession().set(ServerNames.none(), LabServer.LIMIT);
        try (Writers writers = Writers.start(primary, 2)) {
            writers.awaitMore(20);
            takeOver();
            assertEquals(WriteOutcome.CONFLICT, decertify(), "too late");
            primary.loseHost();
            assertFalse(writers.absentOn(standby).isEmpty(), "the trap did not bite");
        }
    }

    @Test
    void recordFirstLosesNothing() throws Exception {
        try (Writers writers = Writers.start(primary, 2)) {
            takeOver();
            // Names stay as they are, because the record could not be changed: commits wait for the one that took over.
            assertEquals(WriteOutcome.CONFLICT, decertify());
            primary.loseHost();
            assertTrue(writers.absentOn(standby).isEmpty());
        }
    }

    private WriteOutcome decertify() {
        ClusterState without = TestRecord.legal(Protocol.decertify(read.state(), primary.copy(), standby.copy()));
        return agent.compareAndSet(read, without, null, LabServer.LIMIT);
    }

    private void takeOver() throws Exception {
        Versioned seen = coordinator.read(LabServer.LIMIT).orElseThrow();
        ClusterState nominated = TestRecord.nominated(seen.state(), standby.copy());
        assertEquals(WriteOutcome.DONE, coordinator.compareAndSet(seen, nominated, null, LabServer.LIMIT));
        Outcomes.holds(standby.promote(nominated));
        Versioned own = coordinator.read(LabServer.LIMIT).orElseThrow();
        ClusterState active = TestRecord.active(own.state(), standby);
        assertEquals(WriteOutcome.DONE, coordinator.compareAndSet(own, active, null, LabServer.LIMIT));
        Outcomes.holds(standby.open(active, Protocol.namesWhenActive(active, java.util.List.of())));
    }
}
