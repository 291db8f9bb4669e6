package io.prontuario.ha.postgres;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the slots of the standbys ({@link StandbySlot}) as they should be on this node's server: on the primary of several standbys one
 * for each, which keeps nothing for one that is away; elsewhere none. One thread at a time.
 */
final class SlotUpkeep {
    /** Longer than a restart; then whoever comes back goes by {@code wal_keep_size}, as without a slot. */
    private static final Duration AWAY = Duration.ofMinutes(1);

    private final List<String> wanted;
    private final Ticker ticker;
    private final Map<String, Long> idleSince = new HashMap<>();

    SlotUpkeep(NodeName self, Map<NodeName, PostgresAddress> servers, Ticker ticker) {
        this.wanted = StandbySlot.isNeeded(servers)
                ? servers.keySet().stream()
                        .filter(node -> !node.equals(self))
                        .map(StandbySlot::of)
                        .toList()
                : List.of();
        this.ticker = ticker;
    }

    void keep(Connection server, boolean primary) throws SQLException {
        StandbySlot.dropAllBut(server, primary ? wanted : List.of());
        if (!primary || wanted.isEmpty()) {
            idleSince.clear();
            return;
        }
        for (String slot : wanted) {
            StandbySlot.ensure(server, slot);
        }
        Set<String> idle = StandbySlot.idle(server);
        idleSince.keySet().retainAll(idle);
        long now = ticker.nanos();
        for (String slot : idle) {
            long since = idleSince.computeIfAbsent(slot, any -> now);
            if (now - since >= AWAY.toNanos()) {
                StandbySlot.renew(server, slot);
            }
        }
    }
}
