package io.prontuario.ha.gcp;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A rehearsal: wakes the cloud, leads the rehearsal's name there, leads it home, and puts the cloud back to sleep, whatever went wrong in
 * between. The name that clients use is not touched, and neither is a replica.
 *
 * <p>Blocks until it is through or its limit has passed for each of the two halves.
 */
public final class GcpRehearsal {
    private static final Duration CALL = Duration.ofSeconds(10);

    private final GcpEmergencyStrategy strategy;
    private final NodeName environment;
    private final Ticker ticker;

    /**
     * For one strategy, which is used by nobody else meanwhile.
     *
     * @param environment the name by which the strategy's steps mean the cloud
     */
    public GcpRehearsal(GcpEmergencyStrategy strategy, NodeName environment, Ticker ticker) {
        this.strategy = strategy;
        this.environment = environment;
        this.ticker = ticker;
    }

    /**
     * What came of it.
     *
     * @param served whether the cloud answered under the rehearsal's name
     * @param asleep whether it sleeps again; if not, it costs money until somebody has seen to it
     * @param toServe from the beginning until it answered, or until it was given up
     * @param toSleep from then until it slept
     * @param target how long the first half was meant to take
     * @param stages how each stage went, waking first
     * @param problems one line each
     */
    public record Report(
            boolean served,
            boolean asleep,
            Duration toServe,
            Duration toSleep,
            Duration target,
            List<StageReport> stages,
            List<String> problems) {
        public Report {
            stages = List.copyOf(stages);
            problems = List.copyOf(problems);
        }

        /**
         * What the nodes of the rehearsal cost beyond the sleeping ones, in the price's currency; minutes of a node are charged by the
         * second.
         */
        public double cost(int nodesMore, double pricePerNodeHour) {
            double hours = toServe.plus(toSleep).toMillis() / 3_600_000.0;
            return nodesMore * pricePerNodeHour * hours;
        }
    }

    /**
     * Rehearses under the record as it is.
     *
     * @param target how long until the cloud answers; slower is a problem in the report
     * @param limit when waking, and then going back to sleep, is given up
     * @param progress told a line with each change
     */
    public Report run(ClusterState state, Instant now, Duration target, Duration limit, Consumer<String> progress) {
        Journal journal =
                new Journal("rehearsal", TransitionKind.DRILL, state.primary(), null, List.of(), "a rehearsal", now);
        ClusterState rehearsed = new ClusterState(
                state.clusterId(),
                state.systemIdentifier(),
                state.epoch(),
                state.transitionId(),
                state.timeline(),
                state.primary(),
                state.active(),
                state.inSync(),
                state.heirs(),
                state.durability(),
                state.strictMinimum(),
                state.paused(),
                journal);
        List<StageReport> stages = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        long from = ticker.nanos();
        boolean served = half(Verb.ENABLE, strategy::enable, rehearsed, limit, stages, problems, progress);
        long answered = ticker.nanos();
        Duration toServe = Duration.ofNanos(answered - from);
        if (served && toServe.compareTo(target) > 0) {
            problems.add("it took " + toServe.toSeconds() + " s until the cloud answered, the target is "
                    + target.toSeconds() + " s");
        }
        boolean asleep = half(Verb.ISOLATE, strategy::isolate, rehearsed, limit, stages, problems, progress)
                && half(Verb.REJOIN, strategy::rejoin, rehearsed, limit, stages, problems, progress);
        if (!asleep) {
            problems.add("the cloud does not sleep again: see to it, it costs money as it is");
        }
        Duration toSleep = Duration.ofNanos(ticker.nanos() - answered);
        return new Report(served, asleep, toServe, toSleep, target, stages, problems);
    }

    private boolean half(
            Verb verb,
            Function<StepRequest, Outcome> act,
            ClusterState state,
            Duration limit,
            List<StageReport> stages,
            List<String> problems,
            Consumer<String> progress) {
        Step step = new Step(strategy.name(), verb, environment);
        Deadline deadline = Deadline.in(limit, CALL, ticker);
        String memo = "";
        String said = "";
        while (true) {
            Outcome outcome = act.apply(new StepRequest(step, state, CALL, memo));
            memo = outcome.memo();
            if (!outcome.detail().equals(said)) {
                said = outcome.detail();
                progress.accept(step + ": " + outcome.kind() + " " + said);
            }
            boolean over = outcome.holds() || outcome.kind() == Outcome.Kind.REFUSED;
            Duration again = outcome.again() == null ? Failures.SOON : outcome.again();
            if (over || !deadline.pause(again)) {
                stages.addAll(strategy.progress());
                if (!outcome.holds()) {
                    problems.add(step + ": " + (over ? "" : "not within " + limit.toSeconds() + " s: ") + said);
                }
                return outcome.holds();
            }
        }
    }
}
