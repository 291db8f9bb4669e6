package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {
    private static final String TEXT = """
            1\t0/3000648\tno recovery target specified

            # a comment
            2\t16/B374D848\tbefore 2026-01-01 00:00:00+00
            """;

    @Test
    void readsAncestorsAndWhereEachEnded() {
        TimelineHistory history = TimelineHistory.parse(3, TEXT);
        assertEquals(
                List.of(new TimelineHistory.Parent(1, 0x3000648), new TimelineHistory.Parent(2, 0x16_b374_d848L)),
                history.parents());
        assertEquals(OptionalLong.of(0x3000648), history.endOf(1));
        assertEquals(OptionalLong.of(Long.MAX_VALUE), history.endOf(3));
        assertEquals(OptionalLong.empty(), history.endOf(4));
    }

    @Test
    void reasonsDoNotMakeHistoriesDiffer() {
        assertEquals(
                TimelineHistory.parse(2, "1\t0/3000648\tno recovery target specified\n"),
                TimelineHistory.parse(2, "1 0/3000648 by hand"));
        assertNotEquals(TimelineHistory.parse(2, "1\t0/3000648\n"), TimelineHistory.parse(2, "1\t0/3000650\n"));
    }

    @Test
    void anEmptyFileIsAReservedIdWithoutAncestors() {
        assertEquals(new TimelineHistory(2, List.of()), TimelineHistory.parse(2, ""));
    }

    @Test
    void writesPositionsAndFileNamesAsPostgresDoes() {
        for (String position : List.of("0/0", "0/3000648", "16/B374D848", "FFFFFFFF/FFFFFFFF")) {
            assertEquals(position, TimelineHistory.text(TimelineHistory.position(position)));
        }
        assertEquals("0000000A.history", TimelineHistory.fileName(10));
    }
}
