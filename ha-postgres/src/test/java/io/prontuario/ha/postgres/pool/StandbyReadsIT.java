package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.postgres.LabServer;
import io.prontuario.ha.postgres.PostgresLab;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where readers are led to, on a real pair. */
class StandbyReadsIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @SuppressWarnings("NullAway.Init") // set before each test
    private LabServer primary;

    @SuppressWarnings("NullAway.Init") // set before each test
    private LabServer standby;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FailoverDataSource pool;

    @BeforeEach
    void aPair() {
        primary = lab.primary("studio-1");
        standby = lab.standby("studio-2", primary);
        primary.execute("create table entry (id int primary key)");
        pool = FailoverDataSource.of(PoolSettings.builder()
                .server(primary.copy().node(), primary.address())
                .server(standby.copy().node(), standby.address())
                .database("postgres")
                .user("postgres")
                .size(2)
                .staleness(Duration.ofSeconds(2))
                .build());
        pool.strategy().reconcile(PoolRecords.active(1, primary, standby.copy()));
    }

    @AfterEach
    void end() {
        pool.close();
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private int port() throws SQLException {
        try (Connection connection = pool.reads().getConnection()) {
            return Integer.parseInt(value(connection, "select inet_server_port()"));
        }
    }

    private void awaitReadsFrom(LabServer server) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .until(() -> port() == server.address().port());
    }

    /** In one test, since a pair takes longer to start than all of this. */
    @Test
    void readersGoToAStandbyThatIsFreshEnoughAndToThePrimaryOtherwise() throws SQLException {
        awaitReadsFrom(standby);
        whoeverHasWrittenFindsItThere();
        nobodyWritesThroughIt();
        oneThatReplaysNothingAnyMoreIsLeft();
        oneThatIsTaggedNoReadsIsLeft();
        oneThatIsNotCertifiedAnyMoreIsLeft();
    }

    private void whoeverHasWrittenFindsItThere() throws SQLException {
        for (int id = 0; id < 50; id++) {
            long position;
            try (Connection connection = pool.getConnection();
                    Statement insert = connection.createStatement()) {
                insert.execute("insert into entry values (" + id + ")");
                position = StandbyReads.position(connection);
            }
            try (Connection connection = pool.reads().getConnectionAfter(position, Duration.ofSeconds(20))) {
                assertEquals("1", value(connection, "select count(*) from entry where id = " + id));
            }
        }
    }

    private void nobodyWritesThroughIt() throws SQLException {
        try (Connection connection = pool.reads().getConnection();
                Statement insert = connection.createStatement()) {
            assertThrows(SQLException.class, () -> insert.execute("insert into entry values (1000)"));
        }
    }

    private void oneThatReplaysNothingAnyMoreIsLeft() throws SQLException {
        standby.value("select pg_wal_replay_pause()");
        primary.execute("insert into entry values (1001)");
        awaitReadsFrom(primary);
        try (Connection connection = pool.reads().getConnection();
                Statement insert = connection.createStatement()) {
            connection.setAutoCommit(false);
            assertThrows(SQLException.class, () -> insert.execute("insert into entry values (1002)"));
        }
        standby.value("select pg_wal_replay_resume()");
        awaitReadsFrom(standby);
    }

    private void oneThatIsTaggedNoReadsIsLeft() throws SQLException {
        NodeTags noReads = new NodeTags(false, NodeTags.USUAL.priority(), true);
        pool.strategy()
                .start(new StrategyContext(
                        new NodeName("client"),
                        Ticker.system(),
                        () -> {},
                        node -> node.equals(standby.copy().node()) ? noReads : NodeTags.USUAL));
        pool.strategy().reconcile(PoolRecords.active(1, primary, standby.copy()));
        assertEquals(primary.address().port(), port());

        pool.strategy().start(new StrategyContext(new NodeName("client"), Ticker.system(), () -> {}));
        pool.strategy().reconcile(PoolRecords.active(1, primary, standby.copy()));
        awaitReadsFrom(standby);
    }

    private void oneThatIsNotCertifiedAnyMoreIsLeft() throws SQLException {
        pool.strategy().reconcile(PoolRecords.active(1, primary));

        assertEquals(primary.address().port(), port());
        assertEquals(0, pool.figures().lent());
    }
}
