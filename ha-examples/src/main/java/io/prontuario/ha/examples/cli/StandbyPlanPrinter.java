package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.StandbyPlan;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** The plan of an order to a standby's agent, for a person and for a program. */
final class StandbyPlanPrinter {
    private StandbyPlanPrinter() {}

    static int dryRun(StandbyPlan plan, boolean json, PrintWriter out) {
        if (json) {
            out.println(StoreCommand.GSON.toJson(asMap(plan)));
        } else {
            print(plan, out);
        }
        return plan.possible() ? 0 : Ha.FAILED;
    }

    static void print(StandbyPlan plan, PrintWriter out) {
        Object what = plan.copy() == null ? plan.node() : plan.copy();
        out.println(
                switch (plan.task()) {
                    case COPY_ANEW -> what + " is thrown away and copied anew from " + plan.primary();
                    case RESTART -> "the server of " + what + ", a standby of " + plan.primary() + ", is restarted";
                });
        PlanPrinter.print(plan.preconditions(), out);
        out.println("meanwhile: " + plan.consequence());
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
        out.flush();
    }

    static Map<String, Object> asMap(StandbyPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("node", plan.node().value());
        map.put("copy", plan.copy() == null ? "" : plan.copy().toString());
        map.put("primary", plan.primary().toString());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put("consequence", plan.consequence());
        map.put("preconditions", PlanPrinter.asMaps(plan.preconditions()));
        return map;
    }
}
