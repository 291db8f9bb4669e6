package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.SwitchoverPlan.PlannedStep;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan for people and for programs. */
final class PlanPrinter {
    private PlanPrinter() {}

    static void print(SwitchoverPlan plan, PrintWriter out) {
        out.printf("switchover from %s to %s%n", plan.from(), plan.target() == null ? plan.to() : plan.target());
        print(plan.preconditions(), out);
        out.println("steps:");
        for (PlannedStep step : plan.steps()) {
            Duration expected = step.expected();
            out.printf(
                    "  %-11s %-12s %s; %s%s%n",
                    step.step(),
                    step.where(),
                    step.what(),
                    expected == null ? "" : "about " + expected.toMillis() + " ms, ",
                    step.basis());
        }
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
    }

    static void print(List<Precondition> preconditions, PrintWriter out) {
        out.println("must hold:");
        for (Precondition one : preconditions) {
            out.printf("  %-3s %s (%s)%n", one.holds() ? "yes" : "NO", one.what(), one.evidence());
        }
    }

    static List<Map<String, Object>> asMaps(List<Precondition> preconditions) {
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Precondition one : preconditions) {
            maps.add(Map.of("what", one.what(), "holds", one.holds(), "evidence", one.evidence()));
        }
        return maps;
    }

    static Map<String, Object> asMap(SwitchoverPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("from", plan.from().toString());
        map.put("to", plan.to().value());
        map.put("target", plan.target() == null ? "" : plan.target().toString());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put("preconditions", asMaps(plan.preconditions()));
        List<Map<String, Object>> steps = new ArrayList<>();
        for (PlannedStep step : plan.steps()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("step", step.step());
            one.put("where", step.where());
            one.put("what", step.what());
            Duration expected = step.expected();
            if (expected != null) {
                one.put("expectedMillis", expected.toNanos() / 1e6);
            }
            one.put("basis", step.basis());
            steps.add(one);
        }
        map.put("steps", steps);
        return map;
    }
}
