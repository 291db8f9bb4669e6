package io.prontuario.ha.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each check that comes with the library says of this machine. */
class ChecksTest {
    private static final Capability AI = Capability.of("ai_models");

    @TempDir
    private Path folder;

    @Test
    void aDiskFailsBelowWhatIsWantedAndSaysWhatIsLeft() throws IOException {
        CheckResult enough = DiskSpaceCheck.atLeast(folder, new DataSize(1)).check();
        assertTrue(enough.ok(), enough::detail);
        assertTrue(enough.left().getAsDouble() > 0, enough::detail);

        CheckResult full =
                DiskSpaceCheck.atLeast(folder, DataSize.gibibytes(1L << 32)).check();
        assertFalse(full.ok(), full::detail);
        assertTrue(full.left().isPresent());
    }

    @Test
    void aFolderThatIsNotThereFails() {
        DiskSpaceCheck check = DiskSpaceCheck.atLeast(folder.resolve("absent"), new DataSize(1))
                .named("logs");
        assertThrows(NoSuchFileException.class, check::check);
        assertEquals("logs", check.name());
    }

    @Test
    void memoryThatTheSystemWouldGiveBackIsNotUsed() throws IOException {
        MachineMemory memory = MachineMemory.ofMeminfo("""
                MemTotal:        8000000 kB
                MemFree:          100000 kB
                MemAvailable:    6000000 kB
                Cached:          5900000 kB
                """);
        assertEquals(0.25, memory.used(), 1e-9);
    }

    /** As macOS 14 prints it. */
    @Test
    void memoryIsReadOnMacOsToo() throws IOException {
        MachineMemory memory = MachineMemory.ofVmStat("""
                Mach Virtual Memory Statistics: (page size of 16384 bytes)
                Pages free:                               10000.
                Pages active:                            400000.
                Pages inactive:                          200000.
                Pages speculative:                        30000.
                Pages throttled:                              0.
                Pages wired down:                        150000.
                Pages purgeable:                           5000.
                """, 960_000L * 16384);
        assertEquals(0.75, memory.used(), 1e-9);
    }

    @Test
    void aSystemThatSaysNothingOfItsMemoryFails() {
        assertThrows(IOException.class, () -> MachineMemory.ofMeminfo("nothing"));
    }

    @Test
    void memoryIsLookedAtHere() throws Exception {
        CheckResult most = MemoryCheck.atMostUsed(1).check();
        assertTrue(most.ok(), most::detail);
        assertFalse(MemoryCheck.atMostUsed(1e-9).check().ok());
        assertThrows(IllegalArgumentException.class, () -> MemoryCheck.atMostUsed(85));
    }

    @Test
    void aPortThatListensConnectsAndOneThatDoesNotFails() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertTrue(TcpCheck.connects("redis", AI, "127.0.0.1", listening.getLocalPort())
                    .check()
                    .ok());
        }
        CheckResult closed = TcpCheck.connects("redis", AI, "127.0.0.1", FreePorts.find(1)[0])
                .check();
        assertFalse(closed.ok());
        assertTrue(closed.detail().contains("does not accept connections"), closed::detail);
        CheckResult unknown =
                TcpCheck.connects("redis", AI, "no-such-host.invalid", 1).check();
        assertFalse(unknown.ok(), unknown::detail);
    }

    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "301, false", "404, false", "503, false"})
    void aServiceIsWellWhenItAnswersSo(int status, boolean well) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(status, -1);
            }
        });
        server.start();
        try {
            URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health?key=secret");
            CheckResult result = HttpCheck.answers("model", AI, address).check();
            assertEquals(well, result.ok(), result::detail);
            assertFalse(result.detail().contains("secret"), result::detail);
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://model/health", "http:///health", "http://user:password@model/health"})
    void anAddressThatIsNoneOrWouldBeShownIsRefused(String address) {
        assertThrows(IllegalArgumentException.class, () -> HttpCheck.answers("model", AI, URI.create(address)));
    }

    @Test
    void aQuestionOfTheHostsOwnIsAsked() throws Exception {
        assertTrue(CallableCheck.of("model", AI, () -> true).check().ok());
        assertFalse(CallableCheck.of("model", AI, () -> false).check().ok());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "17, 17", "16MB, 16000000", "16MiB, 16777216", "1 GiB, 1073741824", "2kB, 2000"})
    void sizesAreRead(String text, long bytes) {
        assertEquals(bytes, DataSize.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "16mb", "1.5GB", "much", "999999999999999999TB"})
    void whatIsNoSizeIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> DataSize.parse(text));
    }

    @Test
    void sizesAreShownInAUnitThatCanBeRead() {
        assertEquals(
                List.of("0 B", "1023 B", "1.0 KiB", "100.0 GiB", "8.0 EiB"),
                List.of(0L, 1023L, 1024L, 100L << 30, Long.MAX_VALUE).stream()
                        .map(bytes -> new DataSize(bytes).toString())
                        .toList());
    }
}
