package io.prontuario.ha.postgres;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clean stop of a planned switchover, and the proof that it was one.
 *
 * <p>A fast shutdown ends the clients' sessions, writes the shutdown checkpoint and then waits until every walsender has sent it and has
 * had the answer (PostgreSQL 15 docs, 19.5 Shutting Down the Server): any walsender, a stranger's as well. So those who are no certified
 * standby are ended first, and what still holds the stop up at the end of its bound is ended too. Never {@code immediate}.
 */
final class CleanStop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CleanStop.class);
    /** What a shutdown may take once nobody holds it up any more. */
    private static final Duration LAST = Duration.ofSeconds(3);

    /** Versions of the control file whose first fields lie where they are read: PostgreSQL 14 to 17, and 18 (tried: 15). */
    private static final Set<Integer> KNOWN_VERSIONS = Set.of(1300, 1800);

    private static final int CONTROL_BYTES = 512;
    private static final int VERSION_AT = 8;
    private static final int STATE_AT = 16;
    private static final int CHECKPOINT_AT = 32;
    private static final int SHUT_DOWN = 1;

    private static final Duration MOMENT = Duration.ofMillis(2);
    private static final String STRANGERS =
            "select string_agg(application_name || ' (process ' || pid || ')', ', '), count("
                    + "pg_terminate_backend(pid)) from pg_stat_replication where application_name <> all (string_to_array(?, ','))";

    private final PostgresServer server;
    private final Ticker ticker;
    private volatile @Nullable Seen seen;
    /** Of the agent's thread. */
    private @Nullable StopSignal signal;

    /** What the control file said when it was last changed at that time. */
    private record Seen(long changed, long position) {}

    CleanStop(PostgresServer server, Ticker ticker) {
        this.server = server;
        this.ticker = ticker;
    }

    /** The server serves on: the order is got ready, a checkpoint leaves less for the one at the shutdown, strangers are ended. */
    Outcome prepare(Connection session, List<String> certified) throws SQLException {
        getReady();
        long began = ticker.nanos();
        Sql.execute(session, "checkpoint");
        String[] ended =
                Sql.rows(session, STRANGERS, 2, String.join(",", certified)).get(0);
        String strangers = ended[0] == null ? "" : "; ended the walsenders of " + ended[0];
        return Outcome.done("checkpoint in " + (ticker.nanos() - began) / 1_000_000 + " ms" + strangers);
    }

    private void getReady() {
        OptionalLong pid = server.pid();
        StopSignal present = signal;
        if (pid.isEmpty() || (present != null && present.waitsFor(pid.getAsLong()))) {
            return;
        }
        close();
        try {
            signal = StopSignal.of(pid.getAsLong());
        } catch (IOException e) {
            LOG.debug("the order to stop is not got ready, the tool gives it: {}", e.toString());
        }
    }

    /** By what was got ready, else by the tool. */
    private void tell(long pid) {
        StopSignal ready = signal;
        boolean told = ready != null && ready.waitsFor(pid) && ready.send();
        if (!told) {
            server.stopWithoutWaiting();
        }
        close();
    }

    @Override
    public void close() {
        if (signal != null) {
            signal.close();
            signal = null;
        }
    }

    /** Stops it within the limit, or says what held it up. */
    Outcome run(Duration limit) {
        long began = ticker.nanos();
        OptionalLong pid = server.pid();
        long told = began;
        long gone = began;
        if (pid.isPresent()) {
            tell(pid.getAsLong());
            told = ticker.nanos();
            if (!gone(limit)) {
                List<ProcessHandle> walsenders = walsenders(pid.getAsLong());
                String who = walsenders.stream()
                        .map(process -> title(process) + " (process " + process.pid() + ")")
                        .collect(Collectors.joining(", "));
                LOG.warn(
                        "the server in {} has not stopped within {} ms, ending {}",
                        server.data(),
                        limit.toMillis(),
                        who);
                walsenders.forEach(ProcessHandle::destroy);
                boolean down = gone(LAST);
                if (down) {
                    position();
                }
                return Outcome.retry(
                        "it did not stop within " + limit.toMillis() + " ms"
                                + (who.isEmpty() ? "" : ": held up by " + who)
                                + (down ? "" : "; it is still stopping"),
                        Duration.ofMillis(100));
            }
            gone = ticker.nanos();
        }
        long position = position();
        return position > 0
                ? Outcome.done(
                        "shutdown checkpoint at " + TimelineHistory.text(position) + ": told in " + millis(told - began)
                                + " ms, down " + millis(gone - told) + " ms later, seen to be clean after another "
                                + millis(ticker.nanos() - gone) + " ms")
                : Outcome.retry(
                        "it is down, but its control file does not say that it was shut down", Duration.ofMillis(100));
    }

    private static long millis(long nanos) {
        return nanos / 1_000_000;
    }

    private boolean gone(Duration limit) {
        Deadline deadline = Deadline.in(limit, ticker);
        while (server.pid().isPresent()) {
            if (!deadline.pause(MOMENT)) {
                return false;
            }
        }
        return true;
    }

    private static List<ProcessHandle> walsenders(long postmaster) {
        return ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::children)
                .filter(child -> title(child).contains("walsender"))
                .toList();
    }

    /** PostgreSQL writes what a process is over its own name and arguments, and Java drops the name. */
    private static String title(ProcessHandle process) {
        Path file = Path.of("/proc/" + process.pid() + "/cmdline");
        try {
            return Files.exists(file)
                    ? Files.readString(file).replace('\0', ' ').strip()
                    : process.info().commandLine().orElse("");
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }

    /** The same without asking the tool, for whom waiting for it would be too long: 0 when it would have to be asked. */
    long known() {
        return position(OptionalLong::empty);
    }

    /**
     * Where the shutdown checkpoint of a stopped primary lies; 0 when it was not shut down cleanly. Reads the control file only when it has
     * changed since: the observer asks all the time.
     */
    long position() {
        return position(() -> OptionalLong.of(byTool()));
    }

    private long position(Supplier<OptionalLong> otherwise) {
        long changed = server.controlFileChanged();
        Seen last = seen;
        if (last != null && last.changed() == changed) {
            return last.position();
        }
        OptionalLong read = fromFile();
        if (read.isEmpty()) {
            read = otherwise.get();
        }
        read.ifPresent(position -> seen = new Seen(changed, position));
        return read.orElse(0);
    }

    /**
     * From the file itself where its form is known, since clients wait for this and a tool takes tens of milliseconds on a busy machine. The
     * first fields are the same from PostgreSQL 14 to 18 ({@code catalog/pg_control.h}).
     */
    private OptionalLong fromFile() {
        try {
            byte[] bytes = Files.readAllBytes(server.controlFile());
            ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
            if (bytes.length >= CONTROL_BYTES && KNOWN_VERSIONS.contains(fields.getInt(VERSION_AT))) {
                return OptionalLong.of(fields.getInt(STATE_AT) == SHUT_DOWN ? fields.getLong(CHECKPOINT_AT) : 0);
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be read, asking the tool: {}", server.controlFile(), e.toString());
        }
        return OptionalLong.empty();
    }

    long byTool() {
        Map<String, String> control = server.controlData();
        return "shut down".equals(control.get("Database cluster state"))
                ? TimelineHistory.position(control.getOrDefault("Latest checkpoint location", "0/0"))
                : 0;
    }
}
