package io.prontuario.ha.postgres;

import java.util.List;

/**
 * What a role needs to be the agents' that is no superuser, as SQL for a superuser on the primary. PostgreSQL 15 and newer: before, nobody but
 * a superuser changes {@code synchronous_standby_names} or makes a checkpoint.
 *
 * <p>It stays a mighty role: it reads every file of the data directory, which {@code pg_rewind} and {@code pg_basebackup} need, and it says who
 * is waited for. What it cannot do: change or read tables of the application by SQL, make roles, run programs, end sessions of superusers.
 * So a superuser's transaction on a standby can hold its promotion up as long as {@code max_standby_streaming_delay} lets it; and the slots of
 * {@code superuser_reserved_connections} are not for it.
 */
public final class AgentGrants {
    /** What {@code pg_rewind} calls on its source (PostgreSQL docs, pg_rewind, "Notes"), and what agents call. */
    private static final List<String> FUNCTIONS = List.of(
            "pg_catalog.pg_ls_dir(text, boolean, boolean)",
            "pg_catalog.pg_stat_file(text, boolean)",
            "pg_catalog.pg_read_binary_file(text)",
            "pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)",
            "pg_catalog.pg_read_file(text, bigint, bigint, boolean)",
            "pg_catalog.pg_reload_conf()",
            "pg_catalog.pg_promote(boolean, integer)",
            "pg_catalog.pg_wal_replay_pause()",
            "pg_catalog.pg_wal_replay_resume()",
            Schema.TELL_EPOCH);

    private AgentGrants() {}

    /**
     * The statements, for the database {@code postgres}. They may be run again.
     *
     * @param role 1 to 63 of {@code a-z 0-9 _}, a letter first
     * @throws IllegalArgumentException when it is no such name
     */
    public static String sql(String role) {
        if (!role.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    "role '" + role + "' must be 1 to 63 characters of a-z, 0-9 and '_' and begin with a letter");
        }
        StringBuilder text = new StringBuilder("""
                -- Run as a superuser on the primary, in the database postgres, after "ha init". Then give the role a password:
                --   \\password %1$s
                do $$ begin
                    if to_regrole('%1$s') is null then create role %1$s; end if;
                end $$;
                alter role %1$s login replication nosuperuser nocreaterole nocreatedb;
                grant pg_monitor, pg_signal_backend, pg_checkpoint to %1$s;
                grant alter system on parameter synchronous_standby_names, synchronous_commit, fsync, full_page_writes to %1$s;
                grant usage on schema prontuario to %1$s;
                grant select, insert, update, delete on all tables in schema prontuario to %1$s;
                """.formatted(role));
        FUNCTIONS.forEach(function -> text.append("grant execute on function ")
                .append(function)
                .append(" to ")
                .append(role)
                .append(";\n"));
        return text.toString();
    }

    /** The line for {@code pg_hba.conf} of every server that lets the role copy and stream from an address range. */
    public static String hostBasedAccess(String role, String network, boolean tls) {
        return (tls ? "hostssl" : "host") + " replication " + role + " " + network + " scram-sha-256";
    }
}
