package io.prontuario.ha.postgres;

import io.prontuario.ha.model.NodeName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/**
 * The replication slot that a node's standby streams through where there are several of them: PostgreSQL lets one connection at a time
 * use a slot. Without it, a standby that comes back while the primary has not noticed the end of its former connection has two, which
 * {@code FIRST 2} takes for two standbys: a commit is acknowledged that the other certified one does not hold (ADR 17, measured by
 * {@code SecondConnectionIT} and {@code StandbySlotIT}). A single standby's two connections acknowledge the same log, and need none.
 */
final class StandbySlot {
    private static final String PREFIX = "prontuario_";
    private static final String EXISTS_ALREADY = "42710";

    private StandbySlot() {}

    /** Its name; no two nodes have the same, for theirs have no underscore. */
    static String of(NodeName node) {
        return PREFIX + node.value().replace('-', '_');
    }

    /** The slot of this node in a cluster of these servers; empty when there is but one standby, which needs none. */
    static Optional<String> of(NodeName self, Map<NodeName, PostgresAddress> servers) {
        return servers.size() > 2 ? Optional.of(of(self)) : Optional.empty();
    }

    /** Creates it on a primary where it is missing, and anew where it has lost the log that it was there for. It keeps no log before it is used. */
    static void ensure(Connection primary, String slot) throws SQLException {
        Sql.value(
                primary,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where slot_name = ? and not active and wal_status = 'lost'",
                slot);
        try {
            Sql.value(
                    primary,
                    "select pg_create_physical_replication_slot(?) where not exists"
                            + " (select from pg_replication_slots where slot_name = ?)",
                    slot,
                    slot);
        } catch (SQLException e) {
            // Its standby's agent was quicker.
            if (!EXISTS_ALREADY.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    /** On a standby, what is left of the time when it was the primary: it would keep log for ever. */
    static void dropAll(Connection standby) throws SQLException {
        Sql.value(
                standby,
                "select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots"
                        + " where starts_with(slot_name, '" + PREFIX + "') and not active and pg_is_in_recovery()");
    }

    /** Whether a connection of that standby uses its node's slot. */
    static boolean isUsed(Connection primary, NodeName node, String applicationName) throws SQLException {
        return "t"
                .equals(Sql.value(
                        primary,
                        "select exists (select from pg_replication_slots s join pg_stat_replication r on r.pid = s.active_pid"
                                + " where s.slot_name = ? and r.application_name = ?)",
                        of(node),
                        applicationName));
    }
}
