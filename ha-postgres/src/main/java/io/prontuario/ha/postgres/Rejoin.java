package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes this node's server a standby of the active primary. Whatever interrupts it, running it again converges: the copy id is missing
 * while the data is in pieces, and data without an id is rebuilt.
 */
final class Rejoin {
    private static final Logger LOG = LoggerFactory.getLogger(Rejoin.class);
    private static final String ELSEWHERE = ": point postgres.data at an empty directory";

    private static final Duration STOP = Duration.ofSeconds(5);
    /** An immediate stop flushes nothing: what has not ended by then does not listen. */
    private static final Duration STOP_AT_ONCE = Duration.ofSeconds(2);

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration CHECKPOINT = Duration.ofSeconds(60);
    private static final Duration READ_LOG = Duration.ofSeconds(60);
    private static final Duration REWIND = Duration.ofMinutes(10);
    private static final Duration COPY = Duration.ofHours(12);
    private static final int KEPT_DIVERGED = 3;
    private static final long KEPT_SEGMENTS = 8;

    private final PostgresServer server;
    private final CopyIdentity identity;
    private final SettingsUpkeep upkeep;
    private final Optional<String> slot;

    /**
     * @param slot what the standby streams through; empty when it is the only one
     */
    Rejoin(PostgresServer server, CopyIdentity identity, SettingsUpkeep upkeep, Optional<String> slot) {
        this.server = server;
        this.identity = identity;
        this.upkeep = upkeep;
        this.slot = slot;
    }

    /**
     * Runs to the end; long only when the data has to be copied.
     *
     * @param consent asked before data is replaced
     */
    Outcome run(PostgresAddress primary, String expectedIdentifier, Supplier<Outcome> consent) {
        return run(primary, expectedIdentifier, false, this::plan, plan -> consent.get());
    }

    /** The same where the data must stay as it is, because the record may hold this copy: REFUSED when it would have to change. */
    Outcome asItIs(PostgresAddress primary, String expectedIdentifier) {
        return run(
                primary,
                expectedIdentifier,
                true,
                this::plan,
                plan -> Outcome.refused("it cannot just follow: " + plan.reason()));
    }

    /** The same, and whatever is here is not looked at but replaced: a person wants it so. */
    Outcome afresh(PostgresAddress primary, String expectedIdentifier, Supplier<Outcome> consent) {
        return run(
                primary,
                expectedIdentifier,
                false,
                source -> new RejoinPlan(RejoinPlan.Way.REBUILD, "a person wants the data copied anew"),
                plan -> consent.get());
    }

    /** Decides the way on a session with the primary. */
    private interface Planning {
        RejoinPlan by(Connection source) throws SQLException;
    }

    private Outcome run(
            PostgresAddress primary,
            String expectedIdentifier,
            boolean untouched,
            Planning planning,
            Function<RejoinPlan, Outcome> consent) {
        server.endTools(STOP);
        try (Connection source = Sql.connect(primary, server.credentials(), Duration.ofSeconds(3))) {
            if (Promotion.inRecovery(source)) {
                return Outcome.retry(primary + " is in recovery: it is not the primary yet", Duration.ofMillis(500));
            }
            String offered = String.valueOf(Sql.value(source, "select system_identifier from pg_control_system()"));
            if (!expectedIdentifier.isEmpty() && !offered.equals(expectedIdentifier)) {
                return Outcome.refused("the server at " + primary + " belongs to another cluster (system identifier "
                        + offered + ", expected " + expectedIdentifier
                        + "): nothing is copied from it. Check servers, and what was started there");
            }
            Optional<String> foreign = foreign(offered);
            if (foreign.isPresent()) {
                return Outcome.refused(server.data() + " " + foreign.get());
            }
            if (slot.isPresent()) {
                // Before the server is stopped: without it, it would not stream again.
                StandbySlot.ensure(source, slot.get());
            }
            RejoinPlan plan = planning.by(source);
            LOG.info(
                    "{} becomes a standby of {}: {} ({})",
                    server.data().getFileName(),
                    primary,
                    plan.way(),
                    plan.reason());
            Outcome given = plan.way() == RejoinPlan.Way.FOLLOW ? Outcome.done("") : consent.apply(plan);
            if (!given.holds()) {
                return given;
            }
            if (slot.isPresent()) {
                StandbySlot.free(source, slot.get());
            }
            return Outcome.done(startedAfter(plan.way(), carryOut(plan, source, primary), primary));
        } catch (SQLException e) {
            String why = "the primary at " + primary + " cannot be asked: " + e.getMessage();
            return untouched && server.standbySignal()
                    ? withoutUpstream(why)
                    : Outcome.retry(why, Duration.ofMillis(500));
        } catch (PostgresException e) {
            return Outcome.retry(Objects.requireNonNull(e.getMessage()), Duration.ofSeconds(1));
        }
    }

