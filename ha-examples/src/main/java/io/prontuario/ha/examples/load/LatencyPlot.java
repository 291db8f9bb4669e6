package io.prontuario.ha.examples.load;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * Latency over time as an SVG: for each tenth of a second the median, the 99th percentile and the longest of the requests that began in it, on
 * a logarithmic scale; below, how many were answered, and where some failed.
 */
final class LatencyPlot {
    private static final double BUCKET_SECONDS = 0.1;
    private static final int WIDTH = 960;
    private static final int LEFT = 62;
    private static final int RIGHT = 12;
    private static final int TOP = 26;
    private static final int LATENCY_HEIGHT = 230;
    private static final int GAP = 34;
    private static final int RATE_HEIGHT = 70;
    private static final int HEIGHT = TOP + LATENCY_HEIGHT + GAP + RATE_HEIGHT + 30;
    private static final double LEAST_MILLIS = 0.1;

    private final Histogram[] began;
    private final int[] answered;
    private final int[] troubled;
    private final double seconds;
    private final double decades;
    private final double mostAnswered;
    private final Passage passage;

    private LatencyPlot(Passage passage) {
        this.passage = passage;
        long end = passage.visits().stream()
                .flatMap(List::stream)
                .mapToLong(visit -> visit.toNanos() - passage.beganNanos())
                .max()
                .orElse(0);
        int buckets = (int) (end / 1e9 / BUCKET_SECONDS) + 1;
        seconds = buckets * BUCKET_SECONDS;
        began = new Histogram[buckets];
        Arrays.setAll(began, i -> new Histogram(2));
        answered = new int[buckets];
        troubled = new int[buckets];
        passage.visits().stream().flatMap(List::stream).forEach(this::add);
        double longest = Math.max(passage.summary().longestRequest().toNanos() / 1e6, 10);
        decades = Math.ceil(Math.log10(longest / LEAST_MILLIS));
        mostAnswered = Math.max(1, Arrays.stream(answered).max().orElse(1)) / BUCKET_SECONDS;
    }

    private void add(Visit visit) {
        began[bucket(visit.fromNanos())].recordValue(Math.max(0, visit.took().toNanos() / 1000));
        if (visit.served()) {
            answered[bucket(visit.toNanos())]++;
        } else {
            troubled[bucket(visit.toNanos())]++;
        }
    }

    private int bucket(long nanos) {
        return (int) Math.max(0, Math.min(began.length - 1, (nanos - passage.beganNanos()) / 1e9 / BUCKET_SECONDS));
    }

    static String svg(Passage passage) {
        return new LatencyPlot(passage).svg();
    }

    private String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"latency over time: %s\">%n",
                WIDTH,
                HEIGHT,
                passage.title()));
        grid(svg);
        happening(svg);
        line(svg, "longest", histogram -> histogram.getMaxValue() / 1e3);
        line(svg, "p99", histogram -> histogram.getValueAtPercentile(99) / 1e3);
        line(svg, "median", histogram -> histogram.getValueAtPercentile(50) / 1e3);
        rate(svg);
        return svg.append("</svg>\n").toString();
    }

    private void grid(StringBuilder svg) {
        for (int decade = 0; decade <= decades; decade++) {
            double millis = LEAST_MILLIS * Math.pow(10, decade);
            double y = y(millis);
            rule(svg, LEFT, y, WIDTH - RIGHT, y);
            text(svg, LEFT - 6, y + 4, "end", millis >= 1000 ? number(millis / 1000) + " s" : number(millis) + " ms");
        }
        double base = rateBase();
        rule(svg, LEFT, base, WIDTH - RIGHT, base);
        text(svg, LEFT - 6, base + 4, "end", "0/s");
        text(svg, LEFT - 6, base - RATE_HEIGHT + 4, "end", number(Math.ceil(mostAnswered)) + "/s");
        int step = Math.max(1, (int) Math.ceil(seconds / 12));
        for (int second = 0; second <= seconds; second += step) {
            text(svg, x(second), HEIGHT - 8, "middle", second + " s");
        }
    }

    private void happening(StringBuilder svg) {
        if (passage.happened().isNegative()) {
            return;
        }
        double x = x(passage.happened().toNanos() / 1e9);
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"event\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                x,
                TOP - 8,
                x,
                rateBase()));
        text(svg, x + 4, TOP - 10, "start", passage.phase().story());
    }

    private void line(StringBuilder svg, String kind, ToDoubleFunction<Histogram> value) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < began.length; i++) {
            if (began[i].getTotalCount() == 0) {
                // Nobody began anything here: no line, rather than a wrong one.
                pen = false;
                continue;
            }
            path.append(String.format(
                    Locale.ROOT,
                    "%s%.1f %.1f",
                    pen ? "L" : "M",
                    x((i + 0.5) * BUCKET_SECONDS),
                    y(value.applyAsDouble(began[i]))));
            pen = true;
        }
        svg.append("<path class=\"").append(kind).append("\" d=\"").append(path).append("\"/>\n");
    }

    private void rate(StringBuilder svg) {
        double width = (WIDTH - LEFT - RIGHT) / (double) began.length;
        for (int i = 0; i < began.length; i++) {
            double height = answered[i] / BUCKET_SECONDS / mostAnswered * RATE_HEIGHT;
            bar(svg, "rate", i, width, rateBase() - height, height);
            if (troubled[i] > 0) {
                bar(svg, "trouble", i, width, rateBase(), 6);
            }
        }
    }

    private void bar(StringBuilder svg, String kind, int bucket, double width, double y, double height) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"/>%n",
                kind,
                LEFT + bucket * width,
                y,
                Math.max(0.4, width - 0.3),
                height));
    }

    private static void rule(StringBuilder svg, double x1, double y1, double x2, double y2) {
        svg.append(String.format(
                Locale.ROOT,
                "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                x1,
                y1,
                x2,
                y2));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, words));
    }

    private static double rateBase() {
        return TOP + LATENCY_HEIGHT + GAP + RATE_HEIGHT;
    }

    private double x(double second) {
        return LEFT + second / seconds * (WIDTH - LEFT - RIGHT);
    }

    private double y(double millis) {
        double place = Math.log10(Math.max(millis, LEAST_MILLIS) / LEAST_MILLIS) / decades;
        return TOP + LATENCY_HEIGHT * (1 - place);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.1f", value);
    }
}
