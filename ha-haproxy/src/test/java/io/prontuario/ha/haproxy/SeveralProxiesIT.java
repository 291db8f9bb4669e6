package io.prontuario.ha.haproxy;

import static io.prontuario.ha.haproxy.HaproxyLab.ONE;
import static io.prontuario.ha.haproxy.HaproxyLab.PATIENCE;
import static io.prontuario.ha.haproxy.HaproxyLab.TWO;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two proxies, one of them in trouble: the other is flipped all the same, and at once. */
class SeveralProxiesIT {
    private HaproxyLab well;
    private HaproxyLab ill;
    private HaproxyStrategy haproxy;

    @BeforeEach
    void begin() {
        well = HaproxyLab.open();
        ill = HaproxyLab.open();
        // The one in trouble first: nobody waits for it.
        haproxy = HaproxyStrategy.of(
                HaproxyLab.settings(ill.unix()).proxy(well.unix()).build());
        assertEquals(Outcome.Kind.DONE, haproxy.enable(Requests.enable(ONE)).kind());
    }

    @AfterEach
    void end() throws IOException {
        haproxy.close();
        well.close();
        ill.close();
    }

    @Test
    void flipsBoth() {
        Outcome flipped = haproxy.enable(Requests.enable(TWO));

        assertEquals(Outcome.Kind.DONE, flipped.kind());
        assertEquals(ill.unix() + " routes to two; " + well.unix() + " routes to two", flipped.detail());
        assertEquals("two", well.route());
        assertEquals("two", ill.route());
    }

    @Test
    void flipsTheOtherWhenOneIsDownAndAsksForAnotherTry() {
        ill.kill();

        Outcome flipped = haproxy.enable(Requests.enable(TWO));

        assertEquals(Outcome.Kind.RETRY, flipped.kind());
        assertTrue(flipped.detail().startsWith("HAProxy is not reached on " + ill.unix()), flipped.detail());
        assertTrue(flipped.detail().endsWith("; " + well.unix() + " routes to two"), flipped.detail());
        assertEquals("two", well.route());
    }

    @Test
    void flipsTheOneThatComesBackHoweverOftenItWasAway() {
        ill.kill();
        for (int i = 0; i < 10; i++) {
            assertEquals(
                    Outcome.Kind.RETRY, haproxy.enable(Requests.enable(TWO)).kind());
        }
        ill.restart();

        // Asked at once: a breaker that forbids would let it wait.
        Outcome outcome = haproxy.enable(Requests.enable(TWO));

        assertEquals(Outcome.Kind.DONE, outcome.kind(), outcome.detail());
        assertEquals("two", ill.route());
    }

    @Test
    void flipsTheOtherWhileOneHangs() {
        ill.freeze();
        try {
            CompletableFuture<Outcome> flip = CompletableFuture.supplyAsync(() -> haproxy.enable(Requests.enable(TWO)));

            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> well.route().equals("two"));
            boolean waited = flip.isDone();
            Outcome outcome = flip.join();

            assertEquals(Outcome.Kind.UNKNOWN, outcome.kind(), outcome.detail());
            assertTrue(
                    outcome.detail().startsWith(ill.unix() + " has not answered 'show cli level;show servers state pg"),
                    outcome.detail());
            assertTrue(!waited, "the other was flipped only after the limit of the one that hangs");
        } finally {
            ill.thaw();
        }
    }

    @Test
    void waitsLessAndLessForOneThatHangsAndFlipsItWhenItGoesOn() {
        ill.freeze();
        try {
            long begin = System.nanoTime();
            Outcome first = haproxy.isolate(Requests.isolate(ONE));
            long whole = System.nanoTime() - begin;
            haproxy.isolate(Requests.isolate(ONE));

            long again = System.nanoTime();
            Outcome third = haproxy.isolate(Requests.isolate(ONE));
            long shortened = System.nanoTime() - again;

            assertEquals(Outcome.Kind.UNKNOWN, third.kind());
            // A fifth, by the settings; a half, on a busy machine.
            assertTrue(shortened < whole / 2, shortened / 1_000_000 + " ms after " + whole / 1_000_000 + " ms");
            // The words do not tell how long this try was: an alarm that repeats is told once.
            assertEquals(
                    first.detail().substring(0, first.detail().indexOf(';')),
                    third.detail().substring(0, first.detail().indexOf(';')));
        } finally {
            ill.thaw();
        }

        Outcome isolated = haproxy.isolate(Requests.isolate(ONE));

        assertTrue(isolated.holds(), isolated.detail());
        assertTrue(ill.view().closed("one"));
    }
}
