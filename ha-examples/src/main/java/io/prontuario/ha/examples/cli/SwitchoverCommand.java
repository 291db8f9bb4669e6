package io.prontuario.ha.examples.cli;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Lets another node become the primary, with nothing lost, and waits for the end. */
@Command(
        name = "switchover",
        mixinStandardHelpOptions = true,
        description =
                "Lets another node become the primary, with nothing lost, and waits for the end. Exit status 0 when"
                        + " it is, 1 when that was refused or undone; the message says why.")
final class SwitchoverCommand extends StoreCommand {

    @Option(names = "--to", required = true, description = "The node that is to become the primary.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String to;

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Option(names = "--dry-run", description = "Only say what would be done, and whether it may.")
    private boolean dryRun;

    @SuppressWarnings("NullAway.Init") // set by check()
    private NodeName node;

    @Override
    void check() {
        try {
            node = new NodeName(to);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--to: " + e.getMessage(), e);
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        Switchover switchover = Switchover.on(store);
        if (dryRun) {
            SwitchoverPlan plan = switchover.plan(node);
            if (json) {
                out.println(GSON.toJson(PlanPrinter.asMap(plan)));
            } else {
                PlanPrinter.print(plan, out);
            }
            return plan.possible() ? 0 : Ha.FAILED;
        }
        PrintWriter progress = json ? spec.commandLine().getErr() : out;
        Operator.note(store, AuditEntry.Kind.OPERATOR, "asked for switchover to " + node, reason, "");
        Switchover.Result result = switchover.run(node, stage -> {
            progress.println(stage);
            progress.flush();
        });
        Operator.note(
                store,
                result.done() ? AuditEntry.Kind.OPERATOR : AuditEntry.Kind.REFUSAL,
                "switchover to " + node,
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
}
