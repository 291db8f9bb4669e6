package io.prontuario.ha.examples.drill;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.prontuario.ha.examples.drill.DrillReport.Condition;
import io.prontuario.ha.examples.drill.DrillReport.Leg;
import io.prontuario.ha.examples.drill.DrillReport.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Drills in a folder: each as JSON and as a page, and the last of them to compare with. */
public final class DrillFiles {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    /** By more than this a figure is told as another; less is noise. */
    private static final double NOTABLE = 0.25;

    private DrillFiles() {}

    /**
     * Makes the folder, before anything is moved or killed.
     *
     * @throws UncheckedIOException when the evidence could not be written there
     */
    public static void prepare(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, "drill-", ".tmp"));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the evidence could not be written into " + folder.toAbsolutePath()
                            + ", so nothing is begun: give another folder with --evidence",
                    e);
        }
    }

    /** Writes it beside the others, compared with the last of its kind; answers it with the comparison. */
    public static DrillReport write(Path folder, DrillReport report) {
        try {
            Files.createDirectories(folder);
            DrillReport compared = report.withComparison(last(folder, report.kind())
                    .map(last -> comparison(last, report))
                    .orElse(List.of("the first of its kind in " + folder)));
            String name = "drill-" + report.kind() + "-" + report.startedAt().replaceAll("[^0-9TZ]", "");
            Files.writeString(folder.resolve(name + ".json"), json(compared) + "\n");
            Files.writeString(folder.resolve(name + ".html"), page(compared));
            return compared;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the evidence into " + folder, e);
        }
    }

    /** For programs. */
    public static String json(DrillReport report) {
        return GSON.toJson(report);
    }

    private static Optional<DrillReport> last(Path folder, String kind) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("drill-" + kind + "-.*\\.json"))
                    .max(Comparator.comparing(file -> file.getFileName().toString()))
                    .flatMap(DrillFiles::read);
        }
    }

    private static Optional<DrillReport> read(Path file) {
        try {
            return Optional.ofNullable(GSON.fromJson(Files.readString(file), DrillReport.class));
        } catch (IOException | JsonParseException e) {
            return Optional.empty();
        }
    }

    static List<String> comparison(DrillReport last, DrillReport now) {
        List<String> all = new ArrayList<>();
        all.add("the last one, of " + last.startedAt() + ", "
                + (last.passed() ? "passed" : "did not pass: " + last.outcome()));
        for (int i = 0; i < Math.min(last.legs().size(), now.legs().size()); i++) {
            double before = last.legs().get(i).outageMillis();
            double after = now.legs().get(i).outageMillis();
            String way = i == 0 ? "there" : "back";
            String how = after > before * (1 + NOTABLE)
                    ? "longer than"
                    : after < before * (1 - NOTABLE) ? "shorter than" : "about as";
            all.add(String.format(
                    Locale.ROOT, "%s: an outage of %.0f ms, %s the last one's %.0f ms", way, after, how, before));
        }
        return all;
    }

    /** For people, on paper or in a browser: one file without a script. */
    static String page(DrillReport report) {
        StringBuilder text = new StringBuilder("""
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Drill</title><style>
                :root{color-scheme:light dark}body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
                table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid #8886;vertical-align:top}
                .n{text-align:right;white-space:nowrap}h1 small{font-weight:400}.yes{font-weight:700}.no{font-weight:700;text-decoration:underline}
                </style></head><body>
                """);
        text.append("<h1>")
                .append(report.passed() ? "✓ Passed" : "✕ Not passed")
                .append(" <small>")
                .append(html(report.kind() + " drill of " + report.cluster() + ", " + report.startedAt()))
                .append("</small></h1>\n<p>")
                .append(html(report.outcome()))
                .append("</p>\n<p>By ")
                .append(html(report.operator()))
                .append(report.reason().isEmpty() ? "" : ": " + html(report.reason()))
                .append(". Allowed: an outage of ")
                .append(Math.round(report.boundMillis()))
                .append(" ms.</p>\n");
        text.append("<h2>Before</h2>\n<table><tr><th>Had to hold</th><th></th><th>Evidence</th></tr>\n");
        for (Condition one : report.conditions()) {
            text.append("<tr><td>")
                    .append(html(one.what()))
                    .append("</td><td class=\"")
                    .append(one.holds() ? "yes\">yes" : "no\">NO")
                    .append("</td><td>")
                    .append(html(one.evidence()))
                    .append("</td></tr>\n");
        }
        text.append("</table>\n");
        for (Leg leg : report.legs()) {
            leg(text, leg);
        }
        text.append("<h2>Compared with the last drill</h2>\n<ul>");
        report.comparison()
                .forEach(line -> text.append("<li>").append(html(line)).append("</li>"));
        return text.append("</ul>\n</body></html>\n").toString();
    }

    private static void leg(StringBuilder text, Leg leg) {
        text.append("<h2>")
                .append(html(leg.what()))
                .append("</h2>\n<p>")
                .append(leg.done() ? "✓ " : "✕ ")
                .append(html(leg.message()))
                .append(". No node called itself primary for ")
                .append(Math.round(leg.outageMillis()))
                .append(" ms; ")
                .append(
                        leg.redundantMillis() == null
                                ? "nobody could take over afterwards"
                                : "somebody could take over again after " + Math.round(leg.redundantMillis()) + " ms")
                .append(
                        ".</p>\n<table><tr><th>Step</th><th>Node</th><th class=\"n\">Began</th><th class=\"n\">Took</th><th>Outcome</th></tr>\n");
        for (Step step : leg.steps()) {
            text.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td>%s</td><td class=\"n\">+%.0f ms</td><td class=\"n\">%.1f ms</td><td>%s %s</td></tr>%n",
                    html(step.step()),
                    html(step.node()),
                    step.beganMillis(),
                    step.tookMillis(),
                    html(step.outcome()),
                    html(step.detail())));
        }
        text.append("</table>\n");
    }

    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
