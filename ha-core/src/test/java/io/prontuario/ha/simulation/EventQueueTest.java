package io.prontuario.ha.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private static final long SECOND = 1_000_000_000;

    private final Life life = new Life("a process");

    private VirtualTime.Event event(long nanos, long sequence) {
        return new VirtualTime.Event(nanos, sequence, life, () -> {}, null, false);
    }

    /** Times as they come: most within milliseconds, many at the same moment, some many rounds of the ring away. */
    private static long ahead(Chance chance) {
        return switch ((int) chance.between(0, 9)) {
            case 0 -> 0;
            case 1 -> chance.between(0, 3) * SECOND;
            case 2 -> chance.between(0, 60 * SECOND);
            case 3 -> chance.between(SECOND, SECOND + 200_000_000);
            default -> chance.between(0, 2_000_000);
        };
    }

    @Test
    void givesEventsByTimeAndThoseOfOneMomentAsTheyWereAdded() {
        for (long seed = 1; seed <= 20; seed++) {
            Chance chance = new Chance(seed);
            EventQueue queue = new EventQueue();
            PriorityQueue<VirtualTime.Event> sorted = new PriorityQueue<>((one, other) -> one.isBefore(other) ? -1 : 1);
            long now = 0;
            for (int i = 0; i < 20_000; i++) {
                // Fills up first, and is emptied in the end.
                if (sorted.isEmpty() || (i < 15_000 && chance.percent(i < 2_000 ? 90 : 50))) {
                    VirtualTime.Event added = event(now + ahead(chance), i);
                    queue.add(added);
                    sorted.add(added);
                } else {
                    VirtualTime.Event next = sorted.remove();
                    assertSame(next, queue.poll(), "seed " + seed + ", step " + i);
                    now = next.nanos();
                }
                assertEquals(sorted.size(), queue.size());
            }
        }
    }

    @Test
    void isEmptyWhenNothingIsAboutToHappen() {
        EventQueue queue = new EventQueue();
        queue.add(event(60 * SECOND, 1));

        assertNotNull(queue.poll());
        assertNull(queue.poll());
    }
}
