package io.prontuario.ha.engine;

import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How long a failover would take now, by what former ones took here. Pure. */
final class FailoverForecast {
    /** What the first step of a failover is called, and the last that clients wait for. */
    private static final String FIRST = "detected";

    private static final String LAST = "opened";

    private FailoverForecast() {}

    /**
     * The median, from the moment at which the primary was found dead until its successor was open. What passes before that (a suspicion,
     * the end of a session) is not in it. Empty when there was none yet.
     */
    static Optional<Duration> of(List<TransitionRecord> history) {
        List<Duration> took = history.stream()
                .map(FailoverForecast::took)
                .flatMap(Optional::stream)
                .sorted()
                .toList();
        return took.isEmpty() ? Optional.empty() : Optional.of(took.get(took.size() / 2));
    }

    private static Optional<Duration> took(TransitionRecord transition) {
        Optional<Instant> from = transition.steps().stream()
                .filter(step -> step.step().equals(FIRST))
                .map(StepRecord::started)
                .findFirst();
        Optional<Instant> to = transition.steps().stream()
                .filter(step -> step.step().equals(LAST) && step.outcome().startsWith("done"))
                .map(step -> step.started().plus(step.took()))
                .reduce((earlier, later) -> later);
        return from.flatMap(begun -> to.map(end -> Duration.between(begun, end)))
                .filter(time -> !time.isNegative());
    }
}