    /**
     * A standby that nobody can be compared with may run all the same, as long as it receives from nobody: if the primary is lost for good,
     * this may be all that a person can still choose.
     */
    private Outcome withoutUpstream(String why) {
        // A backend that outlived its postmaster may still have settings to write into the file.
        if (!server.endOrphans(STOP)) {
            return Outcome.retry(why + "; processes of a former life of the server do not end", Duration.ofSeconds(1));
        }
        try {
            server.autoConf().set(Map.of(AutoConf.NAMES, ServerNames.gate().setting(), "primary_conninfo", ""));
            server.start(START);
            return Outcome.done("started without an upstream: " + why);
        } catch (PostgresException e) {
            // It may be up, and wait for log that only an upstream could give it.
            end();
            return Outcome.retry(Objects.requireNonNull(e.getMessage()), Duration.ofSeconds(1));
        }
    }

    private String startedAfter(RejoinPlan.Way way, String how, PostgresAddress primary) {
        try {
            server.start(START);
            return how;
        } catch (PostgresException e) {
            if (way != RejoinPlan.Way.REWIND) {
                throw e;
            }
            // Such as when the primary has not kept the log since the last checkpoint that both have.
            LOG.warn("{} does not start after pg_rewind, copying instead: {}", server.data(), e.getMessage());
            String copied = rebuild(primary, "it did not start after pg_rewind");
            server.start(START);
            return copied;
        }
    }

    /** Why what lies in the directory is not this cluster's to replace; empty when it is. */
    private Optional<String> foreign(String expected) {
        if (identity.inPieces() || server.vacant()) {
            return Optional.empty();
        }
        if (!server.exists()) {
            return Optional.of("holds files that are no data directory of a server" + ELSEWHERE);
        }
        if (identity.read().isEmpty()) {
            // A pair that another tool has made, or that was made by hand, has the same system identifier: what runs
            // here may
            // be all that somebody wrote.
            return Optional.of("was made by no agent, which has named no copy there: take it over with ha adopt, or"
                    + " move it away, then the agent copies the data by itself");
        }
        String here = server.systemIdentifier();
        return here.equals(expected)
                ? Optional.empty()
                : Optional.of("belongs to another cluster (system identifier " + here + ", expected " + expected + ")"
                        + ELSEWHERE);
    }

    private RejoinPlan plan(Connection source) throws SQLException {
        if (!server.exists() || identity.read().isEmpty()) {
            return new RejoinPlan(RejoinPlan.Way.REBUILD, "there is no usable copy of the data here");
        }
        boolean standby = server.standbySignal();
        end();
        int primaryTimeline = Promotion.timeline(source);
        if (!Integer.toString(primaryTimeline)
                .equals(Sql.value(source, "select timeline_id from pg_control_checkpoint()"))) {
            // pg_rewind goes by the source's control file, which shows the new timeline only after a checkpoint.
            source.setNetworkTimeout(Runnable::run, (int) CHECKPOINT.toMillis());
            Sql.execute(source, "checkpoint");
        }
        String text = primaryTimeline == 1
                ? ""
                : Objects.requireNonNullElse(
                        Sql.value(
                                source,
                                "select pg_read_file('pg_wal/" + TimelineHistory.fileName(primaryTimeline)
                                        + "', 0, 1000000, true)"),
                        "");
        TimelineHistory own = server.history(OwnTimeline.of(server));
        return RejoinPlan.decide(
                TimelineHistory.parse(primaryTimeline, text),
                own,
                WalEnd.of(server, own, READ_LOG),
                standby ? RejoinPlan.Last.STANDBY : lastAsPrimary(),
                keptFrom(source));
    }

    /** Behind the last record of the stopped server's log; empty when that cannot be read. */
    OptionalLong logEndsBefore(Duration limit) {
        return WalEnd.behind(server, server.history(OwnTimeline.of(server)), limit);
    }

    private RejoinPlan.Last lastAsPrimary() {
        return "shut down".equals(server.controlData().get("Database cluster state"))
                ? RejoinPlan.Last.STOPPED_PRIMARY
                : RejoinPlan.Last.CRASHED_PRIMARY;
    }

    /**
     * Ends the server, in order if it obeys: another one is the active primary and waits for this one in no commit, so what this one has not flushed is nobody's loss. One that
     * is stopped or stuck obeys no request and would acknowledge nothing more when it goes on; it must not go on in data that is
     * being replaced.
     */
    void end() {
        boolean ended = server.stop(false, STOP) || server.stop(true, STOP_AT_ONCE);
        if (!ended) {
            LOG.warn("the server in {} does not obey a request to stop: killing it", server.data());
            ended = server.kill(STOP);
        }
        if (!ended || !server.endOrphans(STOP)) {
            throw new PostgresException("the server in " + server.data()
                    + " cannot be ended, not even by SIGKILL (process "
                    + (server.pid().isPresent() ? Long.toString(server.pid().getAsLong()) : "of a former life")
                    + "): its disk may hang. Nothing is done to its data before it is gone");
        }
    }

