package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.RenominationCause;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A nominee that is killed between reserving timeline ids and its promotion. */
class InterruptedPromotionIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    @Test
    void aNomineeThatWasKilledAfterItReservedTimelinesStartsAgainWithAllItHasAndIsPromoted()
            throws IOException, SQLException {
        LabServer primary = lab.primary("studio-1");
        primary.schema();
        LabServer standby = lab.standby("studio-2", primary);
        primary.execute("create table kept (id int primary key)");
        primary.execute("insert into kept select generate_series(1, 100)");
        standby.awaitCaughtUpWith(primary);
        ClusterState state = TestRecord.certified(TestRecord.activeOn(primary), standby);
        ClusterState again = TestRecord.legal(Protocol.renominate(
                TestRecord.nominated(state, standby.copy()), primary.copy(), RenominationCause.SILENT, "second"));
        ClusterState nominated =
                TestRecord.legal(Protocol.renominate(again, standby.copy(), RenominationCause.SILENT, "third"));
        primary.loseHost();
        Path reserved = standby.data().resolve("pg_wal").resolve(TimelineHistory.fileName(2));
        Files.createFile(reserved);
        lab.installation().handOver(reserved);
        standby.loseHost();

        standby.start();

        assertEquals("100", standby.value("select count(*) from kept"));
        try (Connection session = standby.server().connect(LabServer.LIMIT)) {
            new Promotion(standby.server(), standby.namesSession(), Ticker.system())
                    .promote(nominated, session, LabServer.LIMIT, timeline -> {});
        }
        assertEquals(nominated.timeline(), standby.timeline());
        assertEquals("100", standby.value("select count(*) from kept"));
    }
}
