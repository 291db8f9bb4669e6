package io.prontuario.ha.examples.cli;

import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The outages of a period, out of the history and the audit trail. Pure.
 *
 * @param from where the period begins; with the cluster, when that is younger
 * @param to where it ends
 * @param complete false when neither goes back so far, and the period begins where they do
 * @param outages oldest first
 */
record Availability(Instant from, Instant to, boolean complete, List<Outage> outages) {
    private static final double PROMISED = 0.999;
    private static final Duration LONGEST = Duration.ofSeconds(30);
    /** As many as the stores keep of the history: with fewer it goes back to the beginning of the cluster. */
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

    /**
     * Of all transitions that either of two sources knows: the history has the steps of the latest, the audit trail of many more.
     *
     * @param trail in order, as far as it is kept
     */
    static Availability of(List<TransitionRecord> history, List<AuditRecord> trail, Instant from, Instant to) {
        List<TransitionRecord> all = new ArrayList<>(history);
        Set<String> known = history.stream().map(Availability::key).collect(Collectors.toSet());
        told(trail).stream().filter(one -> !known.contains(key(one))).forEach(all::add);
        List<Outage> outages = new ArrayList<>();
        all.forEach(
                one -> outage(one).filter(outage -> !outage.at().isBefore(from)).ifPresent(outages::add));
        outages.sort(Comparator.comparing(Outage::at));
        Optional<Instant> oldest = Stream.concat(
                        all.stream().flatMap(one -> one.steps().stream()).map(StepRecord::started),
                        trail.stream().limit(1).map(one -> one.entry().at()))
                .min(Instant::compareTo);
        boolean wholeTrail = !trail.isEmpty() && trail.get(0).number() == 1;
        boolean goesBack = oldest.filter(from::isAfter).isPresent();
        boolean complete = wholeTrail || history.size() < KEPT || goesBack;
        // What was before the cluster was made was no uptime of its.
        boolean younger = !goesBack && (wholeTrail || !complete);
        return new Availability(younger ? oldest.orElse(from) : from, to, complete, outages);
    }

    /** The transitions that the trail tells of, with the steps that it has of each. */
    private static List<TransitionRecord> told(List<AuditRecord> trail) {
        Map<String, List<StepRecord>> steps = new LinkedHashMap<>();
        trail.stream()
                .flatMap(one -> one.entry().step().stream())
                .forEach(step -> steps.computeIfAbsent(key(step.transitionId(), step.epoch()), any -> new ArrayList<>())
                        .add(step));
        return steps.values().stream()
                .map(of ->
                        new TransitionRecord(of.get(0).transitionId(), of.get(0).epoch(), of))
                .toList();
    }

    private static String key(TransitionRecord one) {
        return key(one.transitionId(), one.epoch());
    }

    private static String key(String transitionId, long epoch) {
        return epoch + "-" + transitionId;
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
