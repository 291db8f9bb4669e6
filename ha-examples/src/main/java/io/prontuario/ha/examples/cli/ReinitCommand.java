package io.prontuario.ha.examples.cli;

import io.prontuario.ha.StandbyOrder;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
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
final class ReinitCommand extends AskingCommand {

    @Parameters(paramLabel = "NODE", description = "The node whose data is to be replaced.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String name;

    @Option(
            names = "--confirm",
            paramLabel = "NODE",
            description = "The name of the node whose data is thrown away, instead of typing it when asked.")
    @Nullable
    private String confirmed;

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
        StandbyOrder reinit = StandbyOrder.on(store, StandbyTask.COPY_ANEW);
        StandbyPlan plan = reinit.plan(node);
        if (dryRun) {
            return StandbyPlanPrinter.dryRun(plan, json, out);
        }
        PrintWriter progress = progress(out);
        if (plan.possible()) {
            StandbyPlanPrinter.print(plan, progress);
            Confirmation.require(spec, "the node whose data is thrown away", node.value(), confirmed, progress);
        }
        return carryOut(store, "reinit of " + node, plan.consequence(), out, stages -> reinit.run(plan, stages));
    }
}
