package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
        assertNotEquals("50", inFile(standby));
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
        try (Connection session = server.connect()) {
            upkeep(server, wanted).keep(session);
        }
    }
}
