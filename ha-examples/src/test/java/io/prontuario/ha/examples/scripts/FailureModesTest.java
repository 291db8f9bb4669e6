package io.prontuario.ha.examples.scripts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.faults.FaultProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No row of docs/failure-modes.md claims a test or a scenario that does not exist. */
class FailureModesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern TEST = Pattern.compile("`(?:([A-Z]\\w*(?:Test|IT|Contract)))?(?:#(\\w+))?`");
    private static final Pattern SCENARIO = Pattern.compile("demo ((?:`[a-z-]+`(?:, )?)+)");

    private static final Pattern FAULT_RUNS = Pattern.compile("fault runs ((?:`[a-z-]+`(?:, )?)+)");

    private static final Pattern STORIES = Pattern.compile("fault (?:story|stories) ((?:`[a-z-]+`(?:, )?)+)");

    private static final Map<String, String> SOURCES = new TreeMap<>();
    private static List<String> rows;

    @BeforeAll
    static void read() throws IOException {
        rows = Files.readAllLines(ROOT.resolve("docs/failure-modes.md")).stream()
                .filter(line -> line.startsWith("| "))
                .toList();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.filter(path -> Files.isDirectory(path.resolve("src/test")))
                    .toList()) {
                try (Stream<Path> files = Files.walk(module.resolve("src/test"))) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        String name = String.valueOf(file.getFileName());
                        SOURCES.put(name.substring(0, name.length() - ".java".length()), Files.readString(file));
                    }
                }
            }
        }
    }

    @Test
    void everyTestThatARowNamesExists() {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (String row : rows) {
            String type = "";
            Matcher matcher = TEST.matcher(row);
            while (matcher.find()) {
                if (matcher.group(1) == null && matcher.group(2) == null) {
                    continue;
                }
                // A method without a class is one of the class before it.
                type = matcher.group(1) == null ? type : matcher.group(1);
                String method = matcher.group(2);
                String source = SOURCES.getOrDefault(type, "");
                named++;
                if (source.isEmpty() || (method != null && !source.contains(" " + method + "("))) {
                    missing.add(matcher.group());
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(named > 50, "only " + named + " tests were found in the rows: has their form changed?");
    }

    @Test
    void everyScenarioThatARowNamesExistsAndEveryOneIsNamed() {
        assertEquals(
                Arrays.stream(Scenario.values()).map(Scenario::label).sorted().toList(), named(SCENARIO));
    }

    @Test
    void everyKindOfFaultThatARowNamesExists() {
        List<String> named = named(FAULT_RUNS);
        assertTrue(FaultProgram.kinds().containsAll(named), () -> named + " of " + FaultProgram.kinds());
        assertTrue(!named.isEmpty(), "none was found in the rows: has their form changed?");
    }

    @Test
    void everyStoryThatARowNamesExistsAndEveryOneIsNamed() {
        assertEquals(FaultProgram.stories().stream().sorted().toList(), named(STORIES));
    }

    private static List<String> named(Pattern pattern) {
        return rows.stream()
                .flatMap(row -> pattern.matcher(row).results())
                .flatMap(found -> Arrays.stream(found.group(1).split("[`, ]+")))
                .filter(name -> !name.isEmpty())
                .distinct()
                .sorted()
                .toList();
    }
}
