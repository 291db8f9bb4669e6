package io.prontuario.ha.examples.validate;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.postgres.PostgresSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one PostgreSQL server says of itself at one moment.
 *
 * @param settings in effect, by name, in their base units ({@code pg_settings.setting})
 * @param pending those that wait for a restart
 * @param errors lines of its configuration files that it could not apply
 * @param inRecovery whether it is a standby
 * @param systemIdentifier of its cluster
 * @param timeline of its last checkpoint
 * @param replayPaused whether a standby's replay is paused
 * @param upstreams how many receivers a standby has that stream
 * @param standbys who replicates from it
 * @param idleSlots replication slots that nobody uses and that hold back log, but for our own, which the agents renew
 * @param looseRules lines of {@code pg_hba.conf} that let others than this machine in without a password, or with a weak one
 * @param archiving how its archiver fares; empty when it is well or off
 * @param clockAhead how much its clock is ahead of this machine's
 */
record ServerFacts(
        Map<String, String> settings,
        List<String> pending,
        List<String> errors,
        boolean inRecovery,
        String systemIdentifier,
        long timeline,
        boolean replayPaused,
        int upstreams,
        List<Standby> standbys,
        List<String> idleSlots,
        List<String> looseRules,
        String archiving,
        Duration clockAhead) {

    /** One line of {@code pg_stat_replication}. */
    record Standby(String name, String state, String sync, long lagBytes) {}

    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** @throws SQLException when it is not reached, or refuses */
    static ServerFacts read(PostgresSettings settings, NodeName node) throws SQLException {
        try (Connection connection = settings.connect(node, LIMIT);
                Statement statement = connection.createStatement()) {
            return read(statement);
        }
    }

    private static ServerFacts read(Statement statement) throws SQLException {
        Map<String, String> settings = new HashMap<>();
        List<String> pending = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT name, setting, pending_restart FROM pg_settings")) {
            while (rows.next()) {
                settings.put(rows.getString(1), String.valueOf(rows.getString(2)));
                if (rows.getBoolean(3)) {
                    pending.add(rows.getString(1));
                }
            }
        }
        Instant before = Instant.now();
        Instant there = Instant.ofEpochMilli(
                number(statement, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"));
        Duration ahead = Duration.between(
                before.plus(Duration.between(before, Instant.now()).dividedBy(2)), there);
        boolean inRecovery = number(statement, "SELECT pg_is_in_recovery()::int") == 1;
        String end = inRecovery ? "pg_last_wal_replay_lsn()" : "pg_current_wal_lsn()";
        List<Standby> standbys = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("SELECT application_name, state, sync_state,"
                + " coalesce(pg_wal_lsn_diff(" + end + ", replay_lsn), 0)::bigint FROM pg_stat_replication")) {
            while (rows.next()) {
                standbys.add(new Standby(rows.getString(1), rows.getString(2), rows.getString(3), rows.getLong(4)));
            }
        }
        return new ServerFacts(
                settings,
                pending,
                texts(
                        statement,
                        "SELECT sourcefile || ':' || sourceline || ': ' || coalesce(name, '') || ' ' || error FROM pg_file_settings"
                                + " WHERE error IS NOT NULL AND error NOT LIKE '%cannot be changed without restarting%'"
                                + " UNION ALL SELECT 'pg_hba.conf:' || line_number || ': ' || error FROM pg_hba_file_rules"
                                + " WHERE error IS NOT NULL"),
                inRecovery,
                Long.toUnsignedString(number(statement, "SELECT system_identifier FROM pg_control_system()")),
                number(statement, "SELECT timeline_id FROM pg_control_checkpoint()"),
                inRecovery && number(statement, "SELECT pg_is_wal_replay_paused()::int") == 1,
                (int) number(statement, "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'"),
                standbys,
                texts(
                        statement,
                        "SELECT slot_name FROM pg_replication_slots WHERE NOT active AND restart_lsn IS NOT NULL"
                                + " AND NOT starts_with(slot_name, 'prontuario_ha_')"),
                texts(
                        statement,
                        "SELECT 'pg_hba.conf:' || line_number || ': ' || auth_method || ' for ' || coalesce(address, type)"
                                + " FROM pg_hba_file_rules WHERE error IS NULL AND type <> 'local'"
                                + " AND auth_method IN ('trust', 'password', 'md5')"
                                + " AND coalesce(address, '') NOT IN ('127.0.0.1', '::1', 'localhost', 'samehost')"),
                archiving(statement, settings),
                ahead);
    }

    private static String archiving(Statement statement, Map<String, String> settings) throws SQLException {
        if (settings.getOrDefault("archive_mode", "off").equals("off")) {
            return "";
        }
        List<String> failed = texts(
                statement,
                "SELECT 'the last try failed: ' || last_failed_wal FROM pg_stat_archiver WHERE last_failed_time IS NOT NULL"
                        + " AND (last_archived_time IS NULL OR last_failed_time > last_archived_time)");
        return failed.isEmpty() ? "" : failed.get(0);
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static List<String> texts(Statement statement, String sql) throws SQLException {
        List<String> all = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(rows.getString(1));
            }
        }
        return all;
    }

    String setting(String name) {
        return settings.getOrDefault(name, "");
    }

    long amount(String name) {
        String value = setting(name);
        return value.matches("-?\\d+") ? Long.parseLong(value) : 0;
    }
}
