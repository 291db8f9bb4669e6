package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.NodeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a trial went.
 *
 * @param trial which
 * @param fault when the fault was made, by the wall clock
 * @param outage the longest time without a success of the prober, spanning the fault
 * @param acknowledged how many writes were acknowledged
 * @param lost how many of them are missing on the last primary or a standby
 * @param doublyAcknowledged how many were acknowledged by a deposed server
 * @param inDoubt how many writes were not answered
 * @param mostReconnects how many connections the unluckiest writer has lost
 * @param recertified from the fault until a standby was certified again
 * @param firstWrite from the fault until a write was acknowledged in the new epoch; without a takeover, by the same primary
 * @param steps the steps of the transition
 * @param trouble why it does not count as passed; empty when it passed
 */
public record ScenarioResult(
        Trial trial,
        Instant fault,
        Duration outage,
        int acknowledged,
        int lost,
        int doublyAcknowledged,
        int inDoubt,
        int mostReconnects,
        Duration recertified,
        Duration firstWrite,
        List<NodeEvent> steps,
        List<String> trouble) {
    public ScenarioResult {
        steps = List.copyOf(steps);
        trouble = List.copyOf(trouble);
    }

    public boolean passed() {
        return trouble.isEmpty();
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("scenario", trial.label());
        map.put("passed", passed());
        map.put("outageMillis", outage.toNanos() / 1e6);
        map.put("acknowledged", acknowledged);
        map.put("lost", lost);
        map.put("doublyAcknowledged", doublyAcknowledged);
        map.put("inDoubt", inDoubt);
        map.put("mostReconnects", mostReconnects);
        map.put("recertifiedMillis", recertified.toNanos() / 1e6);
        map.put("firstWriteMillis", firstWrite.toNanos() / 1e6);
        map.put("steps", steps.stream().map(step -> step.asMap(fault)).toList());
        map.put("trouble", trouble);
        return map;
    }
}
