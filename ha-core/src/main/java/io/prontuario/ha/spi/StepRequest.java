package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a strategy is told when a step is to be done.
 *
 * @param step what
 * @param state the cluster state under which it is done; its epoch fences the step
 * @param limit how long the call may take; past it the outcome counts as {@link Outcome.Kind#UNKNOWN}
 * @param isolation how to isolate; says nothing for another verb
 * @param declared null: the step is done by the record. Otherwise the record was not reached: {@code state} is what was last read of it, it
 *     may name somebody else by now, and a person's word stands in for it. Nobody becomes a writer by that
 * @param memo what this strategy's last outcome of the same step asked to be handed back; empty at first, and after it was lost
 */
public record StepRequest(
        Step step,
        ClusterState state,
        Duration limit,
        Isolation isolation,
        String memo,
        @Nullable Declaration declared) {
    /** A step by the record. */
    public StepRequest(Step step, ClusterState state, Duration limit, Isolation isolation, String memo) {
        this(step, state, limit, isolation, memo, null);
    }

    /** A step's first call. */
    public StepRequest(Step step, ClusterState state, Duration limit) {
        this(step, state, limit, Isolation.FORCED, "");
    }

    /** A further call of a step, with what the last one left. */
    public StepRequest(Step step, ClusterState state, Duration limit, String memo) {
        this(step, state, limit, Isolation.FORCED, memo);
    }
}
