package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterState;
import java.time.Duration;

/**
 * What a strategy is told when a step is to be done.
 *
 * @param step what
 * @param state the cluster state under which it is done; its epoch fences the step
 * @param limit how long the call may take; past it the outcome counts as {@link Outcome.Kind#UNKNOWN}
 * @param memo what this strategy's last outcome of the same step asked to be handed back; empty at first, and after it was lost
 */
public record StepRequest(Step step, ClusterState state, Duration limit, String memo) {
    /** A step's first call. */
    public StepRequest(Step step, ClusterState state, Duration limit) {
        this(step, state, limit, "");
    }
}
