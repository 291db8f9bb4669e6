package io.prontuario.ha.model;

import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an order to a standby's agent would do, and whether it may be given.
 *
 * @param task what is ordered
 * @param epoch the record's, when it was drawn up
 * @param node whose agent does it
 * @param copy with which copy; null when there is none that could be named
 * @param primary whom it follows
 * @param consequence what the cluster is without until the node is certified again, as a sentence
 * @param preconditions what must hold, each with the evidence for it
 */
public record StandbyPlan(
        StandbyTask task,
        long epoch,
        NodeName node,
        @Nullable Copy copy,
        Copy primary,
        String consequence,
        List<Precondition> preconditions) {

    public StandbyPlan {
        preconditions = List.copyOf(preconditions);
    }

    /** Whether it may be asked for. */
    public boolean possible() {
        return preconditions.stream().allMatch(Precondition::holds);
    }

    /** Whether another plan, drawn up later, does the same with the same and leaves the cluster without the same. */
    public boolean sameAs(StandbyPlan later) {
        return task == later.task
                && epoch == later.epoch
                && node.equals(later.node)
                && Objects.equals(copy, later.copy)
                && primary.equals(later.primary)
                && consequence.equals(later.consequence);
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        return preconditions.stream()
                .filter(one -> !one.holds())
                .map(Precondition::refusal)
                .toList();
    }
}
