package io.prontuario.ha.model;

import java.util.Comparator;
import java.util.List;

/** A transition of the history: every node's steps, in the order in which they started. */
public record TransitionRecord(String transitionId, long epoch, List<StepRecord> steps) {
    public TransitionRecord {
        steps = steps.stream().sorted(Comparator.comparing(StepRecord::started)).toList();
    }
}
