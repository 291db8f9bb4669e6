package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.TWO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** As many proxies as a large installation has, every other one of which hangs. */
class ManyProxiesTest {
    private static final int PROXIES = 64;

    @Test
    void thoseThatLiveAreFlippedAndThoseThatHangAreNamed() {
        List<StubProxy> live = new ArrayList<>();
        List<StubProxy> hanging = new ArrayList<>();
        HaproxySettings.Builder settings = HaproxySettings.builder()
                .backend(HaproxyLab.BACKEND)
                .server(HaproxyLab.ONE, "one")
                .server(TWO, "two")
                .checkInterval(Duration.ZERO)
                .limit(HaproxySettings.LONGEST_LIMIT);
        for (int i = 0; i < PROXIES; i++) {
            StubProxy proxy = new StubProxy(HaproxyLab.BACKEND, i % 2 == 1);
            (i % 2 == 1 ? live : hanging).add(proxy);
            settings.proxy(proxy.address());
        }
        try (HaproxyStrategy haproxy = HaproxyStrategy.of(settings.build())) {
            long begin = System.nanoTime();

            Outcome outcome = haproxy.enable(Requests.enable(TWO));

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
            assertTrue(live.stream().allMatch(proxy -> proxy.route().equals("two")), outcome.detail());
            hanging.forEach(proxy ->
                    assertTrue(outcome.detail().contains(proxy.address() + " has not answered"), outcome.detail()));
            live.forEach(proxy ->
                    assertTrue(outcome.detail().contains(proxy.address() + " routes to two"), outcome.detail()));
            long last = live.stream()
                    .mapToLong(proxy -> proxy.flippedNanos() - begin)
                    .max()
                    .orElseThrow();
            // A figure for people: no absolute time is asserted.
            System.out.println("the last of " + live.size() + " live proxies was flipped after " + last / 1_000_000
                    + " ms, all was told after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        } finally {
            live.forEach(StubProxy::close);
            hanging.forEach(StubProxy::close);
        }
    }
}
