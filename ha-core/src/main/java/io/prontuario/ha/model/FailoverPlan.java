package io.prontuario.ha.model;

import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a failover that a person asks for would do, and whether it may.
 *
 * @param epoch the record's, when it was drawn up
 * @param from the primary that is given up
 * @param to the node that is to become primary
 * @param target its copy of the data; null when it has none
 * @param certified whether that holds every acknowledged commit: then nothing is lost
 * @param loss what may be lost, as a sentence
 * @param preconditions what must hold, each with the evidence for it
 */
public record FailoverPlan(
        long epoch,
        Copy from,
        NodeName to,
        @Nullable Copy target,
        boolean certified,
        String loss,
        List<Precondition> preconditions) {

    public FailoverPlan {
        preconditions = List.copyOf(preconditions);
    }

    /** Whether it may be asked for. */
    public boolean possible() {
        return preconditions.stream().allMatch(Precondition::holds);
    }

    /** Whether another plan, drawn up later, gives up the same for the same. */
    public boolean sameAs(FailoverPlan later) {
        return epoch == later.epoch
                && from.equals(later.from)
                && Objects.equals(target, later.target)
                && certified == later.certified;
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        return preconditions.stream()
                .filter(one -> !one.holds())
                .map(Precondition::refusal)
                .toList();
    }
}
