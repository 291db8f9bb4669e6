package io.prontuario.ha.postgres;

import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes over a running server that somebody else has set up, without a restart. What a reload can change is changed, as the plan has said; what
 * only a restart could change is left as it is: it would take effect unasked at the next start, and raised on a primary before its
 * standby it would stop that standby's replay.
 */
final class Adoption {
    private static final Duration LOOK = Duration.ofSeconds(3);
    private static final Duration MOMENT = Duration.ofMillis(50);
    /** They write the same settings, and start and stop the same server. */
    private static final Set<String> OTHER_AGENTS = Set.of("patroni", "repmgrd", "pg_autoctl");

    private final PostgresServer server;
    private final CopyIdentity identity;
    private final NamesSession names;
    private final Ticker ticker;
    private final Optional<String> slot;

    /** A setting as the server has it. */
    private record Value(String value, String text, String context, String source) {
        boolean reloadable() {
            return !context.equals("postmaster") && !context.equals("internal") && !source.equals("command line");
        }
    }

    /**
     * @param slot what a standby streams through; empty when it is the only one
     */
    Adoption(PostgresServer server, CopyIdentity identity, NamesSession names, Ticker ticker, Optional<String> slot) {
        this.server = server;
        this.identity = identity;
        this.names = names;
        this.ticker = ticker;
        this.slot = slot;
    }

    /**
     * Looks, and changes nothing.
     *
     * @param primary whom the server here is to follow; null when it is to be the primary
     */
    AdoptionPlan plan(@Nullable PostgresAddress primary, Connection session) throws SQLException {
        boolean standby = Promotion.inRecovery(session);
        List<Precondition> needed = new ArrayList<>();
        List<String> changes = new ArrayList<>();
        List<String> left = new ArrayList<>();
        needed.add(own(session));
        needed.add(startable(session));
        needed.add(otherAgents());
        needed.add(whole());
        String setNames = names(session, changes);
        needed.add(new Precondition(
                "the names can be changed without a restart",
                !setNames.equals("command line"),
                "synchronous_standby_names comes from: " + setNames));
        for (AdoptedSetting setting : AdoptedSetting.all()) {
            judge(setting, session, needed, changes, left);
        }
        needed.add(maySetUp(session));
        if (standby && primary != null) {
            follow(primary, session, needed, changes);
        }
        if (!rewindable(session)) {
            left.add("wal_log_hints is off and there are no data checksums: a former primary is copied, never rewound");
        }
        changes.add(
                "at its next start its agent gives it port " + server.address().port() + ", listen_addresses "
                        + server.address().host() + ", no unix socket, and its log in "
                        + server.state().resolve("postgres.log"));
        return new AdoptionPlan(
                standby ? ServerMode.STANDBY : ServerMode.PRIMARY,
                identity.read().orElse(null),
                server.systemIdentifier(),
                Promotion.timeline(session),
                needed,
                changes,
                left);
    }

    /** What answers at the address is what lies in the directory. */
    private Precondition own(Connection session) throws SQLException {
        String there = String.valueOf(Sql.value(session, "select system_identifier from pg_control_system()"));
        String folder = String.valueOf(Sql.value(session, "show data_directory"));
        boolean same = server.exists()
                && real(Path.of(folder)).equals(real(server.data()))
                && there.equals(server.systemIdentifier());
        return new Precondition(
                "the server on " + server.address() + " is the one in " + server.data(),
                same && server.pid().isPresent(),
                "its data_directory is " + folder + ", its system identifier " + there);
    }

