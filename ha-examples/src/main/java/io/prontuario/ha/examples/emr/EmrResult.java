package io.prontuario.ha.examples.emr;

import io.prontuario.ha.examples.measure.Stalls;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the users saw of one thing that happened.
 *
 * @param what what happened
 * @param users how many there were
 * @param mayFail how many requests may: what is in flight on a machine that dies can break off in the middle of its answer, one for each
 *     user at most; none otherwise
 * @param seen how they fared
 */
record EmrResult(String what, int users, int mayFail, Stalls seen) {
    /** Nothing that was acknowledged is missing, and nobody saw an error that need not be. */
    boolean passed() {
        return seen.lost() == 0 && seen.failures() <= mayFail;
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
                passed() ? seen.failures() == 0 ? "" : "  in flight " + seen.failed() : "  FAILED " + seen.failed());
    }
}
