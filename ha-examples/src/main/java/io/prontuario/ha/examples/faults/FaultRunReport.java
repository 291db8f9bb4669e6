package io.prontuario.ha.examples.faults;

import com.google.gson.GsonBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How a run went.
 *
 * @param seed from which all faults came
 * @param lasted from the first fault to the account
 * @param rounds how many rounds of faults there were
 * @param faults every fault
 * @param acknowledged how many writes were
 * @param lost those of them that are missing on a server, by id
 * @param doublyAcknowledged how many were acknowledged by a server after another had begun to, under a higher epoch
 * @param inDoubt how many were not answered
 * @param reconnects how many connections the unluckiest writer behind the proxy has lost
 * @param violations why it does not count as passed
 * @param remarks what is worth knowing besides
 */
record FaultRunReport(
        long seed,
        Duration lasted,
        int rounds,
        List<FaultResult> faults,
        int acknowledged,
        List<Long> lost,
        int doublyAcknowledged,
        int inDoubt,
        int reconnects,
        List<String> violations,
        List<String> remarks) {
    private static final int MOST_IDS = 50;

    FaultRunReport {
        faults = List.copyOf(faults);
        lost = List.copyOf(lost);
        violations = List.copyOf(violations);
        remarks = List.copyOf(remarks);
    }

    boolean passed() {
        return violations.isEmpty();
    }

    String toJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("passed", passed());
        map.put("seed", seed);
        map.put("seconds", lasted.toMillis() / 1e3);
        map.put("rounds", rounds);
        map.put("acknowledged", acknowledged);
        map.put("lost", lost.size());
        map.put("lostIds", lost.subList(0, Math.min(MOST_IDS, lost.size())));
        map.put("doublyAcknowledged", doublyAcknowledged);
        map.put("inDoubt", inDoubt);
        map.put("reconnects", reconnects);
        map.put("outageMillis", percentiles(FaultResult::outage));
        map.put("rejoinMillis", percentiles(FaultResult::rejoin));
        map.put("injected", injected());
        map.put("violations", violations);
        map.put("remarks", remarks);
        map.put("faults", faults.stream().map(FaultResult::asMap).toList());
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(map);
    }

    private Map<String, Integer> injected() {
        Map<String, Integer> counts = new TreeMap<>();
        faults.forEach(fault -> counts.merge(fault.kind(), 1, Integer::sum));
        return counts;
    }

    /** Of rounds, not of faults: those of one round were measured together. */
    private Map<String, Long> percentiles(Function<FaultResult, Duration> what) {
        List<Long> millis = new ArrayList<>();
        int last = 0;
        for (FaultResult fault : faults) {
            if (fault.round() != last) {
                millis.add(what.apply(fault).toMillis());
                last = fault.round();
            }
        }
        millis.sort(null);
        Map<String, Long> map = new LinkedHashMap<>();
        if (!millis.isEmpty()) {
            map.put("p50", millis.get((millis.size() - 1) / 2));
            map.put("p90", millis.get((millis.size() - 1) * 9 / 10));
            map.put("max", millis.get(millis.size() - 1));
        }
        return map;
    }

    /** The last lines for people. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                "seed %d: %d faults in %d rounds, %.0f s; %d writes acknowledged, %d lost, %d doubly acknowledged, %d in doubt",
                seed,
                faults.size(),
                rounds,
                lasted.toMillis() / 1e3,
                acknowledged,
                lost.size(),
                doublyAcknowledged,
                inDoubt));
        lines.add("outage in ms " + percentiles(FaultResult::outage) + ", rejoin in ms "
                + percentiles(FaultResult::rejoin));
        remarks.forEach(remark -> lines.add("remark: " + remark));
        violations.forEach(violation -> lines.add("VIOLATION: " + violation));
        lines.add(passed() ? "passed" : "NOT passed; again with: ha faults --seed " + seed);
        return lines;
    }
}
