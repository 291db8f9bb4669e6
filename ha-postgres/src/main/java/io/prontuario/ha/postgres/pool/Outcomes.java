package io.prontuario.ha.postgres.pool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A row that is written in the same transaction as what somebody wants to be certain of, and that answers afterwards whether it committed.
 *
 * <p>Who asks writes the same row: while the transaction in question may still commit, that waits for its end; when it is not there, the
 * row of who asks takes its place, so that it can never commit. Either way something is written, and its commit waits for the standbys: what
 * was committed before it on this server is then as safe as it is. That is what a cancelled wait leaves open. A bare transaction id would
 * not do, since each timeline gives the same ids to others.
 */
final class Outcomes {
    /** Creates the table; for the application's own migration, as the owner of its tables. */
    static final String TABLE = """
            create schema if not exists prontuario_ha;
            create table if not exists prontuario_ha.outcome (
                token uuid primary key,
                committed boolean not null,
                asked int not null default 0,
                at timestamptz not null default now()
            );
            create index if not exists outcome_at on prontuario_ha.outcome (at);
            """;

    private static final String WRITE = "insert into prontuario_ha.outcome (token, committed) values (?, true)";
    private static final String ASK = "insert into prontuario_ha.outcome as o (token, committed) values (?, false)"
            + " on conflict (token) do update set asked = o.asked + 1 returning committed";
    private static final String ASK_SAFELY = "set local synchronous_commit = on; set local lock_timeout = '5s'";
    private static final String SWEEP = "delete from prontuario_ha.outcome where token in (select token from"
            + " prontuario_ha.outcome where at < now() - interval '1 hour' limit 2000 for update skip locked)";
    private static final int SWEEP_EVERY = 500;

    private final AtomicLong written = new AtomicLong();

    /** The last statement of a transaction. */
    void write(Connection connection, UUID token) throws SQLException {
        if (written.incrementAndGet() % SWEEP_EVERY == 0) {
            try (Statement sweep = connection.createStatement()) {
                sweep.execute(SWEEP);
            }
        }
        try (PreparedStatement write = connection.prepareStatement(WRITE)) {
            write.setObject(1, token);
            write.executeUpdate();
        }
    }

    /** Whether the transaction of this token has committed; once this has answered, nothing changes it any more. */
    boolean committed(Connection connection, UUID token) throws SQLException {
        connection.setAutoCommit(false);
        boolean committed;
        try (Statement safely = connection.createStatement();
                PreparedStatement ask = connection.prepareStatement(ASK)) {
            safely.execute(ASK_SAFELY);
            ask.setObject(1, token);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                committed = row.getBoolean(1);
            }
        }
        connection.commit();
        return committed;
    }
}
