package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.local.NodeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** When each step of a transition had ended, over all runs, counted from the moment that it was asked for or needed. */
final class StepEnds {
    private final Map<String, List<Duration>> ends = new TreeMap<>();

    /** One run more. */
    void add(Instant from, Collection<NodeEvent> steps) {
        for (NodeEvent step : steps) {
            ends.computeIfAbsent(String.valueOf(step.step()), any -> new ArrayList<>())
                    .add(Duration.between(from, step.ended()));
        }
    }

    /** Tells them in their order, and answers them for JSON. */
    Map<String, Object> tell(Consumer<String> out) {
        Map<String, Object> byStep = new LinkedHashMap<>();
        ends.entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        entry -> Sample.of(entry.getValue()).median()))
                .forEach(entry -> {
                    Sample sample = Sample.of(entry.getValue());
                    byStep.put(entry.getKey(), sample.asMap());
                    out.accept(String.format("  %-12s ended after: %s", entry.getKey(), sample));
                });
        return byStep;
    }
}
