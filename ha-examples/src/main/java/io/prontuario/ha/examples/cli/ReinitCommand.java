package io.prontuario.ha.examples.cli;

import io.prontuario.ha.Reinit;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.ReinitPlan;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Has a standby's data copied anew. */
@Command(
        name = "reinit",
        mixinStandardHelpOptions = true,
        description = {
            "Has a standby's data thrown away and copied anew from the primary: when its copy cannot be used"
                    + " (REJOIN_FAILED in ha status), or is no longer trusted. Asks for the node's name.",
            "The order stands in the record until another copy follows: Ctrl-C leaves the rest to the node, its agent goes on"
                    + " after any interruption, and the same command waits for it again. A takeover ends the order.",
            "Exit status 0 when the new copy follows, 1 when that was refused; the message says why."
        })
final class ReinitCommand extends StoreCommand {

    @Parameters(paramLabel = "NODE", description = "The node whose data is to be replaced.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String name;

    @Option(
            names = "--confirm",
            paramLabel = "NODE",
            description = "The name of the node whose data is thrown away, instead of typing it when asked.")
    @Nullable
    private String confirmed;

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Option(
            names = "--dry-run",
            description = "Only say whether it may be done, and what the cluster is without meanwhile.")
    private boolean dryRun;

    @SuppressWarnings("NullAway.Init") // set by check()
    private NodeName node;

    @Override
    void check() {
        try {
            node = new NodeName(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "NODE: " + e.getMessage(), e);
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        Reinit reinit = Reinit.on(store);
        ReinitPlan plan = reinit.plan(node);
        if (dryRun) {
            if (json) {
                out.println(GSON.toJson(asMap(plan)));
            } else {
                print(plan, out);
            }
            return plan.possible() ? 0 : Ha.FAILED;
        }
        PrintWriter progress = progress(out);
        if (plan.possible()) {
            print(plan, progress);
            Confirmation.require(spec, "the node whose data is thrown away", node.value(), confirmed, progress);
        }
        String what = "reinit of " + node;
        Operator.note(store, AuditEntry.Kind.OPERATOR, "asked for " + what, reason, plan.consequence());
        Reinit.Result result = reinit.run(plan, stage -> {
            progress.println(stage);
            progress.flush();
        });
        Operator.note(
                store,
                result.done() ? AuditEntry.Kind.OPERATOR : AuditEntry.Kind.REFUSAL,
                what,
                reason,
                result.message());
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("done", result.done());
            map.put("message", result.message());
            map.put("tookMillis", result.took().toMillis());
            out.println(GSON.toJson(map));
        } else {
            out.println(result.message() + " (" + result.took().toMillis() + " ms)");
        }
        return result.done() ? 0 : Ha.FAILED;
    }

    private static void print(ReinitPlan plan, PrintWriter out) {
        out.printf(
                "%s is thrown away and copied anew from %s%n",
                plan.copy() == null ? plan.node() : plan.copy(), plan.primary());
        PlanPrinter.print(plan.preconditions(), out);
        out.println("meanwhile: " + plan.consequence());
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
        out.flush();
    }

    private static Map<String, Object> asMap(ReinitPlan plan) {
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
