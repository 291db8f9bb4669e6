package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * What the library keeps in the database: one row that says under which epoch this server was opened (replicated, so that every
 * acknowledgement can be told apart by it) and one that carries canaries and tokens.
 *
 * <p>The epoch stands in a comment on a role as well: roles are shared by all databases of a server, so whoever is connected to another one
 * can read it there.
 */
final class Schema {
    /** Nobody logs in as this role; what is told of it is the epoch. */
    static final String EPOCH_ROLE = "prontuario_epoch";

    /**
     * Says the epoch. A function, since only a superuser comments on roles without being given far more than that: so an agent that is none
     * can do it, and nothing else ({@link AgentGrants}).
     */
    static final String TELL_EPOCH = "prontuario.tell_epoch(bigint)";

    /** Whether all of it is there, as an expression. */
    static final String PRESENT = "to_regclass('prontuario.token') is not null and to_regprocedure('" + TELL_EPOCH
            + "') is not null and to_regrole('" + EPOCH_ROLE + "') is not null";

    private Schema() {}

    /**
     * Creates it; commits locally, so that it never waits for a standby. Harmless when it is there. Under a lock: "if not exists" fails
     * when two do it at once.
     */
    static void create(Connection connection) throws SQLException {
        Sql.execute(connection, "set synchronous_commit = local");
        Sql.execute(connection, """
                begin;
                select pg_advisory_xact_lock(1886547827, 1);
                create schema if not exists prontuario;
                create table if not exists prontuario.epoch (one int primary key check (one = 1), epoch bigint not null, transition text not null);
                create table if not exists prontuario.token (purpose text primary key, value text not null);
                grant usage on schema prontuario to public;
                grant select on prontuario.epoch to public;
                insert into prontuario.token values ('canary', ''), ('token', ''), ('probe', '') on conflict do nothing;
                do $$ begin
                    if to_regrole('%s') is null then create role %s nologin; end if;
                end $$;
                create or replace function %s returns void language plpgsql security definer set search_path = pg_catalog as $tell$
                begin
                    execute format('comment on role %s is %%L', $1);
                end $tell$;
                revoke all on function %s from public;
                commit""".formatted(EPOCH_ROLE, EPOCH_ROLE, TELL_EPOCH, EPOCH_ROLE, TELL_EPOCH));
        Sql.execute(connection, "set synchronous_commit = on");
    }
}
