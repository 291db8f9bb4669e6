package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.demo.Demonstration;
import io.prontuario.ha.examples.demo.LostStore;
import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.demo.Trial;
import io.prontuario.ha.examples.emr.EmrDemonstration;
import io.prontuario.ha.examples.local.NodeProgram;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demonstration on real parts. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Start a cluster of real parts on this machine, break it while clients write, and account for every write.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--scenario",
            completionCandidates = ScenarioNames.class,
            description = {
                "Run this scenario; may be given several times. Default: all, in order: ${COMPLETION-CANDIDATES}.",
                "By itself, with a cluster of its own: " + EmrDemonstration.LABEL
                        + ", people who work with a medical record behind HAProxy."
            })
    private List<String> names = List.of();

    @Option(
            names = "--store-away",
            description = "How long the store is away in the scenario store-away, such as 60s, at the most 10m.")
    private @Nullable String storeAway;

    @Option(names = "--report", description = "Write the results to this file as JSON.")
    private @Nullable Path report;

    @Option(
            names = "--keep",
            description = "Leave the cluster running at the end and say how to look around and stop it.")
    private boolean keep;

    @Override
    public Integer call() {
        boolean record = names.equals(List.of(EmrDemonstration.LABEL));
        List<Trial> trials = record ? List.of() : trials();
        if (Unprivileged.needed()) {
            return Unprivileged.again(again());
        }
        boolean passed = record
                ? new EmrDemonstration(keep, report, this::say).run()
                : new Demonstration(NodeProgram.usual(), trials, keep, report, this::say).run();
        return passed ? 0 : Ha.FAILED;
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    private List<Trial> trials() {
        Duration away = storeAway == null
                ? null
                : Durations.parse(spec.commandLine(), "--store-away", storeAway, Duration.ofMinutes(10));
        return scenarios().stream()
                .map(scenario -> away != null && scenario == Scenario.STORE_AWAY ? LostStore.away(away) : scenario)
                .toList();
    }

    private List<Scenario> scenarios() {
        if (names.isEmpty()) {
            return List.of(Scenario.values());
        }
        String known = Arrays.stream(Scenario.values()).map(Scenario::label).collect(Collectors.joining(", "));
        return names.stream()
                .map(name -> Scenario.of(name)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "there is no scenario '" + name + "'; there are " + known + ", and by itself "
                                        + EmrDemonstration.LABEL)))
                .toList();
    }

    /** The same command under an unprivileged account. */
    private AgainWithReport again() {
        List<String> words = new ArrayList<>(List.of("demo"));
        names.forEach(name -> words.addAll(List.of("--scenario", name)));
        if (storeAway != null) {
            words.addAll(List.of("--store-away", storeAway));
        }
        if (keep) {
            words.add("--keep");
        }
        return new AgainWithReport(words, report, keep);
    }
}
