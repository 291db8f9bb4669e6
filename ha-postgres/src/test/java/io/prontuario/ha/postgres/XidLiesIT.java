package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: asking by transaction id what became of a commit whose answer was lost. After a restart in place the id is "committed" although
 * a standby that may take over has not got it; after a takeover the same id is another transaction's.
 */
class XidLiesIT {
    private static final String TOKEN = "6f1c";

    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer standby;
    private String xid;

    @BeforeEach
    void aCommitInDoubt() throws Exception {
        primary = lab.primary("studio-1");
        Writers.table(primary);
        primary.execute("create table in_doubt (token text primary key)");
        standby = lab.standby("studio-2", primary);
        standby.awaitCaughtUpWith(primary);
        primary.namesInForce(LabServer.waitingFor(standby));
        standby.cutOffFromUpstream();
        Connection client = primary.connect();
        client.setAutoCommit(false);
        try (Statement statement = client.createStatement()) {
            statement.execute("insert into lab_entry values (1, 'note')");
            statement.execute("insert into in_doubt values ('" + TOKEN + "')");
        }
        xid = Sql.value(client, "select pg_current_xact_id()::text");
        lab.threads().submit(() -> {
            client.commit();
            return null;
        });
        LabServer.await("the commit waits")
                .until(() -> primary.value("select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
                        .equals("1"));
        primary.loseHost();
    }

    @Test
    void theIdIsCommittedAfterARestartInPlaceAndLostByATakeover() {
        primary.start();
        assertEquals("committed", primary.value("select pg_xact_status('" + xid + "')"), "the trap did not bite");
        primary.loseHost();
        standby.promoteNaively();
        standby.names("");
        assertEquals("0", standby.value("select count(*) from lab_entry where id = 1"));
        // The application believed it.
    }

    @Test
    void theIdIsSomebodyElsesAfterATakeoverAndTheTokenIsNot() throws SQLException {
        standby.promoteNaively();
        standby.names("");
        LabServer.await("the id is used again").until(() -> {
            standby.execute("insert into lab_entry select coalesce(max(id), 100) + 1, 'other' from lab_entry");
            return standby.value("select pg_current_xact_id()::text::bigint > " + xid)
                    .equals("t");
        });
        assertEquals("committed", standby.value("select pg_xact_status('" + xid + "')"), "the trap did not bite");
        assertEquals("0", standby.value("select count(*) from lab_entry where id = 1"));
        // What the transaction wrote itself tells the truth.
        assertEquals("0", standby.value("select count(*) from in_doubt where token = '" + TOKEN + "'"));
    }

    @Test
    void aTokenThatIsSeenIsAnswerEnoughOnlyAfterALaterCommitWasAcknowledged() throws SQLException {
        primary.start();
        assertEquals("1", primary.value("select count(*) from in_doubt where token = '" + TOKEN + "'"));
        PendingCommit later = primary.commitInBackground("insert into lab_entry values (2, 'later')");
        later.awaitWaiting(primary);
        assertEquals(false, later.acknowledgedWithin(500));
        // The standby gets its stream back: now the later commit is acknowledged, and so the token is safe.
        standby.follow(primary.address(), standby.copy().applicationName());
        assertEquals(true, later.acknowledgedWithin(10_000));
        primary.loseHost();
        standby.promoteNaively();
        assertEquals("1", standby.value("select count(*) from in_doubt where token = '" + TOKEN + "'"));
        assertEquals("1", standby.value("select count(*) from lab_entry where id = 1"));
    }
}
