package io.prontuario.ha.examples.load;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The report as one page: nothing beside it is needed, and it is readable in the light and in the dark. */
final class LoadPage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1d2733; --faint: #d5dbe2; --page: #ffffff; --median: #0b6e4f;
              --p99: #2f6fb5; --longest: #b5651d; --event: #7a3fa0; --trouble: #c0262d; --rate: #9fb4c7; }
            @media (prefers-color-scheme: dark) {
              :root { --ink: #dfe6ee; --faint: #36414d; --page: #12181f; --median: #4cc79b; --p99: #74aef0;
                --longest: #e59a55; --event: #c792ea; --trouble: #ff6b70; --rate: #4d6377; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto;
              max-width: 62rem; padding: 0 1rem; }
            table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--faint); }
            th:first-child, td:first-child { text-align: left; }
            .wide { overflow-x: auto; }
            .bad { color: var(--trouble); font-weight: 600; }
            svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--ink); }
            path { fill: none; stroke-width: 1.6; } .median { stroke: var(--median); } .p99 { stroke: var(--p99); }
            .longest { stroke: var(--longest); } .grid { stroke: var(--faint); } .rate { fill: var(--rate); }
            .trouble { fill: var(--trouble); } .event { stroke: var(--event); stroke-dasharray: 5 4; stroke-width: 1.5; }
            .key b { font-weight: 600; } .key .k1 { color: var(--median); } .key .k2 { color: var(--p99); }
            .key .k3 { color: var(--longest); } .key .k4 { color: var(--trouble); }
            """;

    private LoadPage() {}

    static String of(LoadTest.Plan plan, Instant began, List<Passage> passages) {
        boolean passed = passages.stream().allMatch(passage -> passage.broken().isEmpty());
        return """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>Load test</title><style>
                %s</style></head><body>
                <h1>Load test</h1>
                <p>%d users, %d %% of their requests write, %d ms between an answer and the next request; %d connections in the pool of
                each backend. Begun %s. All parts on one machine. <strong%s>%s</strong></p>
                %s%s</body></html>
                """.formatted(
                        STYLE,
                        plan.mix().users(),
                        plan.mix().writesPercent(),
                        plan.mix().pause().toMillis(),
                        plan.poolSize(),
                        began,
                        passed ? "" : " class=\"bad\"",
                        passed ? "Everything held." : "Not everything held: see below.",
                        overview(passages),
                        passages.stream().map(LoadPage::section).collect(Collectors.joining()));
    }

    private static String overview(List<Passage> passages) {
        String rows = passages.stream()
                .map(passage -> row(
                        passage.title(),
                        passage.summary().served(),
                        passage.summary().failures() - passage.summary().inDoubt(),
                        passage.summary().inDoubt(),
                        passage.summary().lost(),
                        passage.summary().longestStall().toMillis() + " ms",
                        passage.summary().longestSilence().toMillis() + " ms"))
                .collect(Collectors.joining());
        return "<div class=\"wide\"><table><tr><th></th><th>served</th><th>failed</th><th>in doubt</th><th>lost</th>"
                + "<th>longest stall of a user</th><th>nobody served for</th></tr>\n" + rows + "</table></div>\n";
    }

    private static String section(Passage passage) {
        String broken = passage.broken().stream()
                .map(what -> "<p class=\"bad\">" + escaped(what) + "</p>\n")
                .collect(Collectors.joining());
        return "<h2>" + escaped(passage.title()) + "</h2>\n<p>"
                + escaped(passage.shape().story()) + "; "
                + escaped(passage.phase().story()) + ".</p>\n" + broken + LatencyPlot.svg(passage)
                + "<p class=\"key\">Of the requests that began in each tenth of a second: <b class=\"k1\">median</b>,"
                + " <b class=\"k2\">99th percentile</b>, <b class=\"k3\">longest</b>. Below: answers a second,"
                + " <b class=\"k4\">not served</b>.</p>\n"
                + latencies(passage.summary()) + troubles(passage.summary()) + marks(passage);
    }

    private static String latencies(Summary summary) {
        return "<div class=\"wide\"><table><tr><th></th><th>served</th><th>median</th><th>90 %</th><th>99 %</th>"
                + "<th>99.9 %</th><th>longest</th></tr>\n" + latency("reads", summary.reads())
                + latency("writes", summary.writes()) + "</table></div>\n";
    }

    private static String latency(String what, Histogram of) {
        return row(
                what,
                of.getTotalCount(),
                millis(of.getValueAtPercentile(50)),
                millis(of.getValueAtPercentile(90)),
                millis(of.getValueAtPercentile(99)),
                millis(of.getValueAtPercentile(99.9)),
                millis(of.getMaxValue()));
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f ms", micros / 1e3);
    }

    private static String troubles(Summary summary) {
        if (summary.troubles().isEmpty()) {
            return "";
        }
        return "<p>Not served: "
                + summary.troubles().entrySet().stream()
                        .map(entry -> entry.getValue() + " " + escaped(entry.getKey()))
                        .collect(Collectors.joining(", "))
                + ". Of the writes in doubt " + summary.inDoubtStored() + " are stored. " + summary.failedLater()
                + " began after it happened.</p>\n";
    }

    private static String marks(Passage passage) {
        if (passage.marks().isEmpty()) {
            return "";
        }
        long from = Math.max(0, passage.happened().toMillis());
        return "<p>What the nodes did, from the moment it happened: "
                + passage.marks().stream()
                        .map(mark ->
                                escaped(mark.what()) + " after " + (mark.after().toMillis() - from) + " ms")
                        .collect(Collectors.joining(", "))
                + ".</p>\n";
    }

    private static String row(Object... cells) {
        StringBuilder row = new StringBuilder("<tr>");
        for (Object cell : cells) {
            row.append("<td>").append(escaped(String.valueOf(cell))).append("</td>");
        }
        return row.append("</tr>\n").toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
