package io.prontuario.ha.examples.cli;

import io.prontuario.ha.AuditTrail;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;

/** The latest transitions, step by step. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = "The latest transitions with the time of every step, and a chart of them.",
        subcommands = {HistoryCommand.Verify.class, HistoryCommand.Export.class})
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
            StepChart chart = StepChart.of(transition.steps());
            for (StepRecord step : transition.steps()) {
                out.printf(
                        "  %+8d ms  %-12s %-12s %6d ms  %s  %s %s%n",
                        Duration.between(chart.first(), step.started()).toMillis(),
                        step.step(),
                        step.node(),
                        step.took().toMillis(),
                        chart.bar(step),
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

    /** Whether the audit trail, and the history with it, are as they were written. */
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description =
                    "Whether the audit trail is as it was written: nothing changed, put in, removed or cut off, and the history"
                            + " the same as the trail. A cut-off end is found only by who remembers a later one: the nodes that"
                            + " answer, and an export. Exit status 0 when it is, 1 otherwise.")
    static final class Verify implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private HistoryCommand history;

        @Option(names = "--export", description = "An earlier export, which has to be a part of the trail.")
        private @Nullable Path export;

        @Override
        public Integer call() throws InterruptedException {
            return history.with(
                    (read, store, out) -> AuditVerification.run(store, export, history.json, out) ? 0 : Ha.FAILED);
        }
    }

    /** The audit trail as a file. */
    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Print the audit trail, one JSON object a line, oldest first.")
    static final class Export implements Callable<Integer> {
        @ParentCommand
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private HistoryCommand history;

        @Override
        public Integer call() throws InterruptedException {
            return history.with((read, store, out) -> {
                AuditTrail.on(store).entries().forEach(one -> out.println(AuditFile.line(one)));
                return 0;
            });
        }
    }
}
