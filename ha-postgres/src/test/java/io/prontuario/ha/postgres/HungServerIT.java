package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers that are there and do not work: how they are told from busy ones, and how they come back. */
class HungServerIT {
    /** Longer than it takes to call a server hung. */
    private static final long LONG_ENOUGH_NANOS = Duration.ofMillis(2500).toNanos();

    private static final String AGENTS_SESSIONS =
            "select count(*) from pg_stat_activity where application_name = 'prontuario-agent'";
    /** Commits without pause: its backends take turns in holding the lock under which the log is written. */
    private static final String BUSY =
            "do $$ begin loop insert into busy select repeat('x', 2000) from generate_series(1, 20); commit; end loop; end $$";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private final List<LocalObserver> observers = new ArrayList<>();
    private LabServer primary;

    @AfterEach
    void closeObservers() {
        observers.forEach(LocalObserver::close);
    }

    private LocalObserver observe(LabServer server) {
        LocalObserver observer = new LocalObserver(
                server.server(),
                Map.of(),
                server.identity(),
                new CleanStop(server.server(), Ticker.system()),
                new VitalSettings(server.server(), Ticker.system()),
                Ticker.system(),
                () -> {});
        observers.add(observer);
        observer.start();
        await(observer, ServerCondition.RUNNING);
        return observer;
    }

    private static void await(LocalObserver observer, ServerCondition condition) {
        LabServer.await("seen as " + condition).until(() -> observer.latest().condition() == condition);
    }

    private static void staysRunning(LocalObserver observer) {
        long begin = System.nanoTime();
        LabServer.await("a while").until(() -> {
            assertEquals(
                    ServerCondition.RUNNING,
                    observer.latest().condition(),
                    observer.latest().detail());
            return System.nanoTime() - begin > LONG_ENOUGH_NANOS;
        });
    }

    @Test
    void aServerThatAnswersQuestionsAndWritesNoMoreHangs() throws SQLException {
        primary = lab.primary("studio-1");
        primary.execute("create table busy (filler text)");
        primary.execute("alter table busy set (autovacuum_enabled = off)");
        LocalObserver observer = observe(primary);

        long begin = System.nanoTime();
        List<Long> stopped = stopWriting();

        await(observer, ServerCondition.HUNG);
        PostgresLab.tell("log not written any more: seen as HUNG within " + (System.nanoTime() - begin) / 1_000_000
                + " ms: " + observer.latest().detail());
        assertTrue(
                observer.latest().detail().contains("no small write was answered"),
                observer.latest().detail());
        assertEquals(ServerMode.PRIMARY, observer.latest().mode());
        // It does answer, and what waits does not grow until connections are used up.
        long sessions = primary.number(AGENTS_SESSIONS);
        long seen = System.nanoTime();
        LabServer.await("some beats later").until(() -> System.nanoTime() - seen > LONG_ENOUGH_NANOS);
        LabServer.await("its trials do not pile up").until(() -> primary.number(AGENTS_SESSIONS) <= sessions);
        assertEquals(ServerCondition.HUNG, observer.latest().condition());

        stopped.forEach(primary::thaw);
        await(observer, ServerCondition.RUNNING);
    }

    /** A disk that hangs in a flush, from the outside: whoever writes the log does not come back, and everybody waits behind it. */
    private List<Long> stopWriting() throws SQLException {
        for (int client = 0; client < 4; client++) {
            primary.commitInBackground(BUSY);
        }
        LabServer.await("writers at work").until(() -> primary.number("select count(*) from busy") > 2000);
        String writers =
                primary.value("select string_agg(pid::text, ' ') from pg_stat_activity where query like 'do $$%'");
        List<Long> pids =
                List.of(writers.split(" ")).stream().map(Long::valueOf).toList();
        for (int attempt = 0; attempt < 500; attempt++) {
            pids.forEach(primary::freeze);
            if (answersWithoutWriting()) {
                return pids;
            }
            pids.forEach(primary::thaw);
        }
        throw new IllegalStateException("no writer was ever stopped while it held the lock of the log");
    }

