package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the settings that this node's file gives in its server's {@code postgresql.auto.conf}: after {@code initdb} wrote them once, the file
 * may change, and a copy of the primary's data brings the primary's along. What needs a restart waits for one, and is told as pending.
 *
 * <p>Of what a standby may not have less of than its primary it keeps at least as much as the log demands: lowered, it reaches a standby only
 * after the primary was restarted with it.
 *
 * <p>One thread at a time.
 */
final class SettingsUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsUpkeep.class);
    /** These are lists to {@code ALTER SYSTEM}: one text would be one name with commas in it (PostgreSQL's GUC_LIST_QUOTE). */
    private static final Set<String> LISTS = Set.of(
            "local_preload_libraries",
            "search_path",
            "session_preload_libraries",
            "shared_preload_libraries",
            "temp_tablespaces",
            "unix_socket_directories");

    private final PostgresServer server;
    private final Map<String, String> wanted;
    /** What was tried in this life of the server: whatever came of it would come of it again. */
    private final Set<String> tried = new HashSet<>();

    private OptionalLong life = OptionalLong.empty();

    SettingsUpkeep(PostgresServer server, Map<String, String> wanted) {
        this.server = server;
        this.wanted = Map.copyOf(wanted);
    }

    /** What belongs into the file of a stopped server that is about to be started as a standby. */
    Map<String, String> asStandby() {
        Map<String, String> demanded = RecoverySettings.names().stream().anyMatch(wanted::containsKey)
                ? RecoverySettings.demanded(server.controlData())
                : Map.of();
        Map<String, String> all = new LinkedHashMap<>();
        wanted.forEach((name, value) -> all.put(name, atLeast(value, demanded.get(name))));
        return all;
    }

    private static String atLeast(String value, @Nullable String demanded) {
        if (demanded == null || !value.matches("[0-9]{1,9}")) {
            return value;
        }
        return Long.parseLong(demanded) > Long.parseLong(value) ? demanded : value;
    }

    /** Brings the running server in line, as far as that goes without a restart. Changes nothing else, and nothing twice. */
    void keep(Connection session) throws SQLException {
        if (wanted.isEmpty()) {
            return;
        }
        if (!server.pid().equals(life)) {
            life = server.pid();
            tried.clear();
        }
        boolean changed = false;
        Map<String, String> now = Promotion.inRecovery(session) ? asStandby() : wanted;
        for (Map.Entry<String, String> setting : now.entrySet()) {
            if (!setting.getValue().equals(present(session, setting.getKey()))
                    && tried.add(setting.getKey() + "=" + setting.getValue())) {
                changed |= change(session, setting.getKey(), setting.getValue());
            }
        }
        if (changed) {
            Sql.execute(session, "select pg_reload_conf()");
        }
    }

    /** The value in the file, where {@code ALTER SYSTEM} writes it; otherwise the one in effect, however it came there. */
    private String present(Connection session, String name) throws SQLException {
        return server.autoConf()
                .get(name)
                .orElse(Objects.requireNonNullElse(
                        Sql.value(session, "select current_setting('" + name + "', true)"), ""));
    }

    private boolean change(Connection session, String name, String value) throws SQLException {
        List<String> values = LISTS.contains(name) ? List.of(value.split("\\s*,\\s*")) : List.of(value);
        String text =
                values.stream().map(one -> "'" + one.replace("'", "''") + "'").collect(Collectors.joining(", "));
        try {
            Sql.execute(session, "alter system set " + name + " = " + text);
            LOG.info("{} is set to {}, as this node's file has it", name, text);
            return true;
        } catch (SQLException e) {
            if (e.getSQLState() == null || e.getSQLState().startsWith("08")) {
                throw e;
            }
            LOG.warn(
                    "{} stays as it is: {}. Mend postgres.settings, or the rights of the agents' role",
                    name,
                    e.getMessage());
            return false;
        }
    }
}
