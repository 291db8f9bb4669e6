package io.prontuario.ha.postgres;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Exactly one walsender per name. A name is not an identity: a second connection under a certified name acknowledges for it, and a
 * stale one whose other end is long gone holds every commit until it times out (both measured).
 *
 * <p>Which of two is the right one cannot be seen. A stale one stays away once it was ended; one that comes back belongs to another
 * server, and that is for a person. One thread at a time.
 */
final class NamesDiscipline {
    /** A living standby's receiver connects again long before this: {@code wal_retrieve_retry_interval} of {@link ManagedSettings}. */
    private static final Duration COMES_BACK = Duration.ofSeconds(2);

    private final Ticker ticker;
    private final Map<String, Long> endedAt = new HashMap<>();

    NamesDiscipline(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Ends all connections of a name but the newest; REFUSED, and nothing is touched, when one of them had been ended just before. */
    Outcome keepNewest(Connection session) throws SQLException {
        long now = ticker.nanos();
        endedAt.values().removeIf(at -> now - at > COMES_BACK.toNanos());
        List<String[]> older = Sql.rows(
                session,
                "select old.application_name, old.pid from pg_stat_replication old where exists (select from"
                        + " pg_stat_replication newer where newer.application_name = old.application_name and (newer.backend_start, newer.pid)"
                        + " > (old.backend_start, old.pid)) and old.application_name like '%.%'",
                2);
        if (older.isEmpty()) {
            return Outcome.alreadySo("");
        }
        for (String[] one : older) {
            if (endedAt.containsKey(one[0])) {
                return Outcome.refused("two servers call themselves " + one[0]
                        + ": a connection under that name was ended and came back. One of them is a stranger, such as a cloned machine;"
                        + " stop it");
            }
        }
        for (String[] one : older) {
            Sql.value(session, "select pg_terminate_backend(" + one[1] + ")");
            endedAt.put(one[0], now);
        }
        return Outcome.done("ended " + older.size() + " older connection(s) under the name " + older.get(0)[0]);
    }
}
