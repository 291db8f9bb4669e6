package io.prontuario.ha.model;

import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record in the place of one that is gone or too old, as proposed from what the nodes hold.
 *
 * @param present the record that is there; null when there is none
 * @param proposed what would be written; null when nothing can be proposed
 * @param evidence what each node holds, a line each
 * @param risk what may be lost or wrong by it, as a sentence
 * @param preconditions what must hold, each with the evidence for it
 */
public record RebuildPlan(
        @Nullable ClusterState present,
        @Nullable ClusterState proposed,
        List<String> evidence,
        String risk,
        List<Precondition> preconditions) {

    public RebuildPlan {
        evidence = List.copyOf(evidence);
        preconditions = List.copyOf(preconditions);
    }

    /** Whether it may be written. */
    public boolean possible() {
        return proposed != null && preconditions.stream().allMatch(Precondition::holds);
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        return preconditions.stream()
                .filter(one -> !one.holds())
                .map(Precondition::refusal)
                .toList();
    }
}
