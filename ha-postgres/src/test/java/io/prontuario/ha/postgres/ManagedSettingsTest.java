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
    void whatIsNoSettingIsNamedAndCommentsAreNone() {
        assertEquals(
                List.of("settings: 'max_connections' is no setting such as 'max_connections = 300'"),
                violations("max_connections", "", "# for reports", "a.b = c"));
    }

    /** Set on servers that serve, under certificates that stand: commits would be acknowledged that nobody else has. */
    @Test
    void whatThePromiseRestsOnIsNotTakenAwayByASetting() {
        for (String line : List.of(
                "synchronous_commit = off",
                "synchronous_commit = remote_write",
                "fsync = off",
                "full_page_writes = OFF",
                "wal_level = minimal",
                "hot_standby = off",
                "recovery_min_apply_delay = 5min",
                "synchronous_standby_names = ''",
                "recovery_target_action = promote",
                "include_dir = 'conf.d'",
                "port = 5433")) {
            assertEquals(1, violations(line).size(), line);
        }
        assertEquals(List.of(), violations("synchronous_commit = remote_apply", "wal_level = logical"));
    }

    /** A server that would refuse to start with it, or read another number in it. */
    @Test
    void whatTheServerWouldReadOtherwiseIsRefused() {
        for (String line : List.of(
                "max_connections = 0x40",
                "max_connections = 0100",
                "max_wal_senders = 3",
                "shared_preload_libraries = ''",
                "search_path = '\"$user\", emr'",
                "log_line_prefix = '%m\\t'")) {
            assertEquals(1, violations(line).size(), line);
        }
    }

    private static List<String> violations(String... lines) {
        return new ManagedSettings(List.of(), List.of(lines)).violations();
    }
}
