package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class GuardedFencerTest {
    private static final FenceRequest REQUEST = new FenceRequest("c", 4, Records.COPY_1, "dead", Duration.ofMillis(50));

    @Test
    void oneThatHangsKeepsNobodyBeyondItsLimitAndFencesNobodyUntilItHasEnded() {
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        try (GuardedFencer fencer = new GuardedFencer(request -> {
            calls.incrementAndGet();
            awaitUninterrupted(ended);
            return Outcome.done("off");
        })) {
            assertEquals(Outcome.Kind.UNKNOWN, fencer.fence(REQUEST).kind());
            assertFalse(fencer.fence(REQUEST).holds());
            assertEquals(1, calls.get());

            ended.countDown();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> fencer.fence(REQUEST).holds());
        }
    }

    @Test
    void oneThatFailsHasFencedNobody() {
        try (GuardedFencer fencer = new GuardedFencer(request -> {
            throw new IllegalStateException("no such device");
        })) {
            assertEquals(Outcome.Kind.UNKNOWN, fencer.fence(REQUEST).kind());
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
