package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings that a running server may be given by hand and that take away what clients were promised: {@code synchronous_commit},
 * {@code fsync}, {@code full_page_writes}. What was seen wrong once counts as wrong until it was put right here, also if the hand has taken it back:
 * what came of it may not be over.
 *
 * <p>Not what a role or a database is given ({@code ALTER ROLE}), and not a session's own {@code SET}: that is the client's choice.
 *
 * <p>Any thread.
 */
final class VitalSettings {
    /** One column for each look: the three values. */
    static final String VALUES = "current_setting('synchronous_commit') || '|' || current_setting('fsync') || '|'"
            + " || current_setting('full_page_writes')";

    private static final List<String> NAMES = List.of("synchronous_commit", "fsync", "full_page_writes");
    private static final List<Hazard> HAZARDS = List.of(Hazard.UNWAITED, Hazard.UNFLUSHED, Hazard.TORN);
    /** Whose value is not the server's but one of a session. */
    private static final Set<String> OTHERS =
            Set.of("database", "user", "database user", "client", "session", "override");
    /** How long after the reload a server process may still begin a statement that does not know of it. */
    private static final Duration SIGNALLED = Duration.ofMillis(500);

    private static final Duration SOON = Duration.ofMillis(100);
    /** The agent has other things to do meanwhile, and nobody but a person can help. */
    private static final Duration NOT_SOON = Duration.ofSeconds(10);

    private static final Duration RELOADED = Duration.ofSeconds(1);
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final Duration MOMENT = Duration.ofMillis(10);

    private final PostgresServer server;
    private final Ticker ticker;
    private final Set<Hazard> open = EnumSet.noneOf(Hazard.class);
    private OptionalLong life = OptionalLong.empty();
    /** How often something wrong was seen: what is seen while it is put right is not put right by that. */
    private long sightings;
    /** The moment, by the server's clock, from which on every statement knows of the values that were put right; empty while that is not known. */
    private String knownFrom = "";

    /** The values of the last look that found nothing wrong: ten times a second they are the same. */
    private volatile String well = "";

    VitalSettings(PostgresServer server, Ticker ticker) {
        this.server = server;
        this.ticker = ticker;
    }

    /**
     * What is wrong, given {@link #VALUES} of a look.
     *
     * @param session of the look, to ask further when something is
     */
    Set<Hazard> seen(Connection session, String values) throws SQLException {
        if (values.equals(well) && nothingOpen()) {
            return Set.of();
        }
        Set<String> wrong = wrong(session, values).keySet();
        well = wrong.isEmpty() ? values : "";
        OptionalLong now = server.pid();
        synchronized (this) {
            if (!now.equals(life)) {
                life = now;
                // Statements of a former life have ended with it; what it had not flushed, recovery has read or lost.
                over();
            }
            opened(wrong);
            return open.isEmpty() ? Set.of() : EnumSet.copyOf(open);
        }
    }

    private synchronized void opened(Set<String> wrong) {
        if (!wrong.isEmpty()) {
            wrong.forEach(name -> open.add(HAZARDS.get(NAMES.indexOf(name))));
            sightings++;
            knownFrom = "";
        }
    }

    private synchronized void over() {
        open.clear();
        knownFrom = "";
    }

    private synchronized boolean nothingOpen() {
        return open.isEmpty();
    }

    private synchronized boolean isOpen(Hazard hazard) {
        return open.contains(hazard);
    }

    /** For a person; empty when nothing is wrong. */
    synchronized String detail() {
        return open.stream()
                .map(hazard -> NAMES.get(HAZARDS.indexOf(hazard)))
                .map(name -> name + " was changed by hand: " + vital(name).why())
                .collect(Collectors.joining("; "));
    }

