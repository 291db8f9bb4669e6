package io.prontuario.ha.examples.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Durations of one kind, in milliseconds: median and spread. */
record Sample(List<Double> millis) {
    Sample {
        millis = millis.stream().sorted().toList();
        if (millis.isEmpty()) {
            throw new IllegalArgumentException("a sample of nothing has no median");
        }
    }

    static Sample of(List<Duration> durations) {
        return new Sample(
                durations.stream().map(duration -> duration.toNanos() / 1e6).toList());
    }

    double quantile(double share) {
        double place = share * (millis.size() - 1);
        int below = (int) Math.floor(place);
        int above = (int) Math.ceil(place);
        return millis.get(below) + (millis.get(above) - millis.get(below)) * (place - below);
    }

    double median() {
        return quantile(0.5);
    }

    Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("medianMillis", median());
        map.put("lowerQuartileMillis", quantile(0.25));
        map.put("upperQuartileMillis", quantile(0.75));
        map.put("leastMillis", millis.get(0));
        map.put("mostMillis", millis.get(millis.size() - 1));
        map.put("runs", millis.size());
        return map;
    }

    @Override
    public String toString() {
        return String.format(
                "median %.0f ms, quartiles %.0f to %.0f, range %.0f to %.0f",
                median(), quantile(0.25), quantile(0.75), millis.get(0), millis.get(millis.size() - 1));
    }
}
