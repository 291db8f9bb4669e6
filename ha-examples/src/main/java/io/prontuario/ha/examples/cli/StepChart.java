package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.StepRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** When each step of a transition was under way, as a line of characters of one width. */
final class StepChart {
    private static final int WIDTH = 40;
    /** Of no length, or when clients are served again: they would push all others into one corner. */
    private static final Set<String> AFTERWARDS = Set.of("rejoined", "decided");

    private final Instant first;
    private final double span;

    private StepChart(Instant first, double span) {
        this.first = first;
        this.span = span;
    }

    static StepChart of(List<StepRecord> steps) {
        Instant first =
                steps.stream().map(StepRecord::started).min(Instant::compareTo).orElse(Instant.EPOCH);
        double span = steps.stream()
                .filter(step -> !AFTERWARDS.contains(step.step()))
                .mapToDouble(step -> millis(first, step.started().plus(step.took())))
                .max()
                .orElse(1);
        return new StepChart(first, Math.max(1, span));
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    Instant first() {
        return first;
    }

    /** A step that is shorter than a character is one all the same; what comes after the end is an arrow there. */
    String bar(StepRecord step) {
        double from = millis(first, step.started()) / span * WIDTH;
        double to = millis(first, step.started().plus(step.took())) / span * WIDTH;
        if (from >= WIDTH + 0.5) {
            return "·".repeat(WIDTH - 1) + "→";
        }
        int begin = (int) Math.min(WIDTH - 1, Math.floor(from));
        int end = (int) Math.min(WIDTH, Math.max(begin + 1, Math.round(to)));
        return "·".repeat(begin) + "█".repeat(end - begin) + "·".repeat(WIDTH - end);
    }
}
