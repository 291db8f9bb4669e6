package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an agent sees of its own server. */
class LocalObserverIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private final List<LocalObserver> observers = new ArrayList<>();
    private final AtomicInteger woken = new AtomicInteger();

    @AfterEach
    void closeObservers() {
        observers.forEach(LocalObserver::close);
    }

    private LocalObserver observe(LabServer server) {
        LocalObserver observer = unstarted(server);
        observer.start();
        return observer;
    }

    private LocalObserver unstarted(LabServer server) {
        LocalObserver observer = new LocalObserver(
                server.server(),
                Map.of(),
                server.identity(),
                new CleanStop(server.server(), Ticker.system()),
                new VitalSettings(server.server(), Ticker.system()),
                Ticker.system(),
                woken::incrementAndGet);
        observers.add(observer);
        return observer;
    }

    private static void await(LocalObserver observer, ServerCondition condition) {
        LabServer.await("seen as " + condition).until(() -> observer.latest().condition() == condition);
    }

    @Test
    void seesAKilledServerAtOnceAndWakesTheNode() {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        await(observer, ServerCondition.RUNNING);
        LabServer.await("all told").until(() -> {
            int before = woken.get();
            return observer.refresh().condition() == ServerCondition.RUNNING && woken.get() == before;
        });
        int before = woken.get();
        long killed = System.nanoTime();
        primary.kill();
        LabServer.await("seen as down")
                .pollInterval(java.time.Duration.ofMillis(1))
                .until(() -> observer.latest().condition() == ServerCondition.DOWN);
        PostgresLab.tell("kill -9 seen as DOWN after " + (System.nanoTime() - killed) / 1_000_000
                + " ms; the observer looks every 100 ms");
        LabServer.await("woken").until(() -> woken.get() > before);
        assertEquals(ServerMode.PRIMARY, observer.latest().mode());
        assertEquals(primary.copy(), observer.latest().copy());
        primary.start();
        await(observer, ServerCondition.RUNNING);
    }

    /** The connection that waits would tell it too, some milliseconds later; here nobody connects. */
    @Test
    void aPostmastersEndIsToldByThePipeThatItsChildrenWaitAt() {
        LabServer primary = lab.primary("studio-1");
        OptionalLong pid = primary.server().pid();
        assertTrue(PostmasterWatch.pipe(pid.orElseThrow()).isPresent());
        AtomicInteger told = new AtomicInteger();
        try (PostmasterWatch watch =
                new PostmasterWatch(() -> told.get() == 0 ? pid : OptionalLong.empty(), told::incrementAndGet)) {
            watch.start();
            LabServer.await("waited for").until(watch::waits);
            assertEquals(0, told.get());
            primary.kill();
            LabServer.await("told").until(() -> told.get() > 0);
        }
    }

    /** As when {@code ha init} starts a server and promotes it before anybody has looked: the record was written without it. */
    @Test
    void knowsWhoseDataItIsOnceItIsPromoted() {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = unstarted(primary);

        observer.promotedTo(1);

        assertEquals(primary.server().systemIdentifier(), observer.latest().systemIdentifier());
        assertTrue(observer.latest().runsAs(ServerMode.PRIMARY));
    }

    @Test
    void seesAStoppedServerAsHungAndAsRunningWhenItGoesOn() {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        await(observer, ServerCondition.RUNNING);
        long frozen = System.nanoTime();
        primary.freeze();
        await(observer, ServerCondition.HUNG);
        PostgresLab.tell("SIGSTOP seen as HUNG after " + (System.nanoTime() - frozen) / 1_000_000 + " ms: "
                + observer.latest().detail());
        String detail = observer.latest().detail();
        // Events tell what has changed but for how long it has been so.
        assertTrue(detail.matches("no attempt to ask it has succeeded for \\d+ ms: \\D*"), detail);
        primary.thaw();
        await(observer, ServerCondition.RUNNING);
    }

    @Test
    void saysUnknownWhenConnectionsAreUsedUpAndNeverHung() throws SQLException {
        LabServer primary = lab.primary("studio-1", "max_connections = 12", "superuser_reserved_connections = 2");
        List<Connection> all = new ArrayList<>();
        try {
            SQLException refused = null;
            while (refused == null) {
                try {
                    all.add(primary.server().connect(LabServer.LIMIT));
                } catch (SQLException e) {
                    refused = e;
                }
            }
            assertEquals("53300", refused.getSQLState());
            LocalObserver observer = observe(primary);
            await(observer, ServerCondition.UNKNOWN);
            long begin = System.nanoTime();
            // Longer than it takes to call a server hung.
            LabServer.await("still unknown").until(() -> {
                assertEquals(ServerCondition.UNKNOWN, observer.latest().condition());
                return System.nanoTime() - begin > 2_500_000_000L;
            });
            assertTrue(
                    observer.latest().detail().contains("too many clients"),
                    observer.latest().detail());
            Sql.close(all.remove(0));
            Sql.close(all.remove(0));
            await(observer, ServerCondition.RUNNING);
        } finally {
            all.forEach(Sql::close);
        }
    }

    @Test
    void seesCommitsThatWaitAndForHowLongAndGoesOnLooking() {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        primary.schema();
        Writers.table(primary);
        primary.namesInForce(LabServer.waitingFor(standby));
        LocalObserver observer = observe(primary);
        await(observer, ServerCondition.RUNNING);
        assertEquals(0, observer.refresh().syncWait().waiting());
        standby.freeze();
        primary.commitInBackground("insert into lab_entry values (1, 'waits')").awaitWaiting(primary);
        primary.commitInBackground("insert into lab_entry values (2, 'waits')").awaitWaiting(primary);
        LabServer.await("two commits wait")
                .until(() -> observer.latest().syncWait().waiting() == 2);
        LabServer.await("for longer and longer")
                .until(() -> observer.latest().syncWait().longest().toMillis() > 500);
        DataStatus status = observer.refresh();
        assertEquals(ServerCondition.RUNNING, status.condition());
        assertEquals(standby.copy(), status.attached().get(0).copy());
        assertEquals(LabServer.waitingFor(standby), status.namesInEffect());
        assertEquals(LabServer.waitingFor(standby), status.namesInFile());
        standby.thaw();
        LabServer.await("nobody waits").until(() -> observer.latest().syncWait().waiting() == 0);
    }

    @Test
    void seesWhomAStandbyFollowsAndThatItNoLongerDoes() {
        LabServer primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        LocalObserver observer = observe(standby);
        LabServer.await("a stream")
                .until(() -> observer.latest().receiver() != null
                        && observer.latest().receiver().streaming());
        DataStatus status = observer.latest();
        assertEquals(ServerMode.STANDBY, status.mode());
        assertEquals(
                primary.address().toString(),
                Objects.requireNonNull(status.receiver()).upstream());
        assertEquals(1, status.timeline());
        primary.loseHost();
        LabServer.await("no stream")
                .until(() -> observer.latest().receiver() == null
                        || !observer.latest().receiver().streaming());
        assertEquals(ServerCondition.RUNNING, observer.latest().condition());
        assertTrue(observer.latest().receivedPosition() > 0);
    }

    @Test
    void aToolWithAnOddNameDoesNotBlindIt() {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        lab.receiver(primary, "backup,of|today");
        for (int look = 0; look < 3; look++) {
            assertEquals(ServerCondition.RUNNING, observer.refresh().condition());
        }
        assertTrue(observer.latest().attached().isEmpty());
    }

    @Test
    void filesThatCannotBeReadForAWhileDoNotBlindItForEver() throws IOException {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        await(observer, ServerCondition.RUNNING);
        Copy here = primary.copy();
        // As while another thread replaces the data, or after somebody's editor.
        Path id = primary.server().state().resolve("copy");
        byte[] copy = Files.readAllBytes(id);
        Files.write(id, new byte[0]);
        await(observer, ServerCondition.UNKNOWN);
        long begin = System.nanoTime();
        LabServer.await("some beats later").until(() -> System.nanoTime() - begin > 500_000_000L);
        assertEquals(here, observer.latest().copy(), "unreadable is not absent");
        Files.write(id, copy);
        await(observer, ServerCondition.RUNNING);
        assertNotNull(observer.latest().copy());
        primary.kill();
        await(observer, ServerCondition.DOWN);
    }

    @Test
    void aSessionOfItsOwnThatSomebodyEndsIsNotTakenForTheServer() {
        LabServer primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        await(observer, ServerCondition.RUNNING);
        for (int round = 0; round < 5; round++) {
            primary.value("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name ="
                    + " 'prontuario-agent'");
            assertEquals(ServerCondition.RUNNING, observer.refresh().condition());
        }
    }
}
