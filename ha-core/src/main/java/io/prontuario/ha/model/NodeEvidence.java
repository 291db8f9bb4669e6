package io.prontuario.ha.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one data node keeps beside its data and knows of its server, when the record cannot be trusted.
 *
 * @param node which
 * @param memory the highest epoch that it has obeyed; null when it remembers none
 * @param promise what a commit waits for by the last record that it has obeyed since it was started; null when it has obeyed none
 * @param data its server
 */
public record NodeEvidence(
        NodeName node,
        @Nullable NodeMemory memory,
        @Nullable CommitPromise promise,
        DataStatus data) {

    /** Whether both say the same but for what a server that runs writes all the time. */
    public boolean saysAs(NodeEvidence other) {
        return lasting().equals(other.lasting());
    }

    private NodeEvidence lasting() {
        return data.condition() == ServerCondition.RUNNING
                ? new NodeEvidence(
                        node,
                        memory,
                        promise,
                        new DataStatus(
                                data.copy(),
                                data.systemIdentifier(),
                                data.condition(),
                                data.mode(),
                                data.timeline(),
                                0,
                                0,
                                0,
                                null,
                                List.of(),
                                data.namesInFile(),
                                data.namesInEffect(),
                                SyncWait.NONE,
                                ""))
                : this;
    }
}
