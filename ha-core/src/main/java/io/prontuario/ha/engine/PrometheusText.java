package io.prontuario.ha.engine;

import io.prontuario.ha.model.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prometheus' text format 0.0.4 (Prometheus docs, Exposition formats). */
final class PrometheusText {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private PrometheusText() {}

    /** All values of a name stand together, however they came; that is what the format wants. */
    static String of(List<Measure> measures) {
        Map<String, List<Measure>> families = new LinkedHashMap<>();
        measures.forEach(one ->
                families.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(one));
        StringBuilder text = new StringBuilder(measures.size() * 80);
        families.forEach((name, family) -> {
            Measure first = family.get(0);
            text.append("# HELP ")
                    .append(name)
                    .append(' ')
                    .append(first.help().replace("\\", "\\\\").replace("\n", "\\n"))
                    .append('\n');
            text.append("# TYPE ")
                    .append(name)
                    .append(' ')
                    .append(first.type().name().toLowerCase(Locale.ROOT))
                    .append('\n');
            family.forEach(one -> sample(text, one));
        });
        return text.toString();
    }

    private static void sample(StringBuilder text, Measure measure) {
        text.append(measure.name());
        if (!measure.labels().isEmpty()) {
            char before = '{';
            for (Map.Entry<String, String> label : measure.labels().entrySet()) {
                text.append(before).append(label.getKey()).append("=\"");
                text.append(label.getValue()
                        .replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n"));
                text.append('"');
                before = ',';
            }
            text.append('}');
        }
        text.append(' ').append(number(measure.value())).append('\n');
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
