package io.prontuario.ha.examples.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.examples.measure.Acknowledgement;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class OutageTest {
    private static List<Acknowledgement> at(long... nanos) {
        return LongStream.of(nanos)
                .mapToObj(one -> new Acknowledgement(one, 1, "7", 1, 1, one - 1, one))
                .toList();
    }

    @Test
    void isTheLongestGapThatTouchesTheTimeAskedFor() {
        List<Acknowledgement> all = at(0, 500, 510, 520, 600, 610, 2000);

        assertEquals(Duration.ofNanos(80), Outage.longest(all, 505, 605));
    }

    @Test
    void aGapThatBeganBeforeOrEndsAfterwardsCountsWhole() {
        assertEquals(Duration.ofNanos(500), Outage.longest(at(0, 500, 510), 400, 505));
        assertEquals(Duration.ofNanos(490), Outage.longest(at(0, 10, 500), 5, 20));
    }
}
