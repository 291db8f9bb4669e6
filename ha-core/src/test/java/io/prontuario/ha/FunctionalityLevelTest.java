package io.prontuario.ha;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionalityLevelTest {
    private static final Feature READ = new Feature("read", 0);
    private static final Feature NOTE = new Feature("emergency-note", 25);
    private static final Feature PRESCRIBE = new Feature("prescribe", 50);
    private static final Feature BILL = new Feature("bill", 100);

    @TempDir
    private Path folder;

    private FunctionalityLevel level() {
        return FunctionalityLevel.keptIn(folder.resolve("level"), List.of(BILL, READ, PRESCRIBE, NOTE));
    }

    @Test
    void everythingIsOpenAtFirst() {
        FunctionalityLevel level = level();

        assertEquals(100, level.value());
        assertTrue(level.allows(BILL));
        assertEquals("functionality level 100 (normal)", level.summary());
    }

    @Test
    void inAnEmergencyReadingAndNotesAreOpenAndOrdersAreClosed() {
        FunctionalityLevel level = level();

        level.set(FunctionalityLevel.EMERGENCY, "both machines are lost");

        assertTrue(level.allows(READ));
        assertTrue(level.allows(NOTE));
        assertFalse(level.allows(PRESCRIBE));
        assertEquals(List.of(PRESCRIBE, BILL), level.closed());
        assertEquals("functionality level 25 (both machines are lost); closed: prescribe, bill", level.summary());
    }

    @Test
    void isKeptThroughARestart() {
        level().set(25, "both machines\nare lost");

        FunctionalityLevel restarted = level();

        assertEquals(25, restarted.value());
        assertEquals("both machines are lost", restarted.reason());
    }

    @Test
    void tellsEveryChangeInOrderWithWhatItClosesAndOpens() {
        List<FunctionalityLevel.Change> told = new CopyOnWriteArrayList<>();
        FunctionalityLevel level = level();
        level.addListener(told::add);

        level.set(25, "emergency");
        level.set(25, "the same again");
        level.set(60, "half way back");

        await().until(() -> told.size() == 2);
        assertEquals(
                List.of(
                        new FunctionalityLevel.Change(100, 25, "emergency", List.of(PRESCRIBE, BILL), List.of()),
                        new FunctionalityLevel.Change(25, 60, "half way back", List.of(), List.of(PRESCRIBE))),
                told);
    }

    @Test
    void aListenerThatFailsDoesNotKeepOthersFromBeingTold() {
        List<Integer> told = new CopyOnWriteArrayList<>();
        FunctionalityLevel level = level();
        level.addListener(change -> {
            throw new IllegalStateException("a defect of the host's, thrown on purpose by this test");
        });
        level.addListener(change -> told.add(change.to()));

        level.set(25, "emergency");

        await().until(() -> told.equals(List.of(25)));
    }

    @Test
    void aLowerLevelHoldsEvenWhenItCannotBeKeptAndAHigherOneDoesNot() throws IOException {
        FunctionalityLevel level = level();
        level.set(50, "half");
        // A folder where the new file would be written.
        Files.createDirectory(folder.resolve("level.new"));

        assertThrows(UncheckedIOException.class, () -> level.set(25, "emergency"));
        assertEquals(25, level.value());

        assertThrows(UncheckedIOException.class, () -> level.set(100, "normal"));
        assertEquals(25, level.value());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "full", "101 too much", "-1"})
    void whatIsNoLevelInTheFileIsRefusedAndNotTakenForNormal(String text) throws IOException {
        Files.writeString(folder.resolve("level"), text);

        IllegalStateException refused = assertThrows(IllegalStateException.class, this::level);

        assertTrue(refused.getMessage().contains("expected a number from 0 to 100"), refused.getMessage());
    }

    @Test
    void refusesLevelsAndThresholdsOutsideZeroToHundredAndNamesGivenTwice() {
        FunctionalityLevel level = level();

        assertThrows(IllegalArgumentException.class, () -> level.set(101, ""));
        assertThrows(IllegalArgumentException.class, () -> level.set(-1, ""));
        assertThrows(IllegalArgumentException.class, () -> new Feature("x", 101));
        assertThrows(IllegalArgumentException.class, () -> new Feature("Bill", 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> FunctionalityLevel.keptIn(folder.resolve("level"), List.of(READ, new Feature("read", 3))));
    }
}
