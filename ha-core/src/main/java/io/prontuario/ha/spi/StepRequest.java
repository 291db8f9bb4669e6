package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterState;
import java.time.Duration;

/**
 * What a strategy is told when a step is to be done.
 *
 * @param step what
 * @param state the cluster state under which it is done; its epoch fences the step
 * @param limit how long the call may take; past it the outcome counts as {@link Outcome.Kind#UNKNOWN}
 */
public record StepRequest(Step step, ClusterState state, Duration limit) {}
