package io.prontuario.ha.model;

import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What taking over a running server as it is would do, and whether it may.
 *
 * @param mode what the server is
 * @param copy the copy that its data is called already; null before it was taken over
 * @param systemIdentifier PostgreSQL's; empty when unknown
 * @param timeline that it writes or replays; 0 when unknown
 * @param preconditions what must hold, each with the evidence for it
 * @param changes what is changed by a reload, each as a sentence
 * @param left what only a restart could change, and is left as it is, each as a sentence
 */
public record AdoptionPlan(
        ServerMode mode,
        @Nullable Copy copy,
        String systemIdentifier,
        int timeline,
        List<Precondition> preconditions,
        List<String> changes,
        List<String> left) {

    public AdoptionPlan {
        preconditions = List.copyOf(preconditions);
        changes = List.copyOf(changes);
        left = List.copyOf(left);
    }

    /** Nothing can be taken over. */
    public static AdoptionPlan impossible(String what, String evidence) {
        return new AdoptionPlan(
                ServerMode.NONE, null, "", 0, List.of(new Precondition(what, false, evidence)), List.of(), List.of());
    }

    /** The same, of which more must hold. */
    public AdoptionPlan with(List<Precondition> more) {
        List<Precondition> all = new ArrayList<>(preconditions);
        all.addAll(more);
        return new AdoptionPlan(mode, copy, systemIdentifier, timeline, all, changes, left);
    }

    /** Whether it may be done. */
    public boolean possible() {
        return preconditions.stream().allMatch(Precondition::holds);
    }

    /** Whether another plan, drawn up later, takes over the same and changes the same. */
    public boolean sameAs(AdoptionPlan later) {
        return mode == later.mode
                && Objects.equals(copy, later.copy)
                && systemIdentifier.equals(later.systemIdentifier)
                && timeline == later.timeline
                && changes.equals(later.changes)
                && left.equals(later.left);
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        return preconditions.stream()
                .filter(one -> !one.holds())
                .map(Precondition::refusal)
                .toList();
    }
}
