package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.Durability;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes over the running server of this node. */
@Command(
        name = "adopt",
        mixinStandardHelpOptions = true,
        description = {
            "Take over a pair that runs already, without a restart, clients going on: first on the primary's node, then ha node"
                    + " there, then on the standby's node, then ha node there. Whatever else manages the servers (Patroni,"
                    + " repmgrd, pg_autoctl) has to be stopped on both machines first, and its servers left running.",
            "The record is made only if there is none. What a reload can change is changed, as the plan says; what only a restart"
                    + " could change is left as it is, or refused. Interrupted, the same command on the same node goes on.",
            "Exit status 0 when the server is taken over, 1 when that was refused; the message says why."
        })
final class AdoptCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--config", required = true, description = "This node's YAML file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path config;

    @Option(
            names = "--durability",
            defaultValue = "AVAILABLE",
            description =
                    "AVAILABLE or ASYNC, for the primary's node. Default ${DEFAULT-VALUE}. STRICT comes later, by ha durability.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Durability durability;

    @Option(
            names = "--confirm",
            paramLabel = "NODE",
            description = "The name of this node, instead of typing it when asked.")
    @Nullable
    private String confirmed;

    @Option(names = "--dry-run", description = "Only say whether it may be done, and what would be changed.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the plan and each stage as JSON, one object a line.")
    private boolean json;

    @Override
    public Integer call() {
        NodeConfig read = NodeConfig.read(config);
        PrintWriter out = spec.commandLine().getOut();
        boolean[] possible = {false};
        boolean done = read.builder()
                .adopt(
                        durability,
                        plan -> {
                            print(read, plan, out);
                            possible[0] = plan.possible();
                            if (dryRun || !plan.possible()) {
                                return false;
                            }
                            PrintWriter question = json ? spec.commandLine().getErr() : out;
                            Confirmation.require(
                                    spec, "this node, whose server is taken over", read.node(), confirmed, question);
                            return true;
                        },
                        stage -> {
                            out.println(json ? StoreCommand.LINE.toJson(Map.of("stage", stage)) : stage);
                            out.flush();
                        });
        return done || (dryRun && possible[0]) ? 0 : Ha.FAILED;
    }

    private void print(NodeConfig read, AdoptionPlan plan, PrintWriter out) {
        if (json) {
            out.println(StoreCommand.LINE.toJson(asMap(read, plan)));
        } else {
            out.println("taking over the " + plan.mode() + " of " + read.node() + ", system identifier "
                    + plan.systemIdentifier() + ", timeline " + plan.timeline());
            PlanPrinter.print(plan.preconditions(), out);
            plan.changes().forEach(change -> out.println("changed: " + change));
            plan.left().forEach(left -> out.println("left as it is: " + left));
            out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
        }
        out.flush();
    }

    private static Map<String, Object> asMap(NodeConfig read, AdoptionPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("node", read.node());
        map.put("mode", plan.mode().name());
        map.put("systemIdentifier", plan.systemIdentifier());
        map.put("timeline", plan.timeline());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put("changes", plan.changes());
        map.put("leftAsTheyAre", plan.left());
        map.put("preconditions", PlanPrinter.asMaps(plan.preconditions()));
        return map;
    }
}
