package io.prontuario.ha.postgres.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final Shares two = new Shares(2, () -> {});
    private final List<Integer> got = Collections.synchronizedList(new ArrayList<>());

    private Thread waits(int number, long limit) {
        Thread thread = new Thread(() -> {
            try {
                if (two.take(limit)) {
                    got.add(number);
                }
            } catch (SQLException e) {
                got.add(-number);
            }
        });
        thread.start();
        Awaitility.await()
                .until(() -> thread.getState() == Thread.State.TIMED_WAITING
                        || thread.getState() == Thread.State.TERMINATED);
        return thread;
    }

    private void bothAreTaken() {
        assertTrue(two.takeAtOnce());
        assertTrue(two.takeAtOnce());
    }

    @Test
    void asManyAsThereAreAreTakenAtOnceAndNoMore() {
        assertTrue(two.takeAtOnce());
        assertTrue(two.takeAtOnce());
        assertFalse(two.takeAtOnce());
        assertEquals(2, two.taken());

        two.giveBack();

        assertEquals(1, two.taken());
        assertTrue(two.takeAtOnce());
    }

    @Test
    void whoWaitedFirstGetsItFirstAndNobodyWhoComesMeanwhile() throws Exception {
        bothAreTaken();
        List<Thread> line = List.of(waits(1, LONG), waits(2, LONG), waits(3, LONG));

        for (int i = 0; i < line.size(); i++) {
            assertFalse(two.takeAtOnce());
            two.giveBack();
            assertFalse(two.takeAtOnce());
            line.get(i).join();
        }

        assertEquals(List.of(1, 2, 3), got);
        assertEquals(2, two.taken());
    }

    @Test
    void whoStopsWaitingLeavesNothingBehind() throws Exception {
        bothAreTaken();
        Thread brief = waits(1, TimeUnit.MILLISECONDS.toNanos(50));
        Thread interrupted = waits(2, LONG);
        interrupted.interrupt();
        brief.join();
        interrupted.join();

        two.giveBack();
        two.giveBack();

        assertEquals(List.of(-2), got.stream().filter(number -> number != 1).toList());
        assertEquals(0, two.taken());
        assertTrue(two.takeAtOnce());
        assertTrue(two.takeAtOnce());
        assertFalse(two.takeAtOnce());
    }

    @Test
    void sayThatSomebodyWasInterruptedAndLeaveItSo() {
        bothAreTaken();
        Thread.currentThread().interrupt();

        assertThrows(SQLTransientConnectionException.class, () -> two.take(LONG));

        assertTrue(Thread.interrupted());
    }

    @Test
    void onceTheyAreOfNoUseNobodyWaits() throws Exception {
        bothAreTaken();
        List<Thread> line = List.of(waits(1, LONG), waits(2, LONG));

        two.end();

        for (Thread thread : line) {
            thread.join();
        }
        assertEquals(List.of(1, 2), got.stream().sorted().toList());
    }

    /** Takers that wait, look in, and give up, all at once: there are never more than two, and none is lost. */
    @Test
    void neitherMoreNorFewerAfterManyHaveComeAndGone() throws Exception {
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> crowd = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int round = 0; round < 3000; round++) {
                    try {
                        boolean taken = round % 3 == 0
                                ? two.takeAtOnce()
                                : two.take(ThreadLocalRandom.current().nextLong(1, round % 3 == 1 ? LONG : 20_000));
                        if (taken) {
                            most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                            holding.decrementAndGet();
                            two.giveBack();
                        }
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            crowd.add(thread);
            thread.start();
        }
        for (Thread thread : crowd) {
            thread.join();
        }

        assertEquals(0, two.taken());
        assertTrue(most.get() <= 2, most + " at once");
    }
}
