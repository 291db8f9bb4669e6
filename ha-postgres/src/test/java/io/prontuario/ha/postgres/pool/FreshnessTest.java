package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FreshnessTest {
    private static final Duration BOUND = Duration.ofNanos(100);

    private final Freshness freshness = new Freshness();

    @Test
    void aStandbyOfWhichNothingIsKnownIsNotFresh() {
        assertFalse(freshness.within(BOUND, 0));
        freshness.standbyAt(5000);
        assertFalse(freshness.within(BOUND, 0));
    }

    @Test
    void isAsOldAsTheYoungestPlaceOfThePrimaryThatItHasReplayed() {
        freshness.primaryAt(1000, 10);
        freshness.primaryAt(2000, 50);
        freshness.primaryAt(3000, 90);

        freshness.standbyAt(2500);

        assertTrue(freshness.within(BOUND, 150));
        assertFalse(freshness.within(BOUND, 151));
    }

    @Test
    void staysFreshWhileThePrimaryWritesNothing() {
        freshness.primaryAt(1000, 10);
        freshness.standbyAt(1000);
        freshness.primaryAt(1000, 500);
        freshness.standbyAt(1000);

        assertTrue(freshness.within(BOUND, 600));
    }

    @Test
    void growsOldWhenNobodyCanBeAsked() {
        freshness.primaryAt(1000, 10);
        freshness.standbyAt(1000);

        assertTrue(freshness.within(BOUND, 110));
        assertFalse(freshness.within(BOUND, 111));
    }

    @Test
    void nothingIsKnownOfAnotherStandby() {
        freshness.primaryAt(1000, 10);
        freshness.standbyAt(1000);

        freshness.forget();

        assertFalse(freshness.within(BOUND, 10));
    }

    /** Far behind for long: what is forgotten makes it look older, never younger. */
    @Test
    void forgetsTheOldestPlacesFirst() {
        for (int i = 1; i <= 1000; i++) {
            freshness.primaryAt(i, i);
        }

        freshness.standbyAt(300);
        assertFalse(freshness.within(BOUND, 301));
        freshness.standbyAt(500);
        assertTrue(freshness.within(BOUND, 600));
    }

    @Test
    void whoNeedsAPlaceWaitsForItAndNoLongerThanHeLikes() throws Exception {
        assertFalse(freshness.awaitReplayed(1000, Duration.ofMillis(1)));
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return freshness.awaitReplayed(1000, Duration.ofSeconds(30));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().until(freshness::awaited);

        freshness.standbyAt(1000);

        assertEquals(true, waiting.get(10, TimeUnit.SECONDS));
    }
}
