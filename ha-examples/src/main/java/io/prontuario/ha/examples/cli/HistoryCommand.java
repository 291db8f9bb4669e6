package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The latest transitions, step by step. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "The latest transitions with the time of every step.")
final class HistoryCommand extends StoreCommand {

    @Option(
            names = "--last",
            defaultValue = "5",
            description = "How many transitions, newest first, 1 to 1000. Default ${DEFAULT-VALUE}.")
    private int last;

    @Override
    void check() {
        if (last < 1 || last > 1000) {
            throw new ParameterException(spec.commandLine(), "--last is " + last + ", must be 1 to 1000");
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        List<TransitionRecord> all = store.history(last, LIMIT);
        if (json) {
            out.println(GSON.toJson(all.stream().map(HistoryCommand::asMap).toList()));
            return 0;
        }
        if (all.isEmpty()) {
            out.println("no transition yet");
        }
        for (TransitionRecord transition : all) {
            out.printf("epoch %d, transition %s%n", transition.epoch(), transition.transitionId());
            Instant first = transition.steps().isEmpty()
                    ? Instant.EPOCH
                    : transition.steps().get(0).started();
            for (StepRecord step : transition.steps()) {
                out.printf(
                        "  %+8d ms  %-12s %-12s %6d ms  %s %s%n",
                        Duration.between(first, step.started()).toMillis(),
                        step.step(),
                        step.node(),
                        step.took().toMillis(),
                        step.outcome(),
                        step.detail());
            }
        }
        return 0;
    }

    private static Map<String, Object> asMap(TransitionRecord transition) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("transitionId", transition.transitionId());
        map.put("epoch", transition.epoch());
        List<Map<String, Object>> steps = new ArrayList<>();
        for (StepRecord step : transition.steps()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("step", step.step());
            one.put("node", step.node().value());
            one.put("outcome", step.outcome());
            one.put("started", step.started().toString());
            one.put("tookMillis", step.took().toNanos() / 1e6);
            one.put("detail", step.detail());
            steps.add(one);
        }
        map.put("steps", steps);
        return map;
    }
}
