package io.prontuario.ha.examples.cli;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Lets another node become the primary, with nothing lost, and waits for the end. */
@Command(
        name = "switchover",
        mixinStandardHelpOptions = true,
        description =
                "Lets another node become the primary, with nothing lost, and waits for the end. Exit status 0 when"
                        + " it is, 1 when that was refused or undone; the message says why.")
final class SwitchoverCommand extends TakeoverCommand {
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
        return carryOut(store, "switchover to " + node, "", out, progress -> switchover.run(node, progress));
    }
}
