package io.prontuario.ha.examples.emr;

import io.prontuario.ha.examples.measure.Stalls;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the users saw of one thing that happened.
 *
 * @param what what happened
 * @param users how many there were
 * @param seen how they fared
 */
record EmrResult(String what, int users, Stalls seen) {
    /** Nothing that was acknowledged is missing, and nobody saw an error. */
    boolean passed() {
        return seen.lost() == 0 && seen.failures() == 0;
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("what", what);
        map.put("passed", passed());
        map.put("users", users);
        map.put("rounds", seen.acknowledged());
        map.put("failed", seen.failed());
        map.put("lost", seen.lost());
        map.put("longestStallMillis", seen.longestStall().toNanos() / 1e6);
        map.put("nobodyServedMillis", seen.longestSilence().toNanos() / 1e6);
        return map;
    }

    @Override
    public String toString() {
        return String.format(
                "%-22s %7d %7d %5d %9d ms %9d ms%s",
                what,
                seen.acknowledged(),
                seen.failures(),
                seen.lost(),
                seen.longestStall().toMillis(),
                seen.longestSilence().toMillis(),
                passed() ? "" : "  FAILED " + seen.failed());
    }
}
