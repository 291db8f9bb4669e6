package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: a former primary whose log went on after the fork comes back as a standby without being rewound. Its receiver reports the end of
 * its own, dead log as flushed, passes through "streaming" for a moment at every try, and releases every commit below that position.
 */
class DivergedStandbyIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer former;
    private LabServer primary;

    @BeforeEach
    void takeoverAfterAnUnacknowledgedTransaction() {
        former = lab.primary("studio-1");
        primary = lab.standby("studio-2", former);
        former.schema();
        Writers.table(former);
        former.execute("create table bulk (v text)");
        former.namesInForce(LabServer.waitingFor(primary));
        primary.awaitCaughtUpWith(former);
        primary.cutOffFromUpstream();
        PendingCommit never =
                former.commitInBackground("insert into bulk select repeat('z', 500) from generate_series(1, 20000)");
        never.awaitWaiting(former);
        primary.promoteNaively();
        former.loseHost();
        assertFalse(never.acknowledged());
        primary.names("");
        primary.execute("checkpoint");
    }

    @Test
    void theNaiveOrderLetsItAcknowledgeWhatItDoesNotHave() {
        former.becomeStandbyUnrewound(primary);
        primary.names(LabServer.waitingFor(former));
        Set<Long> absent = writeTakeOverAndCount();
        PostgresLab.tell("diverged standby: " + absent.size() + " acknowledged commits absent on it");
        assertFalse(absent.isEmpty(), "the trap did not bite");
    }

    @Test
    void oursDoesNotCertifyItAndRewindsItFirst() {
        former.becomeStandbyUnrewound(primary);
        for (int attempt = 0; attempt < 3; attempt++) {
            Outcome outcome = primary.prove(former, LabServer.allBut());
            assertFalse(outcome.holds(), outcome.detail());
        }
        primary.names("");
        String way = former.rejoin(primary);
        assertTrue(way.startsWith("rewound"), way);
        former.awaitStreamingFrom(primary);
        primary.awaitProven(former);
        assertEquals(Set.of(), writeTakeOverAndCount());
    }

    @Test
    void withoutReadingATokenAndComparingHistoriesOursFallsIntoIt() throws SQLException {
        // Before it connects: once it has released everything below its position no canary waits, and those that a
        // proof would write in
        // search of one that does may outgrow the dead log.
        primary.makeCommitsWaitFor(former);
        former.becomeStandbyUnrewound(primary);
        Set<Certification.Guard> guards = LabServer.allBut(
                Certification.Guard.TOKEN_READ_ON_STANDBY,
                Certification.Guard.SAME_HISTORY,
                Certification.Guard.ONE_WALSENDER);
        LabServer.await("certified in one of its moments of streaming")
                .pollInterval(java.time.Duration.ofMillis(1))
                .until(() -> primary.prove(former, guards).holds());
        assertFalse(writeTakeOverAndCount().isEmpty());
    }

    private Set<Long> writeTakeOverAndCount() {
        try (Writers writers = Writers.start(primary, 4)) {
            writers.awaitMore(100);
            primary.loseHost();
            former.promoteNaively();
            former.names("");
            return writers.absentOn(former);
        }
    }
}
