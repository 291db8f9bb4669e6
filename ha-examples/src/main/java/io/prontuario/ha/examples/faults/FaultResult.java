package io.prontuario.ha.examples.faults;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One fault that was done.
 *
 * @param round faults of one round overlap and share outage and rejoin time
 * @param kind the name of the fault, or of a story of several
 * @param target to whom, by part
 * @param description the same with the node's name
 * @param begin when, from the beginning of the run
 * @param end when it was undone
 * @param trouble what was said when it could not be done or undone, as for a switchover that is refused; empty otherwise
 * @param outage the longest time without an acknowledgement through the proxy, from the round's first fault until all was well again
 * @param rejoin from the end of the round's last fault until the standby was certified and streamed again
 */
record FaultResult(
        int round,
        String kind,
        Target target,
        String description,
        Duration begin,
        Duration end,
        String trouble,
        Duration outage,
        Duration rejoin) {
    FaultResult measured(Duration itsOutage, Duration itsRejoin) {
        return new FaultResult(round, kind, target, description, begin, end, trouble, itsOutage, itsRejoin);
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("round", round);
        map.put("kind", kind);
        map.put("target", target.name().toLowerCase(java.util.Locale.ROOT));
        map.put("description", description);
        map.put("beginSeconds", begin.toMillis() / 1e3);
        map.put("endSeconds", end.toMillis() / 1e3);
        map.put("trouble", trouble);
        map.put("outageMillis", outage.toMillis());
        map.put("rejoinMillis", rejoin.toMillis());
        return map;
    }

    /** For people: what, when, how long. */
    String line() {
        return String.format(
                "%s from %.1f s to %.1f s%s",
                description,
                begin.toMillis() / 1e3,
                end.toMillis() / 1e3,
                trouble.isEmpty() ? "" : " (" + trouble + ")");
    }
}
