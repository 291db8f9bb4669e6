package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a rehearsal, out of the history.
 *
 * @param id the rehearsal
 * @param toServe from the beginning until it served; null when it did not
 * @param whole from the beginning until it slept again, or until it was no longer waited for
 * @param target how long the first was meant to take
 * @param cost what its nodes cost beyond the sleeping ones; null without a price
 * @param steps every step with its time, in order
 * @param problems a line each; empty when it served in time and sleeps
 */
record RehearsalReport(
        String id,
        @Nullable Duration toServe,
        Duration whole,
        Duration target,
        @Nullable Double cost,
        List<StepRecord> steps,
        List<String> problems) {

    RehearsalReport {
        steps = List.copyOf(steps);
        problems = List.copyOf(problems);
    }

    static RehearsalReport of(
            Emergency begun,
            Emergency now,
            List<TransitionRecord> history,
            Duration target,
            int nodesMore,
            @Nullable Double price) {
        List<StepRecord> steps = history.stream()
                .filter(one -> one.transitionId().equals(begun.id()))
                .flatMap(one -> one.steps().stream())
                .toList();
        Duration toServe = steps.stream()
                .filter(step -> step.step().equals("serving"))
                .findFirst()
                .map(step -> Duration.between(begun.since(), step.started()))
                .orElse(null);
        Duration whole = Duration.between(begun.since(), now.since());
        List<String> problems = new ArrayList<>();
        if (toServe == null) {
            problems.add("it never served");
        } else if (toServe.compareTo(target) > 0) {
            problems.add("it served after " + toServe.toSeconds() + " s, the target is " + target.toSeconds() + " s");
        }
        steps.stream()
                .filter(step ->
                        step.outcome().equals("refused") || step.outcome().equals("unknown"))
                .forEach(step -> problems.add(step.step() + " " + step.outcome() + ": " + step.detail()));
        if (now.phase() != EmergencyPhase.ENDED) {
            problems.add(
                    "it does not sleep yet, it is " + now.phase() + ": it costs money as it is. ha status says why");
        }
        Double cost = price == null ? null : nodesMore * price * whole.toMillis() / 3_600_000.0;
        return new RehearsalReport(begun.id(), toServe, whole, target, cost, steps, problems);
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("rehearsal " + id);
        steps.forEach(step -> lines.add(String.format(
                Locale.ROOT,
                "  %-22s %-12s %8d ms  %s",
                step.step(),
                step.outcome(),
                step.took().toMillis(),
                step.detail())));
        lines.add("served after "
                + Optional.ofNullable(toServe)
                        .map(time -> time.toMillis() + " ms")
                        .orElse("–") + ", target " + target.toSeconds() + " s; asleep after " + whole.toMillis()
                + " ms");
        if (cost != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "cost of its nodes beyond the sleeping ones, estimated from the given price: %.4f",
                    cost));
        }
        problems.forEach(problem -> lines.add("  problem: " + problem));
        return lines;
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("toServeMillis", toServe == null ? -1 : toServe.toMillis());
        map.put("wholeMillis", whole.toMillis());
        map.put("targetMillis", target.toMillis());
        if (cost != null) {
            map.put("cost", cost);
        }
        map.put(
                "steps",
                steps.stream()
                        .map(step -> Map.of(
                                "step", step.step(),
                                "node", step.node().value(),
                                "outcome", step.outcome(),
                                "tookMillis", step.took().toMillis(),
                                "detail", step.detail()))
                        .toList());
        map.put("problems", problems);
        return map;
    }
}
