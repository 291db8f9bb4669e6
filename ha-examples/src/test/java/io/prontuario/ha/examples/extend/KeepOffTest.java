package io.prontuario.ha.examples.extend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A policy is a function: given what another one decides, this is what comes out. */
class KeepOffTest {
    private static final Copy REPORTS = new Copy(new NodeName("reports"), "1a2b");
    private static final Copy STUDIO = new Copy(new NodeName("studio-2"), "7f3a");

    private static Decision decided(Decision other) {
        return KeepOff.nodes(Set.of(REPORTS.node()), view -> other).decide(nothing());
    }

    /** It looks at nothing in it. */
    private static ClusterView nothing() {
        return new ClusterView(
                new NodeName("lb"),
                NodeRole.WITNESS,
                Limits.DEFAULT,
                null,
                Duration.ZERO,
                null,
                DataStatus.UNKNOWN,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                0,
                List.of(),
                List.of(),
                false,
                false,
                null,
                false,
                Map.of(),
                List.of(),
                Answer.UNKNOWN,
                false,
                Duration.ZERO);
    }

    @Test
    void aNodeThatIsKeptOffDoesNotTakeOver() {
        Decision decision = decided(Decision.failOver(REPORTS, "the primary is dead"));
        assertEquals(Decision.Kind.HOLD_AND_ALERT, decision.kind());
        assertEquals("the primary is dead; reports is kept from taking over by itself", decision.reason());
    }

    @Test
    void everythingElseIsAsItWas() {
        Decision other = Decision.failOver(STUDIO, "the primary is dead");
        assertSame(other, decided(other));
        Decision stay = Decision.stay("all is well");
        assertSame(stay, decided(stay));
    }
}