    private Map<String, String> wrong(Connection session, String values) throws SQLException {
        String[] now = values.split("\\|", -1);
        Map<String, String> wrong = new LinkedHashMap<>();
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            if (!vital(name).well().test(now[i].toLowerCase(Locale.ROOT))
                    && !OTHERS.contains(
                            Sql.value(session, "select source from pg_settings where name = '" + name + "'"))) {
                wrong.put(name, now[i]);
            }
        }
        return wrong;
    }

    private static AdoptedSetting vital(String name) {
        return AdoptedSetting.all().stream()
                .filter(setting -> setting.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** What has to be written into the file of a stopped server that is about to be started as a primary: its gate would be none. */
    static Map<String, String> corrections(AutoConf file) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : NAMES) {
            if (file.get(name)
                    .filter(value -> !vital(name).well().test(value.toLowerCase(Locale.ROOT)))
                    .isPresent()) {
                all.put(name, vital(name).wanted());
            }
        }
        return all;
    }

    /** Puts right what is wrong, and waits for nothing. */
    void putRight(Duration limit) throws SQLException {
        try (Connection session = server.connect(limit)) {
            putRight(session);
        }
    }

    /** Answers what it was. */
    private Set<String> putRight(Connection session) throws SQLException {
        Set<String> wrong = wrong(session, values(session)).keySet();
        opened(wrong);
        for (String name : wrong) {
            Sql.execute(
                    session, "alter system set " + name + " = '" + vital(name).wanted() + "'");
        }
        if (!wrong.isEmpty()) {
            Sql.execute(session, "select pg_reload_conf()");
        }
        return wrong;
    }

    /** Puts right what is wrong, and waits for what came of it: see {@code SyncControl.mendSettings}. One thread at a time. */
    Outcome mend(Duration limit) throws SQLException {
        // Not on a session that has values of its own, as others of the agent have: the server's would not be seen
        // there.
        try (Connection session = server.connect(limit)) {
            return mend(session, limit);
        }
    }

    private Outcome mend(Connection session, Duration limit) throws SQLException {
        Deadline deadline = Deadline.in(RELOADED, ticker);
        Set<String> wrong;
        try {
            wrong = putRight(session);
        } catch (SQLException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
                throw e;
            }
            return Outcome.retry(
                    detail() + ". It cannot be changed back: " + e.getMessage()
                            + ". See ha postgres grants, or do it by hand",
                    NOT_SOON);
        }
        while (!wrong.isEmpty() && !wrong(session, values(session)).isEmpty()) {
            if (!deadline.pause(MOMENT)) {
                return Outcome.retry(
                        String.join(", ", wrong)
                                + " stays as it is after a reload: it stands on the server's command line, or its configuration"
                                + " has an error, see its log",
                        NOT_SOON);
            }
        }
        long before = sightings();
        if (isOpen(Hazard.UNWAITED)) {
            Optional<String> left = statementFromBefore(session);
            if (left.isPresent()) {
                return Outcome.retry(
                        "synchronous_commit is right again; a statement may not know it yet: " + left.get(), SOON);
            }
        }
        if (isOpen(Hazard.UNFLUSHED) && !server.flushEverything(limit)) {
            return Outcome.retry("fsync is on again; what was written meanwhile is being flushed", SOON);
        }
        synchronized (this) {
            if (sightings != before) {
                return Outcome.retry("it was changed once more", SOON);
            }
            String mended = detail();
            over();
            return Outcome.done(mended);
        }
    }

    private synchronized long sightings() {
        return sightings;
    }

    /**
     * A server process looks at a changed configuration before it begins a statement, not while it does one: whatever has begun before commits by
     * the old value (PostgreSQL 15, {@code PostgresMain}).
     */
    private Optional<String> statementFromBefore(Connection session) throws SQLException {
        String from;
        synchronized (this) {
            from = knownFrom;
        }
        if (from.isEmpty()) {
            from = String.valueOf(Sql.value(
                    session, "select clock_timestamp() + interval '" + SIGNALLED.toMillis() + " milliseconds'"));
            synchronized (this) {
                knownFrom = from;
            }
        }
        return Optional.ofNullable(Sql.value(
                session,
                "select case when clock_timestamp() < '" + from + "' then 'the reload has just been'"
                        + " else (select 'server process ' || min(pid) from pg_stat_activity where backend_type ="
                        + " 'client backend' and pid <> pg_backend_pid() and state in ('active', 'fastpath function"
                        + " call') and query_start < '" + from + "') end"));
    }

    private static String values(Connection session) throws SQLException {
        return String.valueOf(Sql.value(session, "select " + VALUES));
    }
}
