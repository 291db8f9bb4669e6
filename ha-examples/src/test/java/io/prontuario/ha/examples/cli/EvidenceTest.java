package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import org.junit.jupiter.api.Test;

/** What a node's answer is taken for. */
class EvidenceTest {
    private static final NodeName STUDIO_1 = new NodeName("studio-1");
    private static final String SERVER =
            "\"server\":{\"copy\":\"studio-1.7f3a\",\"systemIdentifier\":\"73\",\"mode\":\"PRIMARY\","
                    + "\"condition\":\"DOWN\",\"timeline\":4,\"received\":9,\"names\":\"\",\"namesInEffect\":\"\"}";

    /** Such as when two machines have come to share an address. */
    @Test
    void anAnswerOfAnotherNodeIsNotThatOfTheOneThatWasAsked() {
        assertEquals(4, Evidence.parse(STUDIO_1, "{" + SERVER + "}").data().timeline());
        assertThrows(IllegalStateException.class, () -> Evidence.parse(new NodeName("studio-2"), "{" + SERVER + "}"));
    }

    @Test
    void readsWhatACommitWaitsForWhenTheNodeSaysIt() {
        assertNull(Evidence.parse(STUDIO_1, "{" + SERVER + "}").promise());
        assertEquals(
                new CommitPromise(Durability.STRICT, 2),
                Evidence.parse(
                                STUDIO_1,
                                "{\"promises\":{\"durability\":\"STRICT\",\"strictMinimum\":2}," + SERVER + "}")
                        .promise());
    }
}
