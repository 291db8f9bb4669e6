package io.prontuario.ha.examples.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTailTest {
    @TempDir
    private Path folder;

    @Test
    void readsWhatTheLedgerWrote() {
        Path file = folder.resolve("ledger.csv");
        LedgerTail tail = new LedgerTail(file);
        assertEquals(List.of(), tail.more());
        Acknowledgement first = new Acknowledgement(1, 5432, "7", 3, 4, 10, 11);
        Acknowledgement second = new Acknowledgement(2, 5433, "7", 4, 5, 12, 13);
        try (Ledger ledger = new Ledger(file)) {
            ledger.acknowledged(first);
            assertEquals(List.of(first), tail.more());
            ledger.acknowledged(second);
            assertEquals(List.of(second), tail.more());
        }
    }

    @Test
    void leavesALineThatIsNotCompleteForTheNextTime() throws Exception {
        Path file = folder.resolve("ledger.csv");
        String line = new Acknowledgement(1, 5432, "7", 3, 4, 10, 11).line();
        LedgerTail tail = new LedgerTail(file);
        Files.writeString(file, line.substring(0, 5));
        assertEquals(List.of(), tail.more());
        Files.writeString(file, line.substring(5), StandardOpenOption.APPEND);
        assertEquals(1, tail.more().size());
    }
}
