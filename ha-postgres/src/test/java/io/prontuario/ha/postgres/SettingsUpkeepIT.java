package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SettingsUpkeepIT {
    @RegisterExtension
    final PostgresLab lab = new PostgresLab();

    /** With less than its primary a standby stops replaying, and could not be promoted. */
    @Test
    void aLoweredSettingReachesAStandbyOnlyAfterItsPrimaryWasRestartedWithIt() throws Exception {
        LabServer primary = lab.primary("studio-1", "max_connections = 60");
        LabServer standby = lab.standby("studio-2", primary);
        Map<String, String> lowered = Map.of("max_connections", "50", "work_mem", "5MB");

        keep(standby, lowered);
        keep(primary, lowered);

        LabServer.await("reloaded").until(() -> standby.value("show work_mem").equals("5MB"));
        assertEquals("", inFile(standby));
        assertEquals("50", inFile(primary));
        LabServer.await("pending")
                .until(() -> primary.value("select pending_restart from pg_settings where name = 'max_connections'")
                        .equals("t"));

        primary.stop();
        primary.start();
        standby.awaitStreamingFrom(primary);
        primary.execute("checkpoint");
        standby.awaitCaughtUpWith(primary);
        standby.execute("checkpoint");
        assertEquals("50", upkeep(standby, lowered).asStandby().get("max_connections"));
    }

    /** A primary that had it first, and was started again for whatever reason, would leave its standby unable to replay. */
    @Test
    void aRaisedSettingIsInTheStandbysFileAndNotInThatOfARunningPrimary() throws Exception {
        LabServer primary = lab.primary("studio-1", "max_connections = 60");
        LabServer standby = lab.standby("studio-2", primary);
        Map<String, String> raised = Map.of("max_connections", "70");

        keep(standby, raised);
        keep(primary, raised);

        assertEquals("70", inFile(standby));
        assertEquals("", inFile(primary));
        assertEquals("70", upkeep(primary, raised).asStandby().get("max_connections"));
    }

    @Test
    void whatTheServerRefusesStaysAsItIsAndIsInNobodysWay() throws Exception {
        LabServer primary = lab.primary("studio-1");

        keep(primary, Map.of("work_mem", "much", "temp_tablespaces", "a, b", "maintenance_work_mem", "7MB"));

        LabServer.await("reloaded")
                .until(() -> primary.value("show maintenance_work_mem").equals("7MB"));
        assertEquals("4MB", primary.value("show work_mem"));
    }

    /** In the file it is right, where the command line does not let it take effect. */
    @Test
    void aVitalSettingOnTheCommandLineStaysAndCountsAndIsToldWithTheNextMoveUntilTheNextStart() throws Exception {
        LabServer primary = lab.primary("studio-1");
        VitalSettings vital = new VitalSettings(primary.server(), Ticker.system());
        primary.stop();
        primary.startByHand("synchronous_commit=off");
        assertEquals(Set.of(Hazard.UNWAITED), seen(vital, primary));

        Outcome mended = vital.mend(LabServer.LIMIT);

        Outcomes.is(Outcome.Kind.RETRY, "it stands on the server's command line", mended);
        assertEquals(Set.of(Hazard.UNWAITED), seen(vital, primary));
        assertTrue(vital.detail().contains("it stands on the server's command line"), vital::detail);

        primary.stop();
        primary.start();
        assertEquals(Set.of(), seen(vital, primary));
        assertEquals("", vital.detail());
    }

    private static Set<Hazard> seen(VitalSettings vital, LabServer server) throws Exception {
        try (Connection session = server.server().connect(LabServer.LIMIT)) {
            return vital.seen(session, String.valueOf(Sql.value(session, "select " + VitalSettings.VALUES)));
        }
    }

    private static String inFile(LabServer server) {
        return server.server().autoConf().get("max_connections").orElse("");
    }

    private static SettingsUpkeep upkeep(LabServer server, Map<String, String> wanted) {
        return new SettingsUpkeep(server.server(), wanted);
    }

    private static void keep(LabServer server, Map<String, String> wanted) throws Exception {
        SettingsUpkeep upkeep = upkeep(server, wanted);
        try (Connection session = server.connect()) {
            // One at a time, as the agent has a moment.
            for (int i = 0; i < wanted.size(); i++) {
                upkeep.keep(session);
            }
        }
    }
}
