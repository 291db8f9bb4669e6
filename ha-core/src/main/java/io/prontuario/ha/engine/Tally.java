package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what has happened on this node since it started: steps and how long they took, failovers, refusals, alarms. */
final class Tally implements HaListener {
    private final Map<Key, Steps> steps = new TreeMap<>();
    private long alarms;
    private long failovers;
    private Duration failoverTime = Duration.ZERO;
    private Duration lastFailover = Duration.ZERO;
    private @Nullable Instant detected;

    private record Key(String step, String outcome) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byStep = step.compareTo(other.step);
            return byStep != 0 ? byStep : outcome.compareTo(other.outcome);
        }
    }

    private record Steps(long number, Duration total, Duration last) {
        Steps and(Duration took) {
            return new Steps(number + 1, total.plus(took), took);
        }
    }

    @Override
    public synchronized void onEvent(HaEvent event) {
        if (event.kind() == HaEvent.Kind.ALARM) {
            alarms++;
        }
        StepRecord step = event.step();
        if (step == null) {
            return;
        }
        steps.merge(
                new Key(step.step(), step.outcome()),
                new Steps(1, step.took(), step.took()),
                (before, one) -> before.and(step.took()));
        if (step.step().equals("detected") && detected == null) {
            detected = step.started();
        } else if (step.step().equals("redirected") && isWell(step.outcome())) {
            over(step.started().plus(step.took()));
        }
    }

    private static boolean isWell(String outcome) {
        return outcome.equals("done") || outcome.equals("already_so");
    }

    /** A failover that has no traffic to redirect is over when its journal is closed. */
    synchronized void saw(ClusterState state, Instant now) {
        if (detected != null && state.active() && state.transition() == null) {
            over(now);
        }
    }

    private void over(Instant end) {
        Instant began = detected;
        if (began != null) {
            detected = null;
            failovers++;
            lastFailover = Duration.between(began, end);
            failoverTime = failoverTime.plus(lastFailover);
        }
    }

    synchronized List<Measure> measures() {
        List<Measure> all = new ArrayList<>();
        steps.forEach((key, sum) -> {
            Map<String, String> labels = Map.of("step", key.step(), "outcome", key.outcome());
            all.add(Measure.counter(
                    "prontuario_ha_steps_total", "Steps of transitions that ended here.", labels, (double)
                            sum.number()));
            all.add(Measure.counter(
                    "prontuario_ha_step_seconds_total",
                    "Time that steps of transitions took here.",
                    labels,
                    seconds(sum.total())));
            all.add(Measure.gauge(
                    "prontuario_ha_step_last_seconds",
                    "How long the last of these steps took.",
                    labels,
                    seconds(sum.last())));
        });
        all.add(Measure.counter(
                "prontuario_ha_failovers_total", "Failovers that this node coordinated.", Map.of(), (double)
                        failovers));
        all.add(Measure.counter(
                "prontuario_ha_failover_seconds_total",
                "Time from the detection of a failure until traffic went to the new primary, as the coordinator saw it.",
                Map.of(),
                seconds(failoverTime)));
        all.add(Measure.gauge(
                "prontuario_ha_failover_last_seconds",
                "The same for the last failover that this node coordinated; 0 when there was none.",
                Map.of(),
                seconds(lastFailover)));
        all.add(Measure.counter(
                "prontuario_ha_alarms_total", "Times that this node called for a person.", Map.of(), (double) alarms));
        return all;
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
