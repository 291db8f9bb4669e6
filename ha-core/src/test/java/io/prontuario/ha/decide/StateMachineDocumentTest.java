package io.prontuario.ha.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/state-machine.md} says what the code does. */
class StateMachineDocumentTest {
    private static final Path FILE = Path.of("..", "docs", "state-machine.md");
    private static final String WRITE = "state-machine.write";
    private static final String COMMAND = "mvn -q -Pfast -pl ha-core test -Dtest=StateMachineDocumentTest -D" + WRITE;

    @Test
    void theDocumentIsWhatTheCodeDoes() throws IOException {
        String now = StateMachineDocument.render(COMMAND);
        if (System.getProperty(WRITE) != null) {
            Files.writeString(FILE, now);
        }
        String written = Files.exists(FILE) ? Files.readString(FILE) : "";
        assertEquals(now, written, () -> "docs/state-machine.md is stale. Write it anew: " + COMMAND);
    }

    @Test
    void everyChangeOfTheProtocolIsInIt() {
        Set<String> known = Arrays.stream(RecordChange.values())
                .map(RecordChange::method)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> there = Arrays.stream(Protocol.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == Change.class)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(there, known, "RecordChange names every change that Protocol knows, and no other");
    }

    /** A change that is never legal there would be shown as one that nobody may ever write. */
    @Test
    void everyChangeIsLegalSomewhereAndRefusedSomewhere() {
        RecordTransitions transitions = RecordTransitions.explore();
        for (RecordChange change : RecordChange.values()) {
            assertTrue(!transitions.arrows(change).isEmpty(), () -> change + " was never legal");
            assertTrue(!transitions.refusals(change).isEmpty(), () -> change + " was never refused");
        }
    }
}
