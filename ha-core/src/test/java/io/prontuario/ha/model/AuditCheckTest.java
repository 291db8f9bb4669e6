package io.prontuario.ha.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What somebody could do to an audit trail, and who finds it. */
class AuditCheckTest {
    private static final int KEPT = 100;

    private final List<AuditRecord> trail = trail(10, "");

    private static List<AuditRecord> trail(int length, String suffix) {
        List<AuditRecord> all = new ArrayList<>();
        for (int i = 1; i <= length; i++) {
            all.add(AuditRecord.after(end(all), entry("act " + i + suffix)));
        }
        return all;
    }

    private static AuditEntry entry(String what) {
        return new AuditEntry(Instant.EPOCH, "ana", AuditEntry.Kind.OPERATOR, what, "because", "seen");
    }

    private static Optional<AuditRecord.Head> end(List<AuditRecord> all) {
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1).head());
    }

    private List<String> findings(AuditRecord.Head... remembered) {
        return AuditCheck.findings(
                trail, end(trail), KEPT, remembered.length == 0 ? Map.of() : Map.of("studio-1", remembered[0]));
    }

    @Test
    void findsNothingInATrailAsItWasWritten() {
        assertEquals(List.of(), findings());
        assertEquals(List.of(), findings(trail.get(4).head()));
        assertEquals(List.of(), AuditCheck.findings(List.of(), Optional.empty(), KEPT, Map.of()));
    }

    @Test
    void findsAnEntryThatWasChanged() {
        AuditRecord old = trail.get(4);
        trail.set(4, new AuditRecord(old.number(), old.previous(), entry("nothing at all"), old.hash()));
        assertEquals(List.of("entry 5 was changed: its hash is not that of its content"), findings());
    }

    /** With a hash made to fit: the next one does not follow on it. */
    @Test
    void findsAnEntryThatWasReplaced() {
        trail.set(4, AuditRecord.after(Optional.of(trail.get(3).head()), entry("nothing at all")));
        assertEquals(1, findings().size());
        assertTrue(findings().get(0).startsWith("entry 6 does not follow on entry 5"), () -> "" + findings());
    }

    @Test
    void findsAnEntryThatWasRemoved() {
        trail.remove(4);
        assertEquals(List.of("between entry 4 and entry 6 1 are missing"), findings());
    }

    @Test
    void findsABeginningThatWasRemovedThoughItWasNotOldEnough() {
        trail.subList(0, 3).clear();
        assertTrue(findings().get(0).startsWith("the trail begins with entry 4: 3 are missing"), () -> "" + findings());
        assertEquals(List.of(), AuditCheck.findings(trail, end(trail), 7, Map.of()));
    }

    @Test
    void findsAnEndThatWasCutOffWhenTheHeadWasLeft() {
        Optional<AuditRecord.Head> head = end(trail);
        trail.subList(7, 10).clear();
        List<String> found = AuditCheck.findings(trail, head, KEPT, Map.of());
        assertTrue(found.get(0).startsWith("the end is entry 7 ("), found::toString);
    }

    /** The head set back as well: only somebody who remembers a later end can tell. */
    @Test
    void findsAnEndThatWasCutOffByWhoRemembersALaterOne() {
        AuditRecord.Head seen = trail.get(8).head();
        trail.subList(7, 10).clear();
        assertEquals(List.of(), findings());
        assertTrue(
                findings(seen).get(0).startsWith("the end was cut off: studio-1 remembers entry 9"),
                () -> "" + findings(seen));
    }

    @Test
    void findsATrailThatWasMadeAnewByWhoRemembersTheFormerOne() {
        AuditRecord.Head seen = trail.get(8).head();
        trail.clear();
        trail.addAll(trail(12, ", differently"));
        assertEquals(List.of(), findings());
        assertTrue(findings(seen).get(0).startsWith("the trail was made anew: entry 9"), () -> "" + findings(seen));
    }

    @Test
    void noCharacterCanMoveFromOneFieldToTheNext() {
        assertNotEquals(
                AuditRecord.after(
                                Optional.empty(),
                                new AuditEntry(Instant.EPOCH, "ab", AuditEntry.Kind.STEP, "c", "", ""))
                        .hash(),
                AuditRecord.after(
                                Optional.empty(),
                                new AuditEntry(Instant.EPOCH, "a", AuditEntry.Kind.STEP, "bc", "", ""))
                        .hash());
    }
}
