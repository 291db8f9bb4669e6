package io.prontuario.ha.haproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.prontuario.ha.model.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HaproxySettingsTest {
    private static final NodeName ONE = new NodeName("studio-1");
    private static final NodeName TWO = new NodeName("studio-2");

    private static HaproxySettings.Builder good() {
        return HaproxySettings.builder()
                .proxy("unix:/run/haproxy.sock")
                .backend("medical")
                .server(ONE, "studio-1")
                .server(TWO, "studio-2");
    }

    @Test
    void hasTheDocumentedDefaults() {
        HaproxySettings settings = good().build();

        assertEquals(Duration.ofMillis(500), settings.limit());
        assertEquals(Duration.ofMillis(200), settings.checkInterval());
        assertEquals(List.of(new RuntimeAddress("unix:/run/haproxy.sock")), settings.proxies());
        assertEquals(Map.of(), settings.masters());
    }

    @Test
    void keepsTheMasterWithItsProxy() {
        HaproxySettings settings = good().proxy("tcp:lb-2:9999")
                .master("tcp:lb-2:9999", "unix:/run/haproxy-master.sock")
                .build();

        assertEquals(
                Map.of(new RuntimeAddress("tcp:lb-2:9999"), new RuntimeAddress("unix:/run/haproxy-master.sock")),
                settings.masters());
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                row(
                        b -> b.proxy("lb-1:9999"),
                        "proxies: 'lb-1:9999' is not a runtime API address: expected"
                                + " unix:/path/to/socket or tcp:host:port"),
                row(b -> b.proxy("unix:/run/haproxy.sock"), "proxies: 'unix:/run/haproxy.sock' is named twice"),
                row(b -> b.proxy("tcp:lb-1:70000"), "proxies: 'tcp:lb-1:70000' has no usable port: 1 to 65535"),
                row(
                        b -> b.master("unix:/run/other.sock", "unix:/run/master.sock"),
                        "masters: 'unix:/run/other.sock'" + " is none of the proxies"),
                row(
                        b -> b.master("unix:/run/haproxy.sock", "master"),
                        "masters: 'master' is not a runtime API"
                                + " address: expected unix:/path/to/socket or tcp:host:port"),
                row(b -> b.backend(""), "backend: '' is not a backend name"),
                row(b -> b.backend("medical;shutdown"), "backend: 'medical;shutdown' is not a backend name"),
                row(b -> b.server(new NodeName("studio-3"), "a b"), "servers: 'a b' of studio-3 is not a server name"),
                row(b -> b.server(ONE, "other"), "servers: studio-1 has two servers"),
                row(
                        b -> b.server(new NodeName("studio-3"), "studio-2"),
                        "servers: 'studio-2' is given to studio-3 and" + " to another node"),
                row(b -> b.limit(Duration.ofMillis(9)), "limit: 9 ms, must be between 10 and 2000 ms"),
                row(b -> b.limit(Duration.ofMillis(2001)), "limit: 2001 ms, must be between 10 and 2000 ms"),
                row(b -> b.checkInterval(Duration.ofMillis(9)), "checkInterval: 9 ms, must be between 10 and 60000 ms"),
                row(
                        b -> b.checkInterval(Duration.ofSeconds(61)),
                        "checkInterval: 61000 ms, must be between 10 and" + " 60000 ms"));
    }

    private static Arguments row(UnaryOperator<HaproxySettings.Builder> change, String violation) {
        return Arguments.of(change, violation);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("violations")
    void refusesAndSaysWhatIsWrong(UnaryOperator<HaproxySettings.Builder> change, String violation) {
        HaproxySettings.Builder wrong = change.apply(good());

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, wrong::build);

        assertEquals("HAProxy settings:\n  " + violation, refused.getMessage());
    }

    @Test
    void listsEveryViolationAtOnce() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> HaproxySettings.builder().limit(Duration.ZERO).build());

        assertEquals("""
                HAProxy settings:
                  proxies: empty: give the runtime API of each proxy, such as unix:/run/haproxy/admin.sock
                  backend: '' is not a backend name
                  servers: empty: give the name of each node's server in the backend
                  limit: 0 ms, must be between 10 and 2000 ms""", refused.getMessage());
    }
}
