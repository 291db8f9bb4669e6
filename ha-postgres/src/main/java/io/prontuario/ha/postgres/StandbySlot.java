package io.prontuario.ha.postgres;

import io.prontuario.ha.model.NodeName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The replication slot that a node's standby streams through where there are several of them: PostgreSQL lets one connection at a time
 * use a slot. Without it, a standby that comes back while the primary has not noticed the end of its former connection has two, which
 * {@code FIRST 2} takes for two standbys: a commit is acknowledged that the other certified one does not hold (ADR 17, measured by
 * {@code SecondConnectionIT} and {@code StandbySlotIT}). A single standby's two connections acknowledge the same log, and need none.
 *
 * <p>It is there for that alone. A standby that has been away for a minute finds a fresh one: a slot keeps log, and with
 * {@code hot_standby_feedback} dead rows, for whoever may never come back.
 */
final class StandbySlot {
    private static final String PREFIX = "prontuario_ha_";
    /** Somebody else was quicker to create, to drop, or to use it: it is looked at again. */
    private static final Set<String> OVERTAKEN = Set.of("42710", "42704", "55006");

    private static final String OURS =
            " slot_type = 'physical' and not temporary and starts_with(slot_name, '" + PREFIX + "') and not active";

    private StandbySlot() {}

    /** Its name; no two nodes have the same, for theirs have no underscore. */
    static String of(NodeName node) {
        return PREFIX + node.value().replace('-', '_');
    }

    /** Whether a cluster of so many servers has several standbys. */
    static boolean isNeeded(Map<NodeName, PostgresAddress> servers) {
        return servers.size() > 2;
    }

    /** The slot of this node in a cluster of these servers; empty when there is but one standby, which needs none. */
    static Optional<String> of(NodeName self, Map<NodeName, PostgresAddress> servers) {
        return isNeeded(servers) ? Optional.of(of(self)) : Optional.empty();
    }

    /** Creates it on a primary where it is missing, and anew where it has lost its log. It keeps no log before it is used. */
    static void ensure(Connection primary, String slot) throws SQLException {
        unlessOvertaken(
                primary,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where slot_name = ? and not active and wal_status = 'lost'",
                slot);
        unlessOvertaken(
                primary,
                "select pg_create_physical_replication_slot(?) where not exists"
                        + " (select from pg_replication_slots where slot_name = ?)",
                slot,
                slot);
    }

    /** Instead of one that nobody uses, one that keeps nothing. */
    static void renew(Connection primary, String slot) throws SQLException {
        unlessOvertaken(
                primary,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ? and" + OURS,
                slot);
        ensure(primary, slot);
    }

    /** Ends whoever holds it. The standby that it is for must not run: then that is what the primary has not noticed the end of, or a stranger. */
    static void free(Connection primary, String slot) throws SQLException {
        Sql.value(
                primary,
                "select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = ? and active",
                slot);
    }

    /** Slots of ours that nobody uses and that keep something. */
    static Set<String> idle(Connection primary) throws SQLException {
        return Sql.rows(
                        primary,
                        "select slot_name from pg_replication_slots where (restart_lsn is not null or xmin is not null) and"
                                + OURS,
                        1)
                .stream()
                .map(row -> row[0])
                .collect(Collectors.toSet());
    }

    /** Drops those of ours that nobody uses, but for these: of nodes that have left, and on a standby of the time when it was the primary. */
    static void dropAllBut(Connection server, Collection<String> slots) throws SQLException {
        unlessOvertaken(
                server,
                "select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots"
                        + " where slot_name <> all (string_to_array(?, ',')) and" + OURS,
                String.join(",", slots));
    }

    /** Whether a connection of that standby passes its node's slot by. */
    static boolean isPassedBy(Connection primary, NodeName node, String applicationName) throws SQLException {
        return "t"
                .equals(Sql.value(
                        primary,
                        "select exists (select from pg_stat_replication r where r.application_name = ? and not exists"
                                + " (select from pg_replication_slots s where s.slot_name = ? and s.active_pid = r.pid))",
                        applicationName,
                        of(node)));
    }

    private static void unlessOvertaken(Connection server, String sql, String... arguments) throws SQLException {
        try {
            Sql.value(server, sql, arguments);
        } catch (SQLException e) {
            if (!OVERTAKEN.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
        }
    }
}
