package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: the record names nodes, the data is a copy. A standby is proven, its data is replaced, and only then the certificate lands: the
 * node is certified with data that nobody has proven.
 */
class CopyReplacedDuringProofIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private final ClusterStore agent = new InMemoryEnsemble().store();
    private LabServer primary;
    private LabServer standby;
    private Copy proven;
    private Certification certification;
    private Versioned read;

    @BeforeEach
    void aProofWhoseCertificateIsOnItsWay() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        agent.start("lab", primary.node(), () -> {});
        assertEquals(WriteOutcome.DONE, agent.create(TestRecord.activeOn(primary), LabServer.LIMIT));
        read = agent.read(LabServer.LIMIT).orElseThrow();
        proven = standby.copy();
        certification = primary.certification();
        Outcomes.holds(certification.prove(
                proven, standby.address(), ServerNames.waitingFor(List.of(proven)), LabServer.LIMIT));
        primary.commitInBackground("insert into lab_entry values (1, 'acknowledged')")
                .acknowledgedWithin(10_000);
    }

    /** The standby's data is replaced by an old backup: what a record of nodes cannot see. */
    private void restoreAnOldBackup(LabServer backup) {
        standby.stop();
        standby.identity().forget();
        Durable.empty(standby.data());
        Command.Result copied = Command.run(
                List.of("cp", "-a", backup.data() + "/.", standby.data().toString()),
                java.util.Map.of(),
                LabServer.LIMIT);
        assertTrue(copied.ok(), copied.output());
        standby.identity().renew();
    }

    @Test
    void aRecordOfNodesTakesOverToDataThatWasNeverProven() throws Exception {
        LabServer old = lab.absent("backup");
        old.initialise();
        restoreAnOldBackup(old);
        // "studio-2 is in sync" says the record of nodes; so its server is promoted. It has none of it.
        ClusterState nominated = TestRecord.nominated(
                TestRecord.legal(
                        io.prontuario.ha.decide.Protocol.certify(read.state(), primary.copy(), standby.copy())),
                standby.copy());
        primary.loseHost();
        Outcomes.holds(standby.control(primary).promote(nominated, LabServer.LIMIT));
        assertEquals("0", standby.value("select count(*) from pg_tables where tablename = 'lab_entry'"), "no trap");
    }

    @Test
    void oursCertifiesTheCopySoThatTheReplacedOneNeitherCountsNorPromotes() {
        LabServer old = lab.absent("backup");
        old.initialise();
        restoreAnOldBackup(old);
        assertNotEquals(proven, standby.copy());
        // The last look before the write notices already ...
        Outcomes.is(Outcome.Kind.RETRY, "not connected", certification.stillProven(proven, LabServer.LIMIT));
        // ... and a write that was on its way names the copy that is gone.
        ClusterState certified =
                TestRecord.legal(io.prontuario.ha.decide.Protocol.certify(read.state(), primary.copy(), proven));
        assertEquals(WriteOutcome.DONE, agent.compareAndSet(read, certified, null, LabServer.LIMIT));
        assertEquals(
                Set.of(proven),
                agent.read(LabServer.LIMIT).orElseThrow().state().inSync());
        primary.loseHost();
        ClusterState nominated = TestRecord.nominated(certified, proven);
        Outcomes.is(
                Outcome.Kind.REFUSED,
                "the data here is " + standby.copy(),
                standby.control(primary).promote(nominated, LabServer.LIMIT));
        assertTrue(standby.server().pid().isEmpty(), "not even started");
        agent.close();
    }
}
