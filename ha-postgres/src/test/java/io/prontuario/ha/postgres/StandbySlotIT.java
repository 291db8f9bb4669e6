package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Trap: with two certified standbys, one of them loses its connection without the primary noticing and connects again. Its two connections
 * fill the count of {@code FIRST 2}, and what the other does not hold is acknowledged.
 */
class StandbySlotIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    private LabServer primary;
    private LabServer second;

    private PendingCommit secondHasLostItsConnectionWhileTheThirdHangs(boolean slots, Link link) {
        second = slots ? lab.oneOfSeveral("studio-2", primary) : lab.standby("studio-2", primary);
        LabServer third = slots ? lab.oneOfSeveral("studio-3", primary) : lab.standby("studio-3", primary);
        primary.schema();
        Writers.table(primary);
        second.follow(link.address(), second.copy().applicationName());
        LabServer.await("streams over the link")
                .until(() -> second.value("select status || sender_port from pg_stat_wal_receiver")
                        .equals("streaming" + link.address().port()));
        LabServer.await("one connection each")
                .until(() -> primary.value("select count(*) from pg_stat_replication where state = 'streaming'")
                        .equals("2"));
        primary.namesInForce(LabServer.waitingFor(second, third));
        third.freeze();
        PendingCommit commit = primary.commitInBackground("insert into lab_entry values (1, 'needs both')");
        commit.awaitWaiting(primary);
        LabServer.await("the second holds it")
                .until(() -> second.value("select count(*) from lab_entry").equals("1"));
        assertFalse(commit.acknowledgedWithin(500));
        link.loseSilently();
        return commit;
    }

    @Test
    void aStandbyThatConnectsAgainStandsInForAnother() {
        primary = lab.primary("studio-1", "wal_sender_timeout = 60s");
        try (Link link = new Link(primary.address())) {
            PendingCommit commit = secondHasLostItsConnectionWhileTheThirdHangs(false, link);
            assertTrue(commit.acknowledgedWithin(20_000), "the trap did not bite");
        }
    }

    @Test
    void throughItsSlotItComesBackOnlyWhenItsFormerConnectionIsGone() {
        primary = lab.primary("studio-1", "wal_sender_timeout = 60s");
        try (Link link = new Link(primary.address())) {
            PendingCommit commit = secondHasLostItsConnectionWhileTheThirdHangs(true, link);
            LabServer.await("the former connection is all that the primary knows of it")
                    .until(() -> second.value("select count(*) from pg_stat_wal_receiver where status = 'streaming'")
                            .equals("0"));
            assertFalse(commit.acknowledgedWithin(3_000));
            assertEquals("2", primary.value("select count(*) from pg_stat_replication where state = 'streaming'"));
            primary.value("select pg_terminate_backend(active_pid) from pg_replication_slots"
                    + " where slot_name = 'prontuario_ha_studio_2'");
            LabServer.await("it streams again")
                    .until(() -> primary.value("select count(*) from pg_stat_replication where state = 'streaming'")
                            .equals("2"));
            assertFalse(commit.acknowledgedWithin(500));
        }
    }

    @Test
    void oursCertifiesNoSecondStandbyBesideOneWithoutItsSlot() {
        primary = lab.primary("studio-1");
        second = lab.standby("studio-2", primary);
        LabServer third = lab.oneOfSeveral("studio-3", primary);
        primary.schema();
        primary.awaitProven(second);

        Outcome outcome = primary.certification()
                .prove(
                        third.copy(),
                        third.address(),
                        ServerNames.waitingFor(List.of(third.copy(), second.copy())),
                        Duration.ofSeconds(2));

        assertFalse(outcome.holds());
        assertTrue(
                outcome.detail().contains("does not stream through its slot prontuario_ha_studio_2"), outcome.detail());
    }

    @Test
    void aSlotThatWasDroppedIsMadeAgainAndAFormerPrimaryKeepsNone() throws SQLException {
        primary = lab.primary("studio-1");
        second = lab.oneOfSeveral("studio-2", primary);
        try (Connection here = primary.connect();
                Connection there = second.connect()) {
            StandbySlot.ensure(here, "prontuario_ha_studio_3");
            StandbySlot.ensure(here, "prontuario_ha_studio_3");
            StandbySlot.ensure(there, "prontuario_ha_studio_1");
            StandbySlot.dropAllBut(here, List.of("prontuario_ha_studio_3"));
            StandbySlot.dropAllBut(there, List.of());
        }
        assertEquals(
                "prontuario_ha_studio_2,prontuario_ha_studio_3",
                primary.value("select string_agg(slot_name, ',' order by slot_name) from pg_replication_slots"));
        assertEquals("0", second.value("select count(*) from pg_replication_slots"));
    }
}
