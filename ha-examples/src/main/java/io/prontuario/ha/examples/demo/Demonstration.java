package io.prontuario.ha.examples.demo;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.NodeProgram;
import io.prontuario.ha.examples.local.RunFolder;
import io.prontuario.ha.examples.local.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts a cluster, puts it through one trial after the other, and reports. */
public final class Demonstration {
    private static final Duration VALIDATION = Duration.ofMinutes(1);

    private final NodeProgram program;
    private final List<Trial> trials;
    private final boolean keep;
    private final @Nullable Path report;
    private final Consumer<String> out;
    private List<ScenarioResult> results = List.of();

    /**
     * A demonstration of the given trials.
     *
     * @param program what runs the nodes
     * @param keep leave the cluster running and say how to look around
     * @param report where to write the results as JSON; null for nowhere
     * @param out told what happens, line by line
     */
    public Demonstration(
            NodeProgram program,
            List<? extends Trial> trials,
            boolean keep,
            @Nullable Path report,
            Consumer<String> out) {
        this.program = program;
        this.trials = List.copyOf(trials);
        this.keep = keep;
        this.report = report;
        this.out = out;
    }

    /** Runs it; answers whether everything that was asked for ran and passed. Leaves nothing behind unless told to. */
    public boolean run() {
        List<ScenarioResult> ended = new ArrayList<>();
        List<List<Trial>> stages = stages();
        for (List<Trial> stage : stages) {
            boolean last = stage == stages.get(stages.size() - 1);
            if (!run(stage, ended, keep && last)) {
                break;
            }
        }
        results = List.copyOf(ended);
        boolean passed = results.size() == trials.size() && results.stream().allMatch(ScenarioResult::passed);
        table(passed);
        writeReport(passed);
        return passed;
    }

    /** What a cluster is made of that some trials share. */
    private record Stage(boolean besideACloud, int dataNodes) {}

    /**
     * Those that wake the cloud have a cluster of their own: a cluster beside a cloud takes every moment without a site for a reason to ask
     * for it, and others lose both machines too. So have those that need more data nodes.
     */
    private List<List<Trial>> stages() {
        Map<Stage, List<Trial>> stages = new LinkedHashMap<>();
        trials.stream()
                .sorted(Comparator.comparing(Trial::wakesTheCloud).thenComparing(Trial::dataNodes))
                .forEach(trial -> stages.computeIfAbsent(
                                new Stage(trial.wakesTheCloud(), trial.dataNodes()), stage -> new ArrayList<>())
                        .add(trial));
        return List.copyOf(stages.values());
    }

    private boolean run(List<Trial> stage, List<ScenarioResult> ended, boolean kept) {
        RunFolder place = RunFolder.make();
        Path folder = place.path();
        boolean relayed = stage.stream().anyMatch(Trial::cutsWaysToTheStore);
        LocalCluster cluster = stage.get(0).wakesTheCloud()
                ? LocalCluster.startBesideACloud(program, relayed, folder, out)
                : LocalCluster.startWith(program, relayed, stage.get(0).dataNodes(), folder, out);
        boolean passed = true;
        validate(cluster);
        try {
            ScenarioRun runner = new ScenarioRun(cluster, folder, out);
            for (Trial trial : stage) {
                out.accept("");
                out.accept(trial.label() + ": " + trial.story());
                ScenarioResult result = runner.run(trial);
                ended.add(result);
                result.trouble().forEach(trouble -> out.accept("  FAILED: " + trouble));
                if (!result.passed()) {
                    passed = false;
                    explain(cluster);
                    break;
                }
            }
        } catch (SQLException | IllegalStateException e) {
            passed = false;
            out.accept("FAILED: " + e.getMessage());
            explain(cluster);
        }
        if (kept) {
            place.keep();
            directions(cluster, folder);
        } else {
            cluster.close();
        }
        return passed;
    }

    /** What somebody does who has just set a cluster up. On a machine that is busy a part may be unwell for a moment. */
    private void validate(LocalCluster cluster) {
        LocalNode node = cluster.node("studio-1");
        String file = node.configuration().toString();
        try {
            Waiting.until(VALIDATION, "ha validate finds nothing", () -> {
                String said = node.run(VALIDATION, "validate", "--strict", "--config", file);
                out.accept("ha validate: " + said.substring(said.lastIndexOf('\n') + 1));
                return true;
            });
        } catch (IllegalStateException e) {
            out.accept(String.valueOf(e.getMessage()));
        }
    }

    /** What the nodes said last, for whoever looks for the cause. */
    private void explain(LocalCluster cluster) {
        out.accept("  what the nodes said last:");
        var events = cluster.events();
        events.subList(Math.max(0, events.size() - 30), events.size())
                .forEach(event -> out.accept("    " + event.at() + " " + event.node() + " " + event.message()));
        out.accept("  run again with --keep to look at the logs");
    }

    /** How each trial went that was run, in order. */
    public List<ScenarioResult> results() {
        return results;
    }

    private void table(boolean passed) {
        int width = results.stream()
                .mapToInt(result -> result.trial().label().length())
                .max()
                .orElse(0);
        String first = "%-" + Math.max(width, 26) + "s";
        out.accept("");
        out.accept(String.format(
                first + " %10s %14s %6s %20s %9s %12s",
                "scenario",
                "outage",
                "acknowledged",
                "lost",
                "doubly acknowledged",
                "in doubt",
                "redundant"));
        for (ScenarioResult result : results) {
            out.accept(String.format(
                    first + " %7d ms %14d %6d %20d %9d %9d ms%s",
                    result.trial().label(),
                    result.outage().toMillis(),
                    result.acknowledged(),
                    result.lost(),
                    result.doublyAcknowledged(),
                    result.inDoubt(),
                    result.recertified().toMillis(),
                    result.passed() ? "" : "  FAILED"));
        }
        out.accept(passed ? "all passed" : "NOT all passed");
    }

    private void writeReport(boolean passed) {
        Path file = report;
        if (file == null) {
            return;
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", passed);
        map.put("scenarios", results.stream().map(ScenarioResult::asMap).toList());
        try {
            Files.writeString(
                    file, new GsonBuilder().setPrettyPrinting().create().toJson(map) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report " + file, e);
        }
    }

    private void directions(LocalCluster cluster, Path folder) {
        String pids = cluster.pids().stream().map(String::valueOf).collect(Collectors.joining(" "));
        out.accept("");
        out.accept("It is left running.");
        cluster.directions().forEach(line -> out.accept("  " + line));
        out.accept("  to stop it: kill -9 " + pids + "; rm -rf " + folder);
    }
}
