package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ManualFailover;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.FailoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets a node become the primary although nobody can say that it holds everything. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a node become the primary in place of one that is lost, when the library does not do it by itself:"
                    + " nobody was certified to hold every acknowledged commit, or durability is ASYNC.",
            "What only the lost primary holds is given up. While that still serves, use ha switchover.",
            "Exit status 0 when the node is the primary, 1 when that was refused; the message says why."
        })
final class FailoverCommand extends TakeoverCommand {

    @Option(
            names = "--accept-loss",
            description =
                    "Give up acknowledged commits that the node does not hold. Asks for the name of the node that is"
                            + " given up.")
    private boolean acceptLoss;

    @Option(
            names = "--confirm",
            paramLabel = "NODE",
            description = "The name of the node that is given up, instead of typing it when asked.")
    @Nullable
    private String confirmed;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        ManualFailover failover = ManualFailover.on(store);
        FailoverPlan plan = failover.plan(node);
        if (dryRun) {
            if (json) {
                out.println(GSON.toJson(asMap(plan)));
            } else {
                print(plan, out);
            }
            return plan.possible() ? 0 : Ha.FAILED;
        }
        if (plan.possible() && acceptLoss && !plan.certified()) {
            print(plan, progress(out));
            Confirmation.require(
                    spec, "the node that is given up", plan.from().node().value(), confirmed, progress(out));
        }
        return carryOut(
                store,
                "failover to " + node + (acceptLoss ? ", giving up what only " + plan.from() + " holds" : ""),
                plan.loss(),
                out,
                progress -> failover.run(plan, acceptLoss, progress));
    }

    private static void print(FailoverPlan plan, PrintWriter out) {
        out.printf("failover from %s to %s%n", plan.from(), plan.target() == null ? plan.to() : plan.target());
        PlanPrinter.print(plan.preconditions(), out);
        out.println("lost: " + plan.loss());
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
        out.flush();
    }

    private static Map<String, Object> asMap(FailoverPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("from", plan.from().toString());
        map.put("to", plan.to().value());
        map.put("target", plan.target() == null ? "" : plan.target().toString());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put("certified", plan.certified());
        map.put("loss", plan.loss());
        map.put("preconditions", PlanPrinter.asMaps(plan.preconditions()));
        return map;
    }
}
