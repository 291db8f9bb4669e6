package io.prontuario.ha.examples.demo;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts a cluster, runs scenarios on it one after the other, and reports. */
public final class Demonstration {
    private final List<Scenario> scenarios;
    private final boolean keep;
    private final @Nullable Path report;
    private final Consumer<String> out;

    /**
     * A demonstration of the given scenarios.
     *
     * @param keep leave the cluster running and say how to look around
     * @param report where to write the results as JSON; null for nowhere
     * @param out told what happens, line by line
     */
    public Demonstration(List<Scenario> scenarios, boolean keep, @Nullable Path report, Consumer<String> out) {
        this.scenarios = List.copyOf(scenarios);
        this.keep = keep;
        this.report = report;
        this.out = out;
    }

    /** Runs it; answers whether everything that was asked for ran and passed. Leaves nothing behind unless told to. */
    public boolean run() {
        Path folder = temporaryFolder();
        Thread hook = new Thread(() -> {
            LocalCluster.endEverythingUnder(folder);
            Unprivileged.delete(folder);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        List<ScenarioResult> results = new ArrayList<>();
        LocalCluster cluster = scenarios.stream().anyMatch(Scenario::cutsWaysToTheStore)
                ? LocalCluster.startWithRelays(folder, out)
                : LocalCluster.start(folder, out);
        try {
            ScenarioRun runner = new ScenarioRun(cluster, folder, out);
            for (Scenario scenario : scenarios) {
                out.accept("");
                out.accept(scenario.label() + ": " + scenario.story());
                ScenarioResult result = runner.run(scenario);
                results.add(result);
                result.trouble().forEach(trouble -> out.accept("  FAILED: " + trouble));
                if (!result.passed()) {
                    explain(cluster);
                    break;
                }
            }
        } catch (SQLException | IllegalStateException e) {
            out.accept("FAILED: " + e.getMessage());
            explain(cluster);
        }
        boolean passed = results.size() == scenarios.size() && results.stream().allMatch(ScenarioResult::passed);
        table(results, passed);
        writeReport(results, passed);
        if (keep) {
            Runtime.getRuntime().removeShutdownHook(hook);
            directions(cluster, folder);
        } else {
            cluster.close();
        }
        return passed;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("prontuario-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
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

    private void table(List<ScenarioResult> results, boolean passed) {
        out.accept("");
        out.accept(String.format(
                "%-26s %10s %14s %6s %20s %9s %12s",
                "scenario", "outage", "acknowledged", "lost", "doubly acknowledged", "in doubt", "redundant"));
        for (ScenarioResult result : results) {
            out.accept(String.format(
                    "%-26s %7d ms %14d %6d %20d %9d %9d ms%s",
                    result.scenario(),
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

    private void writeReport(List<ScenarioResult> results, boolean passed) {
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
