package io.prontuario.ha.examples.cli;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.haproxy.HaproxySettings;
import io.prontuario.ha.haproxy.HaproxyStrategy;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.Verb;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Says what a switchover would do now. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "What a switchover to the certified standby would do now: conditions with their evidence, steps,"
                + " expected durations. Changes nothing. Exit status 0 when it is possible, 1 otherwise.")
final class PlanCommand extends StoreCommand {

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        Optional<SwitchoverPlan> plan = Switchover.on(store).plan().map(one -> led(one, read.haproxy()));
        if (plan.isEmpty()) {
            String why = "there is no other data node: none is certified, and none is alive";
            out.println(json ? GSON.toJson(Map.of("possible", false, "whyNot", why)) : "not possible: " + why);
            return Ha.FAILED;
        }
        if (json) {
            out.println(GSON.toJson(PlanPrinter.asMap(plan.get())));
        } else {
            PlanPrinter.print(plan.get(), out);
        }
        return plan.get().possible() ? 0 : Ha.FAILED;
    }

    private static SwitchoverPlan led(SwitchoverPlan plan, @Nullable HaproxySettings haproxy) {
        if (haproxy == null) {
            return plan;
        }
        try (HaproxyStrategy proxies = HaproxyStrategy.of(haproxy)) {
            return plan.ledBy(proxies.describe(new Step(proxies.name(), Verb.ENABLE, plan.to())));
        }
    }
}