    /** Its agent knows the data directory and nothing else: what is given on the command line or lies elsewhere is gone with the next start. */
    private Precondition startable(Connection session) throws SQLException {
        List<String> hindering = new ArrayList<>();
        for (String[] file : Sql.rows(
                session,
                "select name, setting from pg_settings where name in ('config_file', 'hba_file', 'ident_file') order by 1",
                2)) {
            if (!real(Path.of(file[1])).startsWith(real(server.data()))) {
                hindering.add(file[0] + " is " + file[1] + ", outside: move it into " + server.data());
            }
        }
        for (String[] given : Sql.rows(
                session,
                "select name, setting from pg_settings where source = 'command line' and context <> 'internal' and name not in"
                        + " ('port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file',"
                        + " 'hba_file', 'ident_file', 'cluster_name', 'logging_collector') order by 1",
                2)) {
            hindering.add(given[0] + " = " + given[1] + " is given on the command line: write it into postgresql.conf");
        }
        return new Precondition(
                "its agent can start it as it runs now",
                hindering.isEmpty(),
                hindering.isEmpty()
                        ? "all that it is set to lies in its data directory"
                        : String.join("; ", hindering));
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath();
        }
    }

    private static Precondition otherAgents() {
        List<String> found = ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream()
                        .flatMap(line -> List.of(line.split("\\s+", 4)).stream().limit(3))
                        .map(word -> word.substring(word.lastIndexOf('/') + 1))
                        .filter(OTHER_AGENTS::contains)
                        .map(name -> name + " (process " + process.pid() + ")"))
                .distinct()
                .toList();
        return new Precondition(
                "no other tool manages a server on this machine",
                found.isEmpty(),
                found.isEmpty()
                        ? "neither " + OTHER_AGENTS + " runs"
                        : found + ": stop it without stopping the server");
    }

    private Precondition whole() {
        boolean pieces = identity.inPieces();
        return new Precondition(
                "nobody has begun to replace the data here",
                !pieces,
                pieces ? server.state() + " says that a copy or rewind was begun" : "no trace of it");
    }

    /** Answers where the setting comes from. */
    private static String names(Connection session, List<String> changes) throws SQLException {
        Value now = value(session, AutoConf.NAMES);
        changes.add("synchronous_standby_names is '" + now.text() + "' and becomes the agents'");
        return now.source();
    }

    private static void judge(
            AdoptedSetting setting,
            Connection session,
            List<Precondition> needed,
            List<String> changes,
            List<String> left)
            throws SQLException {
        Value now = value(session, setting.name());
        if (setting.well().test(now.value())) {
            return;
        }
        String otherwise =
                setting.name() + " is " + now.text() + ", should be " + setting.wanted() + ": " + setting.why();
        if (now.reloadable()) {
            changes.add(setting.name() + ": " + now.text() + " → " + setting.wanted());
        } else if (setting.vital()) {
            needed.add(new Precondition(
                    setting.name() + " is well",
                    false,
                    otherwise + "; only a restart changes it, which is yours to choose: on the standby first"));
        } else {
            left.add(otherwise + "; only a restart changes it");
        }
    }

    private static Value value(Connection session, String name) throws SQLException {
        String[] row = Sql.rows(
                        session,
                        "select setting, current_setting(name), context, source from pg_settings where name = ?",
                        4,
                        name)
                .get(0);
        return new Value(row[0], row[1], row[2], row[3]);
    }

    private static Precondition maySetUp(Connection session) throws SQLException {
        boolean superuser =
                "t".equals(Sql.value(session, "select rolsuper from pg_roles where rolname = current_user"));
        return new Precondition(
                "the agents' role may change settings",
                superuser,
                superuser
                        ? "it is a superuser"
                        : "it is none: take over as a superuser, then give the agents a role of their own"
                                + " (ha postgres grants)");
    }

    private void follow(PostgresAddress primary, Connection session, List<Precondition> needed, List<String> changes)
            throws SQLException {
        String streaming = Sql.value(session, "select status from pg_stat_wal_receiver");
        needed.add(new Precondition(
                "it streams",
                "streaming".equals(streaming),
                "its receiver is " + (streaming == null ? "not there" : streaming)));
        needed.add(new Precondition(
                "it is a standby by standby.signal", server.standbySignal(), server.data() + "/standby.signal"));
        needed.add(upstream(primary, session));
        changes.add(
                "primary_conninfo: " + primary + " as " + server.credentials().user() + ", under the name of its copy");
        String present = value(session, "primary_slot_name").value();
        if (!present.equals(slot.orElse(""))) {
            changes.add("primary_slot_name: '" + present + "' → '" + slot.orElse("") + "'"
                    + (present.isEmpty()
                            ? ""
                            : "; drop the former one on the primary, or it keeps log for ever:"
                                    + " select pg_drop_replication_slot('" + present + "')"));
        }
    }

    /** The history of the primary is its own: what it streams from is what the record names. */
    private Precondition upstream(PostgresAddress primary, Connection session) throws SQLException {
        String what = "the primary on " + primary + " lets the agents in and is what this server follows";
        try (Connection source = Sql.connect(primary, server.credentials(), LOOK)) {
            if (Promotion.inRecovery(source)) {
                return new Precondition(what, false, "it is in recovery");
            }
            String there = String.valueOf(Sql.value(source, "select system_identifier from pg_control_system()"));
            int theirs = Promotion.timeline(source);
            int ours = Promotion.timeline(session);
            return new Precondition(
                    what,
                    there.equals(server.systemIdentifier()) && theirs == ours,
                    "system identifier " + there + ", timeline " + theirs + "; here timeline " + ours);
        } catch (SQLException e) {
            return new Precondition(what, false, String.valueOf(e.getMessage()));
        }
    }

    private boolean rewindable(Connection session) throws SQLException {
        return "on".equals(value(session, "wal_log_hints").value())
                || "on".equals(value(session, "data_checksums").value());
    }

    /** It goes on serving, under the names that it has: what they are to be comes once the record says so. */
    Outcome primary(Copy copy, Connection session) throws SQLException {
        Schema.create(session);
        applySettings(session);
        adopt(copy);
        return Outcome.done(copy + " serves");
    }

    /**
     * Behind the gate, and under a name of its own. The id comes last: interrupted before it, this server is a standby like any, and the same
     * call begins again. One that does not stream in the end gets back what it had.
     */
    Outcome standby(Copy copy, PostgresAddress primary, Connection session, Duration limit) throws SQLException {
        Deadline deadline = Deadline.in(limit, ticker);
        applySettings(session);
        names.set(ServerNames.gate(), deadline.left());
        Map<String, Optional<String>> before = Map.of(
                "primary_conninfo", server.autoConf().get("primary_conninfo"),
                "primary_slot_name", server.autoConf().get("primary_slot_name"));
        set(session, "primary_conninfo", server.connectionString(primary, copy.applicationName()));
        if (slot.isPresent()) {
            try (Connection source = Sql.connect(primary, server.credentials(), LOOK)) {
                StandbySlot.ensure(source, slot.get());
            }
        }
        set(session, "primary_slot_name", slot.orElse(""));
        set(session, "recovery_target_timeline", "latest");
        Sql.execute(session, "select pg_reload_conf()");
        while (!streamsAs(copy, session)) {
            if (!deadline.pause(MOMENT)) {
                for (Map.Entry<String, Optional<String>> setting : before.entrySet()) {
                    if (setting.getValue().isPresent()) {
                        set(session, setting.getKey(), setting.getValue().get());
                    } else {
                        Sql.execute(session, "alter system reset " + setting.getKey());
                    }
                }
                Sql.execute(session, "select pg_reload_conf()");
                return Outcome.refused("it did not stream from " + primary + " as "
                        + server.credentials().user()
                        + " within " + limit.toSeconds() + " s, and follows as before: look at its log, and at"
                        + " pg_hba.conf of the primary (replication)");
            }
        }
        adopt(copy);
        return Outcome.done(copy + " streams from " + primary);
    }

    private static boolean streamsAs(Copy copy, Connection session) throws SQLException {
        return "t"
                .equals(Sql.value(
                        session,
                        "select status = 'streaming' and conninfo like ? from pg_stat_wal_receiver",
                        "%application_name=" + copy.applicationName() + " %"));
    }

    private void adopt(Copy copy) {
        if (identity.read().filter(copy::equals).isEmpty()) {
            identity.adopt(copy);
        }
    }

    private static void applySettings(Connection session) throws SQLException {
        for (AdoptedSetting setting : AdoptedSetting.all()) {
            Value now = value(session, setting.name());
            if (!setting.well().test(now.value()) && now.reloadable()) {
                set(session, setting.name(), setting.wanted());
            }
        }
        Sql.execute(session, "select pg_reload_conf()");
    }

    /** {@code ALTER SYSTEM} takes no parameters. */
    private static void set(Connection session, String name, String value) throws SQLException {
        Sql.execute(
                session, "alter system set " + name.toLowerCase(Locale.ROOT) + " = '" + value.replace("'", "''") + "'");
    }
}
