package io.prontuario.ha.examples.cli;

import io.prontuario.ha.RollingRestart;
import io.prontuario.ha.StandbyOrder;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RollingPlan;
import io.prontuario.ha.model.StandbyPlan;
import io.prontuario.ha.model.StandbyTask;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Restarts a standby's server, or every server, one after the other. */
@Command(
        name = "restart",
        mixinStandardHelpOptions = true,
        description = {
            "Restarts the server of a standby, or with --all that of every data node while clients go on: the standbys one after the other,"
                    + " then the primary's, by a planned switchover away from it. For settings that need a restart (ha status says"
                    + " which), and after an update of PostgreSQL's minor version.",
            "A standby is taken out of the record first, so that no commit waits for it; until it is certified again it cannot take over.",
            "Ctrl-C lets what was begun end, and begins nothing more.",
            "Exit status 0 when it is done, 1 when that was refused or not finished; the message says why."
        })
final class RestartCommand extends AskingCommand {
    @Parameters(arity = "0..1", paramLabel = "NODE", description = "The standby whose server is restarted.")
    @Nullable
    private String name;

    @Option(names = "--all", description = "Every server, one after the other; another node is the primary afterwards.")
    private boolean all;

    private @Nullable NodeName node;

    @Override
    void check() {
        if (all == (name != null)) {
            throw new ParameterException(spec.commandLine(), "give either the name of a standby or --all");
        }
        try {
            node = name == null ? null : new NodeName(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "NODE: " + e.getMessage(), e);
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        return node == null ? everything(store, out) : one(store, node, out);
    }

    private int one(ClusterStore store, NodeName standby, PrintWriter out) {
        StandbyOrder restart = StandbyOrder.on(store, StandbyTask.RESTART);
        StandbyPlan plan = restart.plan(standby);
        if (dryRun) {
            return StandbyPlanPrinter.dryRun(plan, json, out);
        }
        return carryOut(store, "restart of " + standby, plan.consequence(), out, stages -> restart.run(plan, stages));
    }

    private int everything(ClusterStore store, PrintWriter out) {
        RollingRestart restart = RollingRestart.on(store);
        RollingPlan plan = restart.plan();
        if (dryRun) {
            if (json) {
                out.println(GSON.toJson(asMap(plan)));
            } else {
                print(plan, out);
            }
            return plan.possible() ? 0 : Ha.FAILED;
        }
        return carryOut(store, "restart of every server", "", out, stages -> restart.run(plan, stages));
    }

    private static void print(RollingPlan plan, PrintWriter out) {
        plan.standbys().forEach(standby -> StandbyPlanPrinter.print(standby, out));
        out.println("then, each being certified again, " + plan.primary() + " by a switchover away from it:");
        if (plan.switchover() != null) {
            PlanPrinter.print(plan.switchover(), out);
        }
        out.println(plan.possible() ? "possible" : "not possible: " + String.join("; ", plan.whyNot()));
    }

    private static Map<String, Object> asMap(RollingPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("primary", plan.primary().toString());
        map.put("possible", plan.possible());
        map.put("whyNot", plan.whyNot());
        map.put(
                "standbys",
                plan.standbys().stream().map(StandbyPlanPrinter::asMap).toList());
        if (plan.switchover() != null) {
            map.put("switchover", PlanPrinter.asMap(plan.switchover()));
        }
        return map;
    }
}
