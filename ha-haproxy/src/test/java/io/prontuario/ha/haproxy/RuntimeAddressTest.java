package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuntimeAddressTest {

    @Test
    void readsPathsAndPorts() throws UnknownHostException {
        assertEquals(
                UnixDomainSocketAddress.of("/run/haproxy/admin.sock"),
                new RuntimeAddress("unix:/run/haproxy/admin.sock").address());
        assertEquals(new InetSocketAddress("127.0.0.1", 9999), new RuntimeAddress("tcp:127.0.0.1:9999").address());
        assertEquals(
                new InetSocketAddress(InetAddress.getByName("::1"), 9999),
                new RuntimeAddress("tcp:[::1]:9999").address());
        assertEquals("tcp:lb-1:9999", new RuntimeAddress("tcp:lb-1:9999").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/run/haproxy.sock",
                "unix:haproxy.sock",
                "unix:",
                "tcp:9999",
                "tcp::9999",
                "tcp:lb-1",
                "tcp:lb-1:port",
                "tcp:lb 1:9999",
                "tcp:::1:9999",
                "tcp:http://lb-1:9999",
                "tcp:lb-1:123456",
                "http:lb-1:9999"
            })
    void refusesWhatIsNeither(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new RuntimeAddress(text));

        assertEquals(
                "'" + text + "' is not a runtime API address: expected unix:/path/to/socket or tcp:host:port",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:lb-1:0", "tcp:lb-1:65536", "tcp:lb-1:99999"})
    void refusesAPortThatNobodyCanListenOn(String text) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> new RuntimeAddress(text));

        assertEquals("'" + text + "' has no usable port: 1 to 65535", refused.getMessage());
    }

    @Test
    void refusesAPathThatIsTooLongForASocket() {
        String longest = "/run/" + "x".repeat(98);
        assertEquals("unix:" + longest, new RuntimeAddress("unix:" + longest).text());

        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> new RuntimeAddress("unix:" + longest + "x"));

        assertTrue(refused.getMessage().contains("at most 103 bytes"), refused.getMessage());
    }

    @Test
    void saysThatAHostIsUnknownRatherThanFailingInTheMiddle() {
        RuntimeAddress nowhere = new RuntimeAddress("tcp:no-such-host.invalid:9999");

        assertEquals(
                "unknown host no-such-host.invalid",
                assertThrows(UnknownHostException.class, nowhere::address).getMessage());
    }
}
