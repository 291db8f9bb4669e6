package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class WatchedTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Watched<Long> value = new Watched<>(0L, Machine.real());

    @Test
    void answersAtOnceWhenTheValueIsAsWanted() {
        value.set(7L);

        assertEquals(7L, value.await(now -> now > 5, LONG).getNow(-1L));
    }

    @Test
    void answersInTheThreadThatSetsTheValue() {
        AtomicReference<Thread> answeredIn = new AtomicReference<>();
        value.await(now -> now > 5, LONG).thenAccept(now -> answeredIn.set(Thread.currentThread()));

        value.set(6L);

        assertEquals(Thread.currentThread(), answeredIn.get());
    }

    @Test
    void keepsThoseWaitingWhoWaitForSomethingElse() {
        CompletableFuture<Long> later = value.await(now -> now > 5, LONG);

        value.set(4L);

        assertFalse(later.isDone());
        value.set(6L);
        assertTrue(later.isDone());
    }

    @Test
    void answersWithTheLatestValueWhenTheLimitHasPassed() throws Exception {
        CompletableFuture<Long> late = value.await(now -> now > 5, Duration.ofMillis(20));
        value.set(3L);

        assertEquals(3L, late.get(10, TimeUnit.SECONDS));
    }

    @Test
    void doesNotWaitWhenThereIsNoTime() {
        assertEquals(0L, value.await(now -> now > 5, Duration.ZERO).getNow(-1L));
    }
}
