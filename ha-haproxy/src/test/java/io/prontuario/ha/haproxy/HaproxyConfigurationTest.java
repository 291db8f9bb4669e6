package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.haproxy.HaproxyConfiguration.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HaproxyConfigurationTest {
    private static final Path SOCKET = Path.of("/run/haproxy/admin.sock");
    private static final Server STUDIO_1 = new Server("studio-1", "192.168.100.11:5432", "192.168.100.11:8080");
    private static final Server STUDIO_2 = new Server("studio-2", "192.168.100.12:5432", "192.168.100.12:8080");

    @Test
    void rendersTheGoldenFiles() throws IOException {
        golden(
                "pair.cfg",
                new HaproxyConfiguration("192.168.100.100:5432", SOCKET, 9999, "medical", List.of(STUDIO_1, STUDIO_2)));
        golden(
                "unchecked.cfg",
                new HaproxyConfiguration(
                        "*:5432", SOCKET, 0, "medical", List.of(new Server("studio-1", "192.168.100.11:5432", ""))));
    }

    @Test
    void rendersTheWholeOfAnInstallation() throws IOException {
        golden("installation.cfg", installation("/opt/medical/certs/hospital.pem"));
    }

    /** With HTTP and TLS for the application, the statistics page, and both kinds of socket. */
    static HaproxyConfiguration installation(String certificate) {
        return new HaproxyConfiguration("192.168.100.100:5432", SOCKET, 9999, "medical", List.of(STUDIO_1, STUDIO_2))
                .withWeb(new WebFrontend(
                        "emr",
                        "192.168.100.100:80",
                        "192.168.100.100:443",
                        certificate,
                        "/ready",
                        List.of(
                                new Server("emr-1", "192.168.100.11:8000", ""),
                                new Server("emr-2", "192.168.100.12:8000", "192.168.100.12:8080"))))
                .withStats("192.168.100.100:8404")
                .withHardStopAfter(Duration.ofMinutes(30));
    }

    /** With {@code -Dgolden.rewrite=true} the files are written anew: commit them only when the change is understood. */
    private static void golden(String name, HaproxyConfiguration configuration) throws IOException {
        Path file = Path.of("src/test/resources/golden", name);
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, configuration.render());
        }
        assertEquals(Files.readString(file), configuration.render());
    }

    @Test
    void startsWithEveryServerDisabled() {
        String text = new HaproxyConfiguration("*:5432", SOCKET, 0, "medical", List.of(STUDIO_1, STUDIO_2)).render();

        List<String> servers = text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("server "))
                .toList();
        assertEquals(2, servers.size());
        assertTrue(servers.stream().allMatch(line -> line.endsWith(" disabled")), servers.toString());
    }

    @Test
    void refusesAWrongInstallationWithEverythingThatIsWrong() {
        HaproxyConfiguration plain =
                new HaproxyConfiguration("*:5432", SOCKET, 0, "medical", List.of(STUDIO_1, STUDIO_2));

        String said = assertThrows(
                        IllegalArgumentException.class,
                        () -> plain.withWeb(new WebFrontend("medical", "", "443", "hospital.pem", "ready", List.of())))
                .getMessage();

        assertEquals("""
                HAProxy configuration:
                  listenTls of web: '443' is not host:port
                  certificate of web: 'hospital.pem' must be an absolute path, and given exactly with listenTls
                  checkPath of web: 'ready' is not a path
                  servers of web: empty
                  web: 'medical' is the backend that is flipped: give it another name""", said);
        assertEquals(
                "HAProxy configuration:\n  web: neither listen nor listenTls is given",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> plain.withWeb(new WebFrontend("emr", "", "", "", "/ready", List.of(STUDIO_1))))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> plain.withStats("8404"));
        assertThrows(IllegalArgumentException.class, () -> plain.withHardStopAfter(Duration.ofSeconds(-1)));
    }

    @Test
    void refusesWhatWouldRenderAnotherFileAndListsEverything() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> new HaproxyConfiguration(
                        "5432",
                        Path.of("admin sock"),
                        70_000,
                        "medical\n    mode http",
                        List.of(
                                STUDIO_1,
                                new Server("studio-1", "192.168.100.12:5432", ""),
                                new Server("studio-3", "192.168.100.13", "192.168.100.13 8080"))));

        assertEquals("""
                HAProxy configuration:
                  listen: '5432' is not host:port
                  socket: 'admin sock' must be an absolute path without blanks, quotes, '\\' and '#'
                  runtimePort: 70000, must be 0 (none) to 65535
                  backend: 'medical
                    mode http' is not a backend name
                  servers: 'studio-1' is not a server name, or is given twice
                  address of studio-3: '192.168.100.13' is not host:port
                  checkAddress of studio-3: '192.168.100.13 8080' is not host:port""", refused.getMessage());
        assertEquals(
                "HAProxy configuration:\n  servers: empty",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new HaproxyConfiguration("*:5432", SOCKET, 0, "medical", List.of()))
                        .getMessage());
    }
}