    private boolean answersWithoutWriting() {
        try (Connection session = primary.server().connect(LabServer.LIMIT)) {
            session.setNetworkTimeout(Runnable::run, 300);
            Sql.execute(session, "set synchronous_commit = local");
            return !writes(session);
        } catch (SQLException e) {
            // They were stopped in something that every session needs.
            return false;
        }
    }

    private static boolean writes(Connection session) {
        try {
            Sql.execute(session, "select pg_logical_emit_message(true, 'test', '')");
            return true;
        } catch (SQLException e) {
            Sql.abort(session);
            return false;
        }
    }

    @Test
    void aServerWhosePostmasterIsStoppedHangsAlthoughFormerSessionsGoOn() {
        primary = lab.primary("studio-1");
        LocalObserver observer = observe(primary);
        long postmaster = primary.server().pid().orElseThrow();
        assertEquals("1", primary.value("select 1"));

        primary.freeze(postmaster);

        await(observer, ServerCondition.HUNG);
        assertEquals("1", primary.value("select 1"));
        primary.thaw(postmaster);
        await(observer, ServerCondition.RUNNING);
    }

    @Test
    void aServerWhoseCommitsWaitForAStandbyDoesNotHang() {
        primary = lab.primary("studio-1");
        Writers.table(primary);
        LocalObserver observer = observe(primary);
        primary.namesInForce("FIRST 1 (\"#gate\")");
        primary.commitInBackground("insert into lab_entry values (1, 'waits')").awaitWaiting(primary);

        staysRunning(observer);
        assertEquals(1, observer.latest().syncWait().waiting());
    }

    @Test
    void aStandbyIsNotAskedToWrite() {
        primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        staysRunning(observe(standby));
    }

    @Test
    void anIdlePrimaryIsHeardByItsStandbyOftenEnoughToVouchForIt() {
        primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        observe(primary);
        LocalObserver there = observe(standby);
        LabServer.await("a stream")
                .until(() -> there.latest().receiver() != null
                        && there.latest().receiver().streaming());
        long begin = System.nanoTime();
        List<Long> ages = new ArrayList<>();
        LabServer.await("a while").until(() -> {
            ages.add(there.refresh().receiver().lastMessageAge().toMillis());
            return System.nanoTime() - begin > LONG_ENOUGH_NANOS;
        });
        long worst = ages.stream().mapToLong(Long::longValue).max().orElse(0);
        PostgresLab.tell("an idle primary was last heard of " + worst + " ms ago at most");
        // Without the pulse, wal_sender_timeout alone decides: half of 5 s.
        assertTrue(worst < 1500, ages::toString);
    }

    @Test
    void aStoppedServerIsEndedByForceAndRejoins() {
        primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        Writers.table(primary);
        primary.execute("insert into lab_entry values (1, 'both')");
        standby.awaitCaughtUpWith(primary);
        primary.freeze();
        standby.promoteNaively();
        standby.namesInForce("");
        standby.execute("insert into lab_entry values (2, 'new')");

        long begin = System.nanoTime();
        String way = primary.rejoin(standby);

        PostgresLab.tell("a stopped server rejoined in " + (System.nanoTime() - begin) / 1_000_000 + " ms: " + way);
        assertTrue(way.startsWith("rewound"), way);
        primary.awaitStreamingFrom(standby);
        primary.awaitCaughtUpWith(standby);
        assertEquals("2", primary.value("select count(*) from lab_entry"));
    }

    @Test
    void aStoppedServerAcknowledgesNothingWhenItGoesOnAfterATakeover() {
        primary = lab.primary("studio-1");
        LabServer standby = lab.standby("studio-2", primary);
        Writers.table(primary);
        primary.namesInForce(LabServer.waitingFor(standby));
        try (Writers writers = Writers.start(primary, 4)) {
            writers.awaitMore(50);
            primary.freeze();
            standby.promoteNaively();
            standby.names("");
            // What the standby had sent before it left may still be read by clients now.
            primary.thaw();
            LabServer.await("all wait")
                    .until(() ->
                            primary.number("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == 4);
            int then = writers.acknowledgedCount();
            long begin = System.nanoTime();
            LabServer.await("a while").until(() -> System.nanoTime() - begin > LONG_ENOUGH_NANOS / 2);
            assertEquals(then, writers.acknowledgedCount());
            assertEquals(Set.of(), writers.absentOn(standby));
        }
    }
}
