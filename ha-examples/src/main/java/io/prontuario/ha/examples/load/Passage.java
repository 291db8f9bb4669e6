package io.prontuario.ha.examples.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One phase through one shape, to its end.
 *
 * @param beganNanos when the crowd began
 * @param happened how long after that it happened; negative when nothing did
 * @param marks what the nodes said meanwhile
 * @param visits each user's requests
 * @param mostReconnects how many connections the unluckiest user lost, of those who have one of their own
 * @param stuck how many users had not come back in the end
 * @param trouble what went wrong besides; empty when nothing did
 */
record Passage(
        Shape shape,
        Phase phase,
        long beganNanos,
        Duration happened,
        List<Mark> marks,
        List<List<Visit>> visits,
        Summary summary,
        int mostReconnects,
        int stuck,
        String trouble) {
    /** A request may outlast an outage by so much: it has to be let go, get a connection, and be done. */
    private static final Duration AFTER_THE_OUTAGE = Duration.ofSeconds(1);

    /**
     * Something that a node did.
     *
     * @param after how long after the crowd began
     * @param what a word or two
     */
    record Mark(Duration after, String what) {}

    Passage {
        marks = List.copyOf(marks);
        visits = List.copyOf(visits);
    }

    String title() {
        return shape + ", " + phase;
    }

    /** What was promised and did not hold. */
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        if (!trouble.isEmpty()) {
            broken.add(trouble);
        }
        if (summary.lost() > 0) {
            broken.add(summary.lost() + " acknowledged writes are lost");
        }
        if (stuck > 0) {
            broken.add(stuck + " users had not come back in the end");
        }
        boolean nothingMayFail = phase == Phase.NORMAL || (phase == Phase.SWITCHOVER && shape == Shape.HTTP);
        if (nothingMayFail && summary.failures() > 0) {
            broken.add(summary.failures() + " requests failed, and none was to");
        }
        if (phase != Phase.FAILOVER && mostReconnects > 1) {
            broken.add("a user had to connect anew " + mostReconnects + " times");
        }
        Duration bound = summary.longestSilence().plus(AFTER_THE_OUTAGE);
        if (phase == Phase.FAILOVER
                && shape == Shape.HTTP
                && summary.longestRequest().compareTo(bound) > 0) {
            broken.add("a request took " + summary.longestRequest().toMillis() + " ms, and nobody was served for "
                    + summary.longestSilence().toMillis() + " ms only");
        }
        return broken;
    }

    String line() {
        return String.format(
                "%-16s %6d served, %d failed, %d in doubt (%d of them stored), %d lost; writes median %.1f ms, 99 %% within"
                        + " %.1f ms; longest stall %d ms, nobody served for %d ms%s%s",
                title(),
                summary.served(),
                summary.failures() - summary.inDoubt(),
                summary.inDoubt(),
                summary.inDoubtStored(),
                summary.lost(),
                summary.writes().getValueAtPercentile(50) / 1e3,
                summary.writes().getValueAtPercentile(99) / 1e3,
                summary.longestStall().toMillis(),
                summary.longestSilence().toMillis(),
                (shape == Shape.TCP ? ", at most " + mostReconnects + " reconnects of one user" : "")
                        + (summary.troubles().isEmpty() ? "" : " " + summary.troubles()),
                broken().isEmpty() ? "" : "  FAILED: " + String.join("; ", broken()));
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("shape", shape.toString());
        map.put("phase", phase.toString());
        map.put("passed", broken().isEmpty());
        map.put("broken", broken());
        map.putAll(summary.asMap());
        map.put("mostReconnects", mostReconnects);
        map.put("stuck", stuck);
        if (!happened.isNegative()) {
            map.put("happenedAfterMillis", happened.toMillis());
        }
        return map;
    }
}
