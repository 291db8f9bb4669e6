package io.prontuario.ha.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a planned switchover would do, and whether it may: the dry run.
 *
 * @param from the present primary
 * @param to the node that is to become primary
 * @param target its copy of the data; null when it has none that counts
 * @param preconditions what must hold, each with the evidence for it
 * @param steps what will be done, in order
 */
public record SwitchoverPlan(
        Copy from, NodeName to, @Nullable Copy target, List<Precondition> preconditions, List<PlannedStep> steps) {

    /**
     * One thing that must hold.
     *
     * @param what as a sentence that is true when it holds
     * @param holds whether it does
     * @param evidence what was seen
     */
    public record Precondition(String what, boolean holds, String evidence) {
        /** That it does not hold, with what was seen. */
        String refusal() {
            return "not so: " + what + " (" + evidence + ")";
        }
    }

    /**
     * One step.
     *
     * @param step its name in the history
     * @param where the node that does it
     * @param what it will do
     * @param expected how long it took before; null when that is not known
     * @param basis what the expectation rests on
     */
    public record PlannedStep(
            String step,
            String where,
            String what,
            @Nullable Duration expected,
            String basis) {}

    public SwitchoverPlan {
        preconditions = List.copyOf(preconditions);
        steps = List.copyOf(steps);
    }

    /** The same plan, in which how clients are led to the new primary is said by who does it. */
    public SwitchoverPlan ledBy(String what) {
        List<PlannedStep> told = steps.stream()
                .map(step -> step.step().equals("redirected")
                        ? new PlannedStep(step.step(), step.where(), what, step.expected(), step.basis())
                        : step)
                .toList();
        return new SwitchoverPlan(from, to, target, preconditions, told);
    }

    /** Whether it may be asked for. */
    public boolean possible() {
        return preconditions.stream().allMatch(Precondition::holds);
    }

    /** Why not, one sentence each; empty when it is possible. */
    public List<String> whyNot() {
        return preconditions.stream()
                .filter(one -> !one.holds())
                .map(Precondition::refusal)
                .toList();
    }
}
