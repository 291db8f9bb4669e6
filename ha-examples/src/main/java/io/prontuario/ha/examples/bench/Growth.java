package io.prontuario.ha.examples.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether something has grown: its median in the second quarter of a run beside that in the last. The first quarter is left out, since what is
 * warming up grows; a median does not mind the moments in which somebody restarts.
 *
 * @param figure what
 * @param read what was read of it, in the order of time
 * @param before its median in the second quarter; NaN when it was not read then
 * @param after in the last
 */
record Growth(Figure figure, List<Double> read, double before, double after) {
    /** The least number of samples that has something in each quarter. */
    static final int LEAST_SAMPLES = 4;

    /**
     * From what was read, in the order of time.
     *
     * @param samples NaN where it could not be read
     */
    static Growth of(Figure figure, List<Double> samples) {
        int count = samples.size();
        return new Growth(
                figure,
                samples.stream().filter(one -> !Double.isNaN(one)).toList(),
                median(samples.subList(count / 4, count / 2)),
                median(samples.subList(count - count / 4, count)));
    }

    private static double median(List<Double> samples) {
        double[] sorted = samples.stream()
                .mapToDouble(Double::doubleValue)
                .filter(one -> !Double.isNaN(one))
                .sorted()
                .toArray();
        return sorted.length == 0
                ? Double.NaN
                : Arrays.stream(sorted, (sorted.length - 1) / 2, sorted.length / 2 + 1)
                        .average()
                        .orElseThrow();
    }

    double grown() {
        return after - before;
    }

    /** Whether it was read in both quarters. */
    boolean measured() {
        return !Double.isNaN(before) && !Double.isNaN(after);
    }

    /**
     * Whether it has not grown by more than may be. What this machine never tells cannot be judged and passes; what it told for a while and
     * then no more does not.
     */
    boolean passed() {
        return measured() ? grown() <= figure.allowed(before) : read.isEmpty();
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("unit", figure.unit());
        map.put("measured", measured());
        map.put("passed", passed());
        map.put("read", read);
        if (measured()) {
            map.put("secondQuarter", before);
            map.put("lastQuarter", after);
            map.put("grown", grown());
            map.put("allowed", figure.allowed(before));
        }
        return map;
    }

    @Override
    public String toString() {
        return measured()
                ? String.format(
                        "%-42s %8.1f -> %8.1f %s, grown by %.1f of %.1f%s",
                        figure.text(),
                        before,
                        after,
                        figure.unit(),
                        grown(),
                        figure.allowed(before),
                        passed() ? "" : "  GROWS")
                : String.format(
                        "%-42s %s",
                        figure.text(), read.isEmpty() ? "this machine does not tell" : "read no more  FAILED");
    }
}
