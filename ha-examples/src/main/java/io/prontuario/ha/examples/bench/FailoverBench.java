package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.demo.ScenarioResult;
import io.prontuario.ha.examples.demo.ScenarioRun;
import io.prontuario.ha.examples.local.LocalCluster;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** F-kill and this library in turn, on the same machine in the same run, so that its noise is the same for both. */
public final class FailoverBench {
    private final int runs;
    private final Scenario scenario;
    private final Consumer<String> out;

    /**
     * A benchmark of so many runs each.
     *
     * @param scenario what is done to the library's cluster
     * @param out told how it goes
     */
    public FailoverBench(int runs, Scenario scenario, Consumer<String> out) {
        this.runs = runs;
        this.scenario = scenario;
        this.out = out;
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() throws SQLException {
        BenchFolders folders = BenchFolders.make();
        out.accept("starting the floor's pair");
        try (FloorPair floor = FloorPair.start(folders.floor());
                LocalCluster cluster = LocalCluster.start(folders.cluster(), out)) {
            return measure(floor, cluster, folders.cluster());
        }
    }

    private Map<String, Object> measure(FloorPair floor, LocalCluster cluster, Path folder) throws SQLException {
        ScenarioRun runner = new ScenarioRun(cluster, folder, line -> {});
        List<Duration> floors = new ArrayList<>();
        List<Duration> outages = new ArrayList<>();
        List<ScenarioResult> results = new ArrayList<>();
        StepEnds steps = new StepEnds();
        for (int i = 1; i <= runs; i++) {
            FloorRun by = floor.kill();
            ScenarioResult result = runner.run(scenario);
            floors.add(by.outage());
            outages.add(result.outage());
            results.add(result);
            steps.add(result.fault(), result.steps());
            out.accept(String.format(
                    "run %d of %d: floor %d ms (promoted after %d ms), %s %d ms, lost %d, doubly acknowledged %d%s",
                    i,
                    runs,
                    by.outage().toMillis(),
                    by.promoted().toMillis(),
                    scenario,
                    result.outage().toMillis(),
                    result.lost(),
                    result.doublyAcknowledged(),
                    result.passed() ? "" : "  FAILED: " + result.trouble()));
            if (!result.passed()) {
                break;
            }
        }
        return figures(Sample.of(floors), Sample.of(outages), results, steps);
    }

    private Map<String, Object> figures(Sample floor, Sample outage, List<ScenarioResult> results, StepEnds steps) {
        double ratio = outage.median() / floor.median();
        int lost = results.stream().mapToInt(ScenarioResult::lost).sum();
        int doubly =
                results.stream().mapToInt(ScenarioResult::doublyAcknowledged).sum();
        boolean passed = results.size() == runs && results.stream().allMatch(ScenarioResult::passed);
        out.accept("");
        out.accept(String.format("%-14s %s", "F-kill:", floor));
        out.accept(String.format("%-14s %s", scenario + ":", outage));
        out.accept(String.format(
                "ratio of the medians %.2f; lost %d, doubly acknowledged %d in %d runs",
                ratio, lost, doubly, results.size()));
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("scenario", scenario.label());
        map.put("passed", passed);
        map.put("floor", floor.asMap());
        map.put("outage", outage.asMap());
        map.put("ratio", ratio);
        map.put("lost", lost);
        map.put("doublyAcknowledged", doubly);
        map.put(
                "mostReconnects",
                results.stream().mapToInt(ScenarioResult::mostReconnects).max().orElse(0));
        map.put(
                "recertified",
                Sample.of(results.stream().map(ScenarioResult::recertified).toList())
                        .asMap());
        map.put("stepsEndedAfter", steps.tell(out));
        return map;
    }
}
