package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.util.Map;
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