    private static long keptFrom(Connection source) throws SQLException {
        String[] oldest = Sql.rows(
                        source,
                        "select coalesce(min(substr(name, 9)), '0000000000000000'),"
                                + " (select setting from pg_settings where name = 'wal_segment_size')"
                                + " from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'",
                        2)
                .get(0);
        return WalEnd.segmentStart(oldest[0], Long.parseLong(oldest[1]));
    }

    private String carryOut(RejoinPlan plan, Connection source, PostgresAddress primary) {
        return switch (plan.way()) {
            case FOLLOW -> {
                follow(identity.read().orElseThrow(), primary);
                yield "follows as it is: " + plan.reason();
            }
            case REWIND -> {
                keepDiverged(plan.reason());
                identity.forget();
                // pg_rewind brings a killed server to its end of log first, in a mode that refuses a standby's
                // directory.
                server.standbySignal(false);
                Command.Result rewound = server.rewindTo(primary, REWIND);
                if (!rewound.ok()) {
                    LOG.warn("pg_rewind of {} failed, copying instead: {}", server.data(), cause(rewound.output()));
                    yield rebuild(primary, "pg_rewind failed: " + cause(rewound.output()));
                }
                if (!isOnDisk(source)) {
                    yield rebuild(
                            primary, "the primary went away before what pg_rewind had read there was on its disk");
                }
                becomes(primary);
                yield "rewound: " + plan.reason();
            }
            case REBUILD -> rebuild(primary, plan.reason());
        };
    }

    /**
     * pg_rewind reads the primary's files, and in them log that is written and not flushed yet. If its machine lost power now, it would go
     * on from before that: the copy here would have other log at the same place of the same timeline. So all of it is flushed before the
     * copy is used, on a session from before it was read, which a restart in between would have ended.
     */
    private static boolean isOnDisk(Connection source) {
        try {
            Sql.execute(source, "set synchronous_commit = local");
            Sql.execute(source, "select pg_logical_emit_message(true, 'prontuario', '')");
            return true;
        } catch (SQLException e) {
            LOG.warn("the primary cannot be told to flush its log: {}", e.toString());
            return false;
        }
    }

    private String rebuild(PostgresAddress primary, String reason) {
        end();
        if (server.exists() && !server.standbySignal() && !identity.inPieces()) {
            // It was a primary: it may hold what clients were told is kept.
            keepDiverged(reason);
        }
        identity.forget();
        Durable.empty(server.data());
        server.copyFrom(primary, COPY);
        becomes(primary);
        return "copied: " + reason;
    }

    /**
     * The data is complete, its files were flushed by the tool. The id comes last: a directory without one is never started by an
     * agent, and until now this one would have started as a primary with the names of the one that it was copied from.
     */
    private void becomes(PostgresAddress primary) {
        Copy copy = identity.next();
        follow(copy, primary);
        identity.adopt(copy);
    }

    /** Both copying and rewinding bring the primary's own settings along; a standby rests behind the gate and names itself. */
    void follow(Copy copy, PostgresAddress primary) {
        Map<String, String> all = new LinkedHashMap<>(upkeep.asStandby());
        all.put(AutoConf.NAMES, ServerNames.gate().setting());
        all.put("primary_conninfo", server.connectionString(primary, copy.applicationName()));
        all.put("primary_slot_name", slot.orElse(""));
        all.put("recovery_target_timeline", "latest");
        server.autoConf().set(all);
        server.standbySignal(true);
    }

    /** Before log is discarded that nobody else has: the newest segments and a summary, a bounded number of times. */
    private void keepDiverged(String reason) {
        Path folder = server.state().resolve("diverged");
        try {
            Files.createDirectories(folder);
            Path place = folder.resolve(String.format("%020d", System.currentTimeMillis()));
            Files.createDirectories(place);
            Files.writeString(place.resolve("why.txt"), reason + "\n");
            try (Stream<Path> files = Files.list(server.data().resolve("pg_wal"))) {
                List<Path> newest = files.filter(
                                file -> String.valueOf(file.getFileName()).matches("[0-9A-F]{24}"))
                        .sorted(Comparator.reverseOrder())
                        .limit(KEPT_SEGMENTS)
                        .toList();
                for (Path segment : newest) {
                    Files.copy(segment, place.resolve(String.valueOf(segment.getFileName())));
                }
            }
            try (Stream<Path> places = Files.list(folder)) {
                List<Path> oldest = places.sorted(Comparator.reverseOrder())
                        .skip(KEPT_DIVERGED)
                        .toList();
                for (Path old : oldest) {
                    Durable.empty(old);
                    Files.delete(old);
                }
            }
        } catch (IOException e) {
            LOG.warn(
                    "the log of {} that is about to be discarded could not be kept aside: {}",
                    server.data(),
                    e.toString());
        }
    }

    /** The line that says why, out of a tool's many: the first that complains, or the last. */
    private static String cause(String text) {
        List<String> lines = text.lines().toList();
        return lines.stream()
                .filter(line -> line.contains("FATAL: ") || line.contains("error: "))
                .findFirst()
                .orElse(lines.isEmpty() ? "" : lines.get(lines.size() - 1));
    }
}
