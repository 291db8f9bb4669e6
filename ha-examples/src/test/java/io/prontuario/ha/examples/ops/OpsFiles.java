package io.prontuario.ha.examples.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is shipped for those who watch a cluster. */
final class OpsFiles {
    private static final Pattern METRIC = Pattern.compile("prontuario_ha_[a-z_]+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(prontuario_ha_[a-z_]+)` ");

    private OpsFiles() {}

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve(".mvn"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    static Path folder() {
        return root().resolve("ops");
    }

    static Path rules() {
        return folder().resolve("prometheus").resolve("prontuario-ha.rules.yml");
    }

    static List<String> alerts() throws IOException {
        return Files.readAllLines(rules()).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("- alert: "))
                .map(line -> line.substring("- alert: ".length()))
                .toList();
    }

    /** The names in the table of docs/metrics.md. */
    static Set<String> documented() throws IOException {
        Matcher row = ROW.matcher(Files.readString(root().resolve("docs").resolve("metrics.md")));
        return row.results().map(match -> match.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<String> metricsIn(String text) {
        return METRIC.matcher(text)
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
