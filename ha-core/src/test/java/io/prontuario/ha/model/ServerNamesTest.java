package io.prontuario.ha.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerNamesTest {
    private static final Copy X = Copy.parse("studio-2.7f3a");
    private static final Copy Y = Copy.parse("studio-3.00ff");

    @Test
    void writesFirstNWithEachNameQuotedAndCounted() {
        assertEquals("FIRST 1 (\"#gate\")", ServerNames.gate().setting());
        assertEquals("", ServerNames.none().setting());
        assertEquals(
                "FIRST 2 (\"studio-3.00ff\", \"studio-2.7f3a\")",
                ServerNames.waitingFor(List.of(Y, X)).setting());
        assertEquals("FIRST 1000 (\"#gate\", \"studio-2.7f3a\")", new ServerNames(true, List.of(X)).setting());
    }

    @Test
    void readsBackWhatItWrote() {
        for (ServerNames names : List.of(
                ServerNames.gate(),
                ServerNames.none(),
                ServerNames.waitingFor(List.of(X)),
                ServerNames.waitingFor(List.of(Y, X)),
                new ServerNames(true, List.of(Y, X)))) {
            assertEquals(names, ServerNames.parse(names.setting()));
        }
    }

    @Test
    void refusesWhatSomebodyElseWrote() {
        for (String setting : List.of(
                "*",
                "gate, studio-2.7f3a",
                "ANY 1 (\"studio-2.7f3a\")",
                "FIRST 1 (studio-2.7f3a)",
                // Duplicates fill a count that is too small: not everybody would be waited for.
                "FIRST 1 (\"studio-2.7f3a\", \"studio-3.00ff\")",
                "FIRST 2 (\"studio-2.7f3a\", \"#gate\")",
                "FIRST 1 (\"Studio-2.7f3a\")")) {
            assertThrows(IllegalArgumentException.class, () -> ServerNames.parse(setting), setting);
        }
    }

    @Test
    void theGateCoversEverybodySinceNothingIsAcknowledged() {
        assertTrue(ServerNames.gate().cover(List.of(X, Y)));
        assertTrue(ServerNames.waitingFor(List.of(X, Y)).cover(List.of(Y)));
        assertFalse(ServerNames.waitingFor(List.of(X)).cover(List.of(X, Y)));
        assertFalse(ServerNames.none().cover(List.of(X)));
        assertTrue(ServerNames.none().cover(List.of()));
    }
}
