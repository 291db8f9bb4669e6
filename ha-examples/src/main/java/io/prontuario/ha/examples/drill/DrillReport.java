package io.prontuario.ha.examples.drill;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of a drill.
 *
 * @param cluster its name
 * @param kind {@code switchover} or {@code kill}
 * @param operator who
 * @param reason why
 * @param startedAt when, as ISO-8601
 * @param passed whether each leg ended as it should and within the bound
 * @param outcome the same as a sentence
 * @param boundMillis the longest outage that was allowed
 * @param conditions what had to hold before anything was done, with evidence
 * @param legs there, and back
 * @param comparison with the last drill, sentences
 */
public record DrillReport(
        String cluster,
        String kind,
        String operator,
        String reason,
        String startedAt,
        boolean passed,
        String outcome,
        double boundMillis,
        List<Condition> conditions,
        List<Leg> legs,
        List<String> comparison) {

    /** One thing that had to hold. */
    public record Condition(String what, boolean holds, String evidence) {}

    /** One step as the history has it. */
    public record Step(
            String step, String node, String outcome, double beganMillis, double tookMillis, String detail) {}

    /**
     * One way.
     *
     * @param what such as {@code switchover to studio-2}
     * @param done whether it ended as it should
     * @param message how it ended
     * @param outageMillis for how long no node called itself primary, as a proxy sees it
     * @param redundantMillis from the beginning until somebody could take over again; null when that did not come about
     * @param steps out of the history
     */
    public record Leg(
            String what,
            boolean done,
            String message,
            double outageMillis,
            @Nullable Double redundantMillis,
            List<Step> steps) {}

    public DrillReport {
        conditions = List.copyOf(conditions);
        legs = List.copyOf(legs);
        comparison = List.copyOf(comparison);
    }

    DrillReport withComparison(List<String> with) {
        return new DrillReport(
                cluster, kind, operator, reason, startedAt, passed, outcome, boundMillis, conditions, legs, with);
    }

    /** The longest outage of its legs. */
    public double outageMillis() {
        return legs.stream().mapToDouble(Leg::outageMillis).max().orElse(0);
    }
}
