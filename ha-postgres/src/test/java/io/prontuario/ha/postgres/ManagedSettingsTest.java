package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManagedSettingsTest {
    @Test
    void theHostsLinesAreReadAsTheServerReadsThem() {
        assertEquals(
                Map.of("max_connections", "300", "work_mem", "5MB", "log_line_prefix", "it's %m ", "jit", "off"),
                new ManagedSettings(
                                List.of(),
                                List.of(
                                        "max_connections = 300",
                                        "Work_Mem='5MB' # for reports",
                                        "log_line_prefix = 'it''s %m '",
                                        "jit off"))
                        .values());
    }

    @Test
    void whatIsNoSettingOrTheAgentsOwnIsNamed() {
        assertEquals(
                List.of(
                        "settings: 'max_connections' is no setting such as 'max_connections = 300'",
                        "settings: synchronous_standby_names is set by the agent: take it out"),
                new ManagedSettings(List.of(), List.of("max_connections", "synchronous_standby_names = ''", "a.b = c"))
                        .violations());
    }
}
