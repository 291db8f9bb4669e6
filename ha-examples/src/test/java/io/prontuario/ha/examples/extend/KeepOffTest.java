package io.prontuario.ha.examples.extend;

import static io.prontuario.ha.model.ServerCondition.DOWN;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.NodeName;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A policy is a function: given what another one decides, this is what comes out. */
class KeepOffTest {
    private static final Copy REPORTS = new Copy(new NodeName("reports"), "1a2b");
    private static final Copy STUDIO = new Copy(new NodeName("studio-2"), "7f3a");

    /** It looks at nothing in the view: what the other one decides is all it goes by. */
    private static Decision decided(Decision other) {
        return KeepOff.nodes(Set.of(REPORTS.node()), view -> other)
                .decide(views().primary("studio-1", DOWN).atWitness());
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
