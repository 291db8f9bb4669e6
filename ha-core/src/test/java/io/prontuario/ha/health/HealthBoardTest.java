package io.prontuario.ha.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckResult;
import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.model.CheckState.Standing;
import io.prontuario.ha.spi.HealthCheck;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks run side by side, each within its limit, and whoever asks gets what is known. */
class HealthBoardTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private @Nullable HealthBoard board;

    @AfterEach
    void close() {
        if (board != null) {
            board.close();
        }
    }

    private record Made(String name, Duration limit, Callable<CheckResult> look) implements HealthCheck {
        @Override
        public Capability capability() {
            return Capability.of("lab");
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(20);
        }

        @Override
        public CheckResult check() throws Exception {
            return look.call();
        }
    }

    private static HealthCheck check(String name, Callable<CheckResult> look) {
        return new Made(name, Duration.ofSeconds(5), look);
    }

    private HealthBoard board(HealthCheck... checks) {
        HealthBoard made = new HealthBoard(
                List.of(checks), Ticker.system(), state -> told.add(state.name() + " " + state.standing()));
        board = made;
        made.start();
        return made;
    }

    private static CheckState state(HealthBoard board, String name) {
        return board.states().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(5));
    }

    @Test
    void isUnknownUntilItWasLookedAndNotWellBefore() {
        HealthBoard made =
                new HealthBoard(List.of(check("cache", () -> CheckResult.ok(""))), Ticker.system(), state -> {});
        board = made;
        assertEquals(Standing.UNKNOWN, state(made, "cache").standing());
        made.start();
        soon().until(() -> state(made, "cache").ok());
    }

    /** Each waits for the other: one after the other neither would ever end. */
    @Test
    void looksAtAllOfThemAtTheSameTime() {
        CyclicBarrier both = new CyclicBarrier(2);
        Callable<CheckResult> look = () -> {
            both.await();
            return CheckResult.ok("");
        };
        HealthBoard made = board(check("one", look), check("other", look));
        soon().until(() -> state(made, "one").ok() && state(made, "other").ok());
    }

    /** It does not heed the interrupt either, as many a driver. */
    @Test
    void oneThatHangsFailsAndKeepsNobodyWaitingAndIsNotAskedAgain() {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger others = new AtomicInteger();
        HealthBoard made = board(
                new Made("hanging", Duration.ofMillis(50), () -> {
                    if (asked.incrementAndGet() == 1) {
                        awaitUninterruptibly(released);
                    }
                    return CheckResult.ok("back");
                }),
                check("other", () -> CheckResult.ok(String.valueOf(others.incrementAndGet()))));

        soon().until(() -> state(made, "hanging").standing() == Standing.FAILED);
        assertEquals("has not answered within 50 ms", state(made, "hanging").detail());
        int before = others.get();
        soon().until(() -> others.get() > before + 5);
        assertEquals(1, asked.get());

        released.countDown();
        soon().until(() -> state(made, "hanging").ok());
        soon().until(() -> told.contains("hanging OK"));
        assertTrue(told.indexOf("hanging FAILED") < told.indexOf("hanging OK"), told::toString);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean open = false;
        while (!open) {
            try {
                latch.await();
                open = true;
            } catch (InterruptedException e) {
                // Goes on waiting: that is what this is for.
            }
        }
    }

    @Test
    void oneThatHeedsTheInterruptIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        HealthBoard made = board(new Made("slow", Duration.ofMillis(50), () -> {
            if (asked.incrementAndGet() == 1) {
                new CountDownLatch(1).await();
            }
            return CheckResult.ok("");
        }));
        soon().until(() -> told.contains("slow FAILED"));
        soon().until(() -> state(made, "slow").ok());
    }

    @Test
    void oneThatThrowsFailsWithWhatItSays() {
        HealthBoard made = board(
                check("broken", () -> {
                    throw new IllegalStateException("no model is loaded");
                }),
                check("absent", () -> {
                    throw new NoClassDefFoundError("redis/Client");
                }));
        soon().until(() -> state(made, "broken").standing() == Standing.FAILED);
        soon().until(() -> state(made, "absent").standing() == Standing.FAILED);
        assertEquals("no model is loaded", state(made, "broken").detail());
        assertEquals("redis/Client", state(made, "absent").detail());
    }

    @Test
    void tellsEachChangeOnce() {
        AtomicBoolean away = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        HealthBoard made = board(check("cache", () -> {
            asked.incrementAndGet();
            return away.get() ? CheckResult.failed("away") : CheckResult.ok("");
        }));
        soon().until(() -> told.size() == 1);
        away.set(true);
        soon().until(() -> told.size() == 2);
        int before = asked.get();
        soon().until(() -> asked.get() > before + 20);
        away.set(false);
        soon().until(() -> state(made, "cache").ok());
        soon().until(() -> told.size() == 3);
        assertEquals(List.of("cache OK", "cache FAILED", "cache OK"), told);
    }
}
