package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The outages of a period, out of the history. Pure.
 *
 * @param from where the period begins
 * @param to where it ends
 * @param complete false when the history does not go back so far, and the period begins where it does
 * @param outages oldest first
 */
record Availability(Instant from, Instant to, boolean complete, List<Outage> outages) {
    private static final double PROMISED = 0.999;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** As many as the stores keep: with fewer the history goes back to the beginning of the cluster. */
    private static final int KEPT = 50;

    /**
     * One of them.
     *
     * @param at when clients lost the primary, as far as it was noted: a failover's begins when the death was found out
     * @param epoch in which it ended
     * @param planned whether somebody asked for it
     * @param took until the next primary was open
     */
    record Outage(Instant at, long epoch, boolean planned, Duration took) {
        boolean kept() {
            return took.compareTo(LONGEST) <= 0;
        }
    }

    static Availability of(List<TransitionRecord> history, Instant from, Instant to) {
        List<Outage> outages = new ArrayList<>();
        history.forEach(
                one -> outage(one).filter(outage -> !outage.at().isBefore(from)).ifPresent(outages::add));
        outages.sort(Comparator.comparing(Outage::at));
        Optional<Instant> oldest = history.stream()
                .flatMap(one -> one.steps().stream())
                .map(StepRecord::started)
                .min(Instant::compareTo);
        boolean complete = history.size() < KEPT || oldest.filter(from::isAfter).isPresent();
        return new Availability(complete ? from : oldest.orElse(from), to, complete, outages);
    }

    private static Optional<Outage> outage(TransitionRecord one) {
        boolean planned = one.steps().stream()
                .anyMatch(step -> step.step().equals("prepared") || step.step().equals("stopped"));
        String first = planned ? "stopped" : "detected";
        Optional<Instant> begun = one.steps().stream()
                .filter(step -> step.step().equals(first))
                .map(StepRecord::started)
                .findFirst();
        Optional<Instant> end = one.steps().stream()
                .filter(step -> step.step().equals("opened") && step.outcome().startsWith("done"))
                .map(step -> step.started().plus(step.took()))
                .max(Instant::compareTo);
        return begun.flatMap(at -> end.filter(opened -> !opened.isBefore(at))
                .map(opened -> new Outage(at, one.epoch(), planned, Duration.between(at, opened))));
    }

    /** The share of the period in which a primary was open. */
    double uptime() {
        double whole = Duration.between(from, to).toNanos();
        double out = outages.stream().mapToDouble(one -> one.took().toNanos()).sum();
        return whole <= 0 ? 1 : Math.max(0, 1 - out / whole);
    }

    boolean kept() {
        return uptime() >= PROMISED && outages.stream().allMatch(Outage::kept);
    }
}
