package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HoldGateTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final HoldGate gate = new HoldGate(2, LONG, Ticker.system());
    private final List<Integer> passed = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> crowd = new ArrayList<>();

    private void comes(int number) {
        Thread thread = new Thread(() -> {
            try {
                gate.pass();
                passed.add(number);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        crowd.add(thread);
        thread.start();
        Awaitility.await().until(() -> gate.account().waiting() == crowd.size());
    }

    private void awaitAll() throws InterruptedException {
        for (Thread thread : crowd) {
            thread.join();
        }
    }

    @Test
    void isOpenUntilSomebodyHolds() throws InterruptedException {
        gate.pass();

        assertEquals(0, gate.account().count());
    }

    @Test
    void letsEverybodyGoInTheEnd() throws InterruptedException {
        gate.hold("s1");
        IntStream.range(0, 7).forEach(this::comes);
        assertEquals(List.of(), passed);

        gate.release();
        awaitAll();

        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), passed.stream().sorted().toList());
        assertEquals(7, gate.account().count());
        assertFalse(gate.isShut());
    }

    /** Whoever lets it go could not hold again for as long as the crowd keeps coming. */
    @Test
    void aCrowdThatComesBackAtOnceDoesNotKeepItShut() throws InterruptedException {
        gate.hold("s1");
        AtomicBoolean enough = new AtomicBoolean();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                while (!enough.get()) {
                    try {
                        gate.pass();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            thread.setDaemon(true);
            crowd.add(thread);
            thread.start();
        }
        Awaitility.await().until(() -> gate.account().waiting() == 8);

        assertTimeoutPreemptively(Duration.ofSeconds(30), gate::release);

        assertFalse(gate.isShut());
        enough.set(true);
        awaitAll();
    }

    @Test
    void whoeverComesFirstGoesFirst() throws InterruptedException {
        HoldGate one = new HoldGate(1, LONG, Ticker.system());
        one.hold("s1");
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 5; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    one.pass();
                    order.add(number);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            Awaitility.await().until(() -> one.account().waiting() == number + 1);
        }

        one.end();
        for (int i = 0; i < 5; i++) {
            one.letSomeGo();
            int gone = i + 1;
            Awaitility.await().until(() -> order.size() == gone);
        }

        assertEquals(List.of(0, 1, 2, 3, 4), order);
    }

    /** Whoever should have ended it may be gone. */
    @Test
    void aHoldEndsByItselfAndDoesNotBeginAgainForTheSameReason() throws InterruptedException {
        AtomicLong now = new AtomicLong();
        HoldGate brief = new HoldGate(2, Duration.ofMillis(20), now::get);
        assertTrue(brief.hold("s1"));
        now.addAndGet(20_000_000);

        brief.pass();

        assertFalse(brief.isShut());
        assertFalse(brief.hold("s1"));
        brief.pass();
        assertTrue(brief.hold("s2"));
    }

    @Test
    void anInterruptedOneLeavesTheQueue() {
        gate.hold("s1");
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class, () -> gate.pass());

        assertEquals(0, gate.account().waiting());
    }

    @Test
    void holdsAgainWhileItStillLetsGo() throws InterruptedException {
        gate.hold("s1");
        comes(1);

        gate.release();
        awaitAll();
        crowd.clear();
        gate.hold("s2");
        comes(2);

        assertEquals(List.of(1), passed);
        gate.release();
        awaitAll();
    }
}
