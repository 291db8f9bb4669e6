package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HoldGateTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final HoldGate gate = new HoldGate(2);
    private final List<Integer> passed = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> crowd = new ArrayList<>();

    private void comes(int number) {
        Thread thread = new Thread(() -> {
            try {
                if (gate.pass(LONG)) {
                    passed.add(number);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        crowd.add(thread);
        thread.start();
        Awaitility.await().until(() -> gate.waiting() == crowd.size());
    }

    private void awaitAll() throws InterruptedException {
        for (Thread thread : crowd) {
            thread.join();
        }
    }

    @Test
    void isOpenUntilSomebodyHolds() throws InterruptedException {
        assertTrue(gate.pass(Duration.ZERO));
    }

    @Test
    void letsEverybodyGoInTheEnd() throws InterruptedException {
        gate.hold();
        IntStream.range(0, 7).forEach(this::comes);
        assertEquals(List.of(), passed);

        gate.release();
        awaitAll();

        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), passed.stream().sorted().toList());
        assertEquals(7, gate.heldCount());
        assertFalse(gate.isShut());
    }

    @Test
    void whoeverComesFirstGoesFirst() throws InterruptedException {
        HoldGate one = new HoldGate(1);
        one.hold();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                try {
                    one.pass(LONG);
                    order.add(number);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            thread.start();
            threads.add(thread);
            Awaitility.await().until(() -> one.waiting() == number + 1);
        }

        one.release();
        for (Thread thread : threads) {
            thread.join();
        }

        assertEquals(0, order.get(0));
        assertEquals(4, order.get(4));
    }

    @Test
    void aHeldOneGivesUpAfterItsLimitAndLeavesTheQueue() throws InterruptedException {
        gate.hold();

        assertFalse(gate.pass(Duration.ofMillis(20)));

        assertEquals(0, gate.waiting());
    }

    @Test
    void anInterruptedOneLeavesTheQueue() {
        gate.hold();
        Thread.currentThread().interrupt();

        assertThrows(InterruptedException.class, () -> gate.pass(LONG));

        assertEquals(0, gate.waiting());
    }

    @Test
    void holdsAgainWhileItStillLetsGo() throws InterruptedException {
        gate.hold();
        comes(1);

        gate.release();
        awaitAll();
        gate.hold();

        assertFalse(gate.pass(Duration.ofMillis(20)));
    }
}
