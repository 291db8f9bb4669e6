package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings without which a standby cannot replay up to the end: each must be at least the primary's (PostgreSQL 15 docs, 27.4.4
 * Administrator's Overview). With less it pauses replay, goes on receiving and acknowledging, and ends when it is promoted.
 */
final class RecoverySettings {
    /** By the labels of {@code pg_controldata}, which shows what the log that was replayed so far demands. */
    private static final Map<String, String> LABELS = labels();

    private RecoverySettings() {}

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("max_connections", "max_connections setting");
        labels.put("max_worker_processes", "max_worker_processes setting");
        labels.put("max_wal_senders", "max_wal_senders setting");
        labels.put("max_prepared_transactions", "max_prepared_xacts setting");
        labels.put("max_locks_per_transaction", "max_locks_per_xact setting");
        return labels;
    }

    static List<String> names() {
        return List.copyOf(LABELS.keySet());
    }

    /** The least of each that the log in a data directory demands, by what its control file says. */
    static Map<String, String> demanded(Map<String, String> controlData) {
        Map<String, String> least = new LinkedHashMap<>();
        LABELS.forEach((name, label) -> least.put(name, controlData.getOrDefault(label, "0")));
        return least;
    }

    static long value(Connection connection, String setting) throws SQLException {
        return Long.parseLong(String.valueOf(
                Sql.value(connection, "select setting from pg_settings where name = '" + setting + "'")));
    }

    /** What the standby of this session has too little of to be promoted; empty when it has enough for what it has replayed. */
    static Optional<String> lacking(Connection standby, Map<String, String> controlData) throws SQLException {
        for (Map.Entry<String, String> entry : demanded(controlData).entrySet()) {
            long here = value(standby, entry.getKey());
            long needed = Long.parseLong(entry.getValue());
            if (here < needed) {
                return Optional.of(
                        entry.getKey() + " is " + here + " here and was " + needed + " on the former primary");
            }
        }
        return Optional.empty();
    }
}
