package io.prontuario.ha.engine;

import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A transition afterwards, in one line: the steps that clients waited for, when each began and how long it took. When a step began is by
 * the wall clock of the node that did it, so between nodes it is as right as their clocks agree.
 */
final class TimeLine {
    /** Done when clients are served again, or of no length. */
    private static final Set<String> AFTERWARDS = Set.of("rejoined", "decided");

    private static final String DONE = "done";

    private TimeLine() {}

    /** One line over all nominations of a transition; empty when nothing was noted. */
    static String of(String what, List<TransitionRecord> nominations) {
        List<StepRecord> steps = nominations.stream()
                .flatMap(one -> one.steps().stream())
                .filter(step -> !AFTERWARDS.contains(step.step()))
                .sorted(Comparator.comparing(StepRecord::started))
                .toList();
        if (steps.isEmpty()) {
            return "";
        }
        Instant first = steps.get(0).started();
        Instant last = steps.stream().map(TimeLine::end).max(Instant::compareTo).orElse(first);
        List<String> told = new ArrayList<>();
        for (int at = 0; at < steps.size(); at++) {
            StepRecord step = steps.get(at);
            int same = at;
            while (same + 1 < steps.size() && alike(step, steps.get(same + 1))) {
                same++;
            }
            told.add(tell(steps.subList(at, same + 1), first));
            at = same;
        }
        return what + " took " + millis(Duration.between(first, last)) + ": " + String.join(", ", told);
    }

    private static boolean alike(StepRecord one, StepRecord other) {
        return one.step().equals(other.step())
                && one.node().equals(other.node())
                && one.outcome().equals(other.outcome());
    }

    /** Tries in a row are told as one. */
    private static String tell(List<StepRecord> tries, Instant first) {
        StepRecord step = tries.get(0);
        Duration took = tries.stream().map(StepRecord::took).reduce(Duration.ZERO, Duration::plus);
        boolean well = step.outcome().equals(DONE) || step.outcome().equals("already_so");
        return step.step() + " +" + millis(Duration.between(first, step.started())) + " by " + step.node()
                + (took.toMillis() == 0 ? "" : " in " + millis(took))
                + (tries.size() == 1 ? "" : " (" + tries.size() + " times)")
                + (well ? "" : " " + step.outcome() + ": " + step.detail());
    }

    private static Instant end(StepRecord step) {
        return step.started().plus(step.took());
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
