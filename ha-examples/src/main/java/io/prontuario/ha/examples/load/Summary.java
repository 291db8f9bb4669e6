package io.prontuario.ha.examples.load;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * How the crowd fared.
 *
 * @param reads how long those took that were served, in microseconds
 * @param writes the same of writes
 * @param troubles how many requests were not served, by fate and kind
 * @param inDoubt how many of them were writes of which their users do not know what became
 * @param inDoubtStored how many of those are there afterwards
 * @param lost writes that were served and are missing on a server afterwards
 * @param longestStall the longest time that one user was without service: from the beginning of a request to the end of his next one that
 *     was served
 * @param longestSilence the longest time in which nobody was served
 * @param longestRequest the longest request, served or not
 * @param failedLater how many of those that failed began after whatever happened
 */
record Summary(
        Histogram reads,
        Histogram writes,
        Map<String, Integer> troubles,
        int inDoubt,
        int inDoubtStored,
        int lost,
        Duration longestStall,
        Duration longestSilence,
        Duration longestRequest,
        int failedLater) {
    private static final int DIGITS = 3;

    /**
     * Adds it all up.
     *
     * @param users each one's requests in order
     * @param present the rows that each server has afterwards
     * @param happenedNanos when it happened; {@link Long#MAX_VALUE} when nothing did
     */
    static Summary of(List<List<Visit>> users, Collection<Set<Long>> present, long happenedNanos) {
        Set<Long> acknowledged = ids(users, Visit::served);
        Set<Long> doubted = ids(users, visit -> visit.answer().fate() == Answer.Fate.IN_DOUBT);
        Set<Long> lost = new HashSet<>();
        Set<Long> stored = new HashSet<>(doubted);
        for (Set<Long> rows : present) {
            acknowledged.stream().filter(id -> !rows.contains(id)).forEach(lost::add);
            stored.retainAll(rows);
        }
        Map<String, Integer> troubles = new TreeMap<>();
        all(users)
                .filter(visit -> !visit.served())
                .forEach(visit -> troubles.merge(
                        (visit.answer().fate() == Answer.Fate.IN_DOUBT ? "in doubt: " : "failed: ")
                                + visit.answer().kind(),
                        1,
                        Integer::sum));
        return new Summary(
                histogram(users, false),
                histogram(users, true),
                troubles,
                doubted.size(),
                stored.size(),
                lost.size(),
                users.stream()
                        .map(Summary::longestStall)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO),
                longestSilence(users),
                all(users).map(Visit::took).max(Duration::compareTo).orElse(Duration.ZERO),
                (int) all(users)
                        .filter(visit -> !visit.served() && visit.fromNanos() - happenedNanos > 0)
                        .count());
    }

    private static Stream<Visit> all(List<List<Visit>> users) {
        return users.stream().flatMap(List::stream);
    }

    private static Set<Long> ids(List<List<Visit>> users, Predicate<Visit> which) {
        Set<Long> ids = new HashSet<>();
        all(users).filter(visit -> visit.write() && which.test(visit)).forEach(visit -> ids.add(visit.id()));
        return ids;
    }

    private static Histogram histogram(List<List<Visit>> users, boolean write) {
        Histogram histogram = new Histogram(DIGITS);
        all(users)
                .filter(visit -> visit.served() && visit.write() == write)
                .forEach(visit -> histogram.recordValue(Math.max(0, visit.took().toNanos() / 1000)));
        return histogram;
    }

    private static Duration longestStall(List<Visit> own) {
        long longest = 0;
        long since = 0;
        boolean waiting = false;
        for (Visit visit : own) {
            since = waiting ? since : visit.fromNanos();
            longest = Math.max(longest, visit.toNanos() - since);
            waiting = !visit.served();
        }
        return Duration.ofNanos(longest);
    }

    private static Duration longestSilence(List<List<Visit>> users) {
        long[] ends = all(users)
                .filter(Visit::served)
                .mapToLong(Visit::toNanos)
                .sorted()
                .toArray();
        long longest = 0;
        for (int i = 1; i < ends.length; i++) {
            longest = Math.max(longest, ends[i] - ends[i - 1]);
        }
        return Duration.ofNanos(longest);
    }

    long served() {
        return reads.getTotalCount() + writes.getTotalCount();
    }

    int failures() {
        return troubles.values().stream().mapToInt(Integer::intValue).sum();
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("served", served());
        map.put("failedRequests", failures());
        map.put("failuresByKind", troubles);
        map.put("failedThatBeganLater", failedLater);
        map.put("inDoubt", inDoubt);
        map.put("inDoubtStored", inDoubtStored);
        map.put("lost", lost);
        map.put("longestStallMillis", longestStall.toNanos() / 1e6);
        map.put("nobodyServedMillis", longestSilence.toNanos() / 1e6);
        map.put("longestRequestMillis", longestRequest.toNanos() / 1e6);
        map.put("reads", percentiles(reads));
        map.put("writes", percentiles(writes));
        return map;
    }

    private static Map<String, Object> percentiles(Histogram histogram) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", histogram.getTotalCount());
        map.put("medianMillis", histogram.getValueAtPercentile(50) / 1e3);
        map.put("p90Millis", histogram.getValueAtPercentile(90) / 1e3);
        map.put("p99Millis", histogram.getValueAtPercentile(99) / 1e3);
        map.put("p999Millis", histogram.getValueAtPercentile(99.9) / 1e3);
        map.put("longestMillis", histogram.getMaxValue() / 1e3);
        return map;
    }
}
