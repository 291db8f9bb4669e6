package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.SyncControl;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Promoting behind the gate and opening, as the agent does it. */
class OpeningIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aNomineeAcknowledgesNothingUntilItIsActiveAndOpened() throws Exception {
        LabServer former = lab.primary("studio-1");
        LabServer nominee = lab.standby("studio-2", former);
        former.schema();
        Writers.table(former);
        former.awaitProven(nominee);
        ClusterState certified = TestRecord.certified(TestRecord.activeOn(former), nominee);
        try (Writers writers = Writers.start(former, 2)) {
            writers.awaitMore(50);
            former.loseHost();
            ClusterState nominated = TestRecord.nominated(certified, nominee.copy());
            SyncControl agent = nominee.control(former);
            long began = System.nanoTime();
            Outcomes.holds(agent.promote(nominated, LabServer.LIMIT));
            long promoted = System.nanoTime();
            assertEquals(nominated.timeline(), nominee.timeline());
            assertEquals(nominated.timeline(), agent.status().timeline());
            PendingCommit waiting = nominee.commitInBackground("insert into lab_entry values (-1, 'early')");
            waiting.awaitWaiting(nominee);
            assertFalse(waiting.acknowledgedWithin(500));
            assertEquals(Long.toString(nominated.epoch()), nominee.value("select epoch from prontuario.epoch"));
            ClusterState active = TestRecord.active(nominated, nominee);
            long opening = System.nanoTime();
            Outcomes.holds(agent.open(active, Protocol.namesWhenActive(active, List.of()), LabServer.LIMIT));
            PostgresLab.tell("promoted behind the gate in " + (promoted - began) / 1_000_000 + " ms, opened in "
                    + (System.nanoTime() - opening) / 1_000_000 + " ms");
            assertTrue(waiting.acknowledgedWithin(5000));
            assertEquals(Set.of(), writers.absentOn(nominee));
        }
    }

    @Test
    void openingThatTimesOutAgainAndAgainLeavesNobodyBehindAndSucceedsInTheEnd() {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        ClusterState state = TestRecord.activeOn(primary);
        ServerNames names = ServerNames.waitingFor(List.of(standby.copy()));
        SyncControl agent = primary.control(standby);
        primary.schema();
        // As every server is that is opened. From empty names the first commit may be over before the checkpointer has
        // seen new ones.
        primary.namesInForce(ServerNames.gate().setting());
        standby.freeze();
        for (int attempt = 0; attempt < 4; attempt++) {
            Outcome outcome = agent.open(state, names, Duration.ofSeconds(1));
            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind(), outcome.detail());
        }
        // Each would wait for the standby, or for the row of the one before it, until the connections are used up.
        long left = primary.number(
                "select count(*) from pg_stat_activity where application_name = 'prontuario-agent' and state = 'active'");
        assertTrue(left <= 1, left + " sessions of timed out attempts are still at work");
        standby.thaw();
        LabServer.await("opened")
                .until(() -> agent.open(state, names, LabServer.LIMIT).holds());
        assertEquals("0", primary.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'"));
    }

    @Test
    void aPromotionThatTakesLongIsUnknownAndWaitedForWhenItIsAskedForAgain() {
        LabServer former = lab.primary("studio-1");
        LabServer nominee = lab.standby("studio-2", former);
        former.schema();
        nominee.awaitCaughtUpWith(former);
        ClusterState nominated =
                TestRecord.nominated(TestRecord.certified(TestRecord.activeOn(former), nominee), nominee.copy());
        long startup = nominee.pidOf("startup");
        SyncControl agent = nominee.control(former);
        nominee.freeze(startup);
        for (int attempt = 0; attempt < 2; attempt++) {
            Outcomes.is(Outcome.Kind.UNKNOWN, "still in recovery", agent.promote(nominated, Duration.ofSeconds(1)));
        }
        nominee.thaw(startup);
        Outcomes.holds(agent.promote(nominated, LabServer.LIMIT));
        assertEquals(nominated.timeline(), nominee.timeline());
    }

    @Test
    void behindTheGateThereIsNothingToOpen() {
        LabServer primary = lab.primary("studio-1");
        primary.schema();
        Outcomes.is(
                Outcome.Kind.RETRY,
                "gate",
                primary.control().open(TestRecord.activeOn(primary), ServerNames.gate(), LabServer.LIMIT));
    }

    @Test
    void theLibrarysTablesMayBeCreatedByTwoAtOnce() throws Exception {
        LabServer primary = lab.primary("studio-1");
        for (int round = 0; round < 5; round++) {
            List<Callable<Void>> creations = new ArrayList<>();
            for (int session = 0; session < 6; session++) {
                Connection connection = primary.connect();
                creations.add(() -> {
                    Schema.create(connection);
                    return null;
                });
            }
            for (Future<Void> created : lab.threads().invokeAll(creations)) {
                created.get();
            }
            assertEquals("3", primary.value("select count(*) from prontuario.token"));
            primary.execute("drop schema prontuario cascade");
        }
    }

    @Test
    void setNamesThatTimesOutIsUnknownAndTheNextOneIsSure() {
        LabServer primary = lab.primary("studio-1");
        SyncControl agent = primary.control();
        Outcomes.holds(agent.setNames(ServerNames.none(), LabServer.LIMIT));
        long holder = primary.number("select pid from pg_locks where locktype = 'advisory' and granted");
        primary.freeze(holder);
        Outcome outcome = agent.setNames(ServerNames.gate(), Duration.ofSeconds(1));
        assertEquals(Outcome.Kind.UNKNOWN, outcome.kind(), outcome.detail());
        assertEquals("", primary.namesSession().inFile());
        primary.thaw(holder);
        LabServer.await("names are sure again")
                .until(() -> agent.setNames(ServerNames.none(), LabServer.LIMIT).holds());
        assertEquals("", primary.namesSession().inFile());
        assertEquals("", primary.value("show synchronous_standby_names"));
    }
}
