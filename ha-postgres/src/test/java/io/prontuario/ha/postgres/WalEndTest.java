package io.prontuario.ha.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What {@code pg_waldump --quiet} says at the end of a log (texts of PostgreSQL 15.18). */
class WalEndTest {
    private static final long SEGMENT = 16 << 20;

    private static OptionalLong end(String output) {
        return WalEnd.lastRecord(output, SEGMENT);
    }

    @Test
    void readsWhereTheLastValidRecordBegins() {
        assertEquals(
                OptionalLong.of(0x178f3a0),
                end(
                        "pg_waldump: error: error in WAL record at 0/178F3A0: invalid record length at 0/178F3C8: wanted 24, got 0"));
        assertEquals(
                OptionalLong.of(0x2_0000_0028L),
                end(
                        "first record is after 0/1500003, at 0/1501C48, skipping over 7237 bytes\n"
                                + "pg_waldump: error: error in WAL record at 2/28: record with incorrect prev-link 7/123 at 2/88"));
    }

    @Test
    void takesTheEndOfTheLastSegmentWhenThereIsNoNextOne() {
        assertEquals(
                OptionalLong.of(0x1ff_ffff),
                end("pg_waldump: error: could not find file \"000000010000000000000002\": No such file or directory"));
        assertEquals(
                OptionalLong.of(0x3_0500_0000L - 1),
                end("pg_waldump: error: could not find file \"000000020000000300000005\": No such file or directory"));
    }

    @Test
    void doesNotKnowWhatItCannotRead() {
        assertEquals(OptionalLong.empty(), end("pg_waldump: error: could not find any WAL file"));
        assertEquals(OptionalLong.empty(), end("pg_waldump: error: could not find a valid record after 0/3000000"));
        assertEquals(OptionalLong.empty(), end(" (ended after 30000 ms)"));
        assertEquals(OptionalLong.empty(), end(""));
    }

    @Test
    void readsWhereTheNextRecordWouldBegin() {
        assertEquals(
                OptionalLong.of(0x178f3c8),
                WalEnd.nextRecord(
                        "pg_waldump: error: error in WAL record at 0/178F3A0: invalid record length at 0/178F3C8: wanted 24, got 0",
                        SEGMENT));
        assertEquals(
                OptionalLong.of(0x2_0000_0088L),
                WalEnd.nextRecord(
                        "pg_waldump: error: error in WAL record at 2/28: record with incorrect prev-link 7/123 at 2/88",
                        SEGMENT));
        assertEquals(
                OptionalLong.of(0x400_0000),
                WalEnd.nextRecord(
                        "pg_waldump: error: error in WAL record at 0/3FFFF80: unexpected pageaddr 0/1000000 in WAL segment 000000010000000000000004, LSN 0/4000000, offset 0",
                        SEGMENT));
        assertEquals(
                OptionalLong.of(0x200_0000),
                WalEnd.nextRecord(
                        "pg_waldump: error: could not find file \"000000010000000000000002\": No such file or directory",
                        SEGMENT));
        assertEquals(OptionalLong.empty(), WalEnd.nextRecord(" (ended after 30000 ms)", SEGMENT));
    }
}
