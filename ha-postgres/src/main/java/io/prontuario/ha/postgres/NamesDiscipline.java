package io.prontuario.ha.postgres;

import io.prontuario.ha.spi.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Exactly one walsender per name. A name is not an identity: a second connection under a certified name acknowledges for it, and a
 * stale one whose other end is long gone holds every commit until it times out (both measured).
 */
final class NamesDiscipline {
    private NamesDiscipline() {}

    /** Ends all connections of a name but the newest. */
    static Outcome keepNewest(Connection session) throws SQLException {
        List<String[]> ended = Sql.rows(
                session,
                "select old.application_name, old.pid, pg_terminate_backend(old.pid) from pg_stat_replication old where exists (select from"
                        + " pg_stat_replication newer where newer.application_name = old.application_name and (newer.backend_start, newer.pid)"
                        + " > (old.backend_start, old.pid)) and old.application_name like '%.%'",
                3);
        return ended.isEmpty()
                ? Outcome.alreadySo("")
                : Outcome.done("ended " + ended.size() + " older connection(s) under the name " + ended.get(0)[0]);
    }
}
