package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the settings that this node's file gives in its server's {@code postgresql.auto.conf}: after {@code initdb} wrote them once, the file
 * may change, and a copy of the primary's data brings the primary's along. What needs a restart waits for one, and is told as pending.
 *
 * <p>Of what a standby may not have less of than its primary ({@link RecoverySettings}) a standby's file is only raised and a primary's only
 * lowered: whichever of the two is started next, for whatever reason, the standby has enough. The other half comes when a server is started as
 * a standby, see {@link #asStandby}. Nothing else goes into the file of a server that does not run, since it could refuse to start with it.
 *
 * <p>One thread at a time.
 */
final class SettingsUpkeep {
    /** These are lists to {@code ALTER SYSTEM}: one text would be one name with commas in it (PostgreSQL's GUC_LIST_QUOTE). */
    static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces",
            "unix_socket_directories");

    private static final Logger LOG = LoggerFactory.getLogger(SettingsUpkeep.class);

    private final PostgresServer server;
    private final Map<String, String> wanted;
    /** What was answered in this life of the server: whatever came of it would come of it again. */
    private final Set<String> tried = new HashSet<>();

    private OptionalLong life = OptionalLong.empty();
    /** Something in the file may not have been loaded: by this agent, or by the one before it. */
    private boolean toLoad = true;

    SettingsUpkeep(PostgresServer server, Map<String, String> wanted) {
        this.server = server;
        this.wanted = new LinkedHashMap<>(wanted);
    }

    /** What belongs into the file of a stopped server that is about to be started as a standby: at least what the log there demands. */
    Map<String, String> asStandby() {
        Map<String, String> all = new LinkedHashMap<>();
        if (RecoverySettings.names().stream().noneMatch(wanted::containsKey)) {
            return all;
        }
        RecoverySettings.demanded(server.controlData()).forEach((name, demanded) -> {
            String value = wanted.get(name);
            if (value != null) {
                all.put(name, String.valueOf(Math.max(Long.parseLong(value), Long.parseLong(demanded))));
            }
        });
        return all;
    }

    /** Brings one setting of the running server in line, as far as that goes without a restart. Nothing is tried twice in a life of the server. */
    void keep(Connection session) throws SQLException {
        if (wanted.isEmpty()) {
            return;
        }
        if (!server.pid().equals(life)) {
            life = server.pid();
            tried.clear();
        }
        boolean standby = Promotion.inRecovery(session);
        for (Map.Entry<String, String> setting : wanted.entrySet()) {
            String key = setting.getKey() + "=" + setting.getValue();
            if (!tried.contains(key) && differs(session, setting.getKey(), setting.getValue(), standby)) {
                toLoad = true;
                change(session, setting.getKey(), setting.getValue());
                tried.add(key);
                break;
            }
        }
        if (toLoad) {
            Sql.execute(session, "select pg_reload_conf()");
            toLoad = false;
        }
    }

    private boolean differs(Connection session, String name, String value, boolean standby) throws SQLException {
        String inFile = server.autoConf().get(name).orElse(null);
        if (value.equals(inFile)) {
            return false;
        }
        if (RecoverySettings.names().contains(name)) {
            long now = inFile != null && inFile.matches("[0-9]{1,9}")
                    ? Long.parseLong(inFile)
                    : RecoverySettings.value(session, name);
            long then = Long.parseLong(value);
            return standby ? then > now : then < now;
        }
        return inFile != null || !value.equals(Sql.value(session, "select current_setting('" + name + "', true)"));
    }

    private static void change(Connection session, String name, String value) throws SQLException {
        List<String> values = LISTS.contains(name) ? List.of(value.split("\\s*,\\s*")) : List.of(value);
        String text =
                values.stream().map(one -> "'" + one.replace("'", "''") + "'").collect(Collectors.joining(", "));
        try {
            Sql.execute(session, "alter system set " + name + " = " + text);
            LOG.info("{} is set to {}, as this node's file has it", name, text);
        } catch (SQLException e) {
            if (e.getSQLState() == null || e.getSQLState().startsWith("08")) {
                throw e;
            }
            LOG.warn(
                    "{} stays as it is: {}. Mend postgres.settings, or the rights of the agents' role",
                    name,
                    e.getMessage());
        }
    }
}
