package io.prontuario.ha.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.emr.EmrDemonstration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

/**
 * What the documents tell people to type is what the command line takes: each command in them, and in what is shipped for monitoring, goes
 * through the real parser. Nothing is carried out.
 */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern COMMAND = Pattern.compile(
            "(?<![\\w.\\-])(?:\\./)?ha (?<words>[a-z].*)|java -jar \\S*ha\\.jar (?<jar>[a-z].*)|(?:\\./)?run-demo(?<demo>( .*)?)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)");
    /** What stands for a value of the reader's own, such as {@code FILE}, {@code MINUTES} or an ellipsis. */
    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z][A-Z-]*|…");

    private static final Pattern SPAN = Pattern.compile("(`+)(.+?)\\1");
    private static final Pattern FENCE = Pattern.compile(" *```.*");
    /** The end of a command for the shell; what comes then is a comment, another command or a file. */
    private static final Pattern END = Pattern.compile("#.*|[|;>&].*");

    private static final CommandLine LINE = collectErrors(Ha.commandLine());

    /** In what is said elsewhere there are no marks around a command. */
    private static final Pattern MENTIONED = Pattern.compile("(?<![\\w./-])ha ([a-z]+)");

    /** A command, where it stands, and whether it is there to be typed as it is: a line of code, not a mention in a sentence. */
    private record Documented(String file, String text, List<String> words, boolean whole) {}

    private static List<Path> documents() throws IOException {
        try (Stream<Path> all =
                Stream.of(".", "docs", "docs/adr", "ops").map(ROOT::resolve).flatMap(DocumentedCommandsTest::files)) {
            List<Path> found = new ArrayList<>(all.toList());
            try (Stream<Path> modules = files(ROOT)) {
                modules.map(module -> module.resolve("README.md"))
                        .filter(Files::isRegularFile)
                        .forEach(found::add);
            }
            return found.stream()
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Documented> commands(Path document) throws IOException {
        String file = ROOT.relativize(document.normalize()).toString();
        List<Documented> all = new ArrayList<>();
        StringBuilder prose = new StringBuilder();
        boolean fenced = false;
        for (String line : Files.readAllLines(document)) {
            if (FENCE.matcher(line).matches()) {
                fenced = !fenced;
            } else if (fenced || line.startsWith("    ")) {
                collect(all, file, line, true);
            } else {
                prose.append(line).append(line.isBlank() ? '\n' : ' ');
            }
        }
        Matcher span = SPAN.matcher(prose);
        while (span.find()) {
            collect(all, file, span.group(2), false);
        }
        return all;
    }

    private static void collect(List<Documented> all, String file, String text, boolean whole) {
        Matcher command = COMMAND.matcher(whole ? text.replaceFirst("\\s#\\s.*", "") : text);
        if (!command.find()) {
            return;
        }
        List<String> words = new ArrayList<>(command.group("demo") == null ? List.of() : List.of("demo"));
        String rest = Stream.of("words", "jar", "demo")
                .map(command::group)
                .filter(group -> group != null)
                .collect(Collectors.joining());
        Matcher word = WORD.matcher(rest);
        while (word.find() && !END.matcher(word.group()).matches()) {
            String quoted = word.group(1) != null ? word.group(1) : word.group(2);
            // Of "AVAILABLE|STRICT|ASYNC" the first will do; what ends a substitution of the shell's is not part of the
            // word.
            words.add(
                    quoted != null
                            ? quoted
                            : word.group(3).replaceFirst("[|)\\]].*", "").replace("[", ""));
        }
        all.add(new Documented(file, text.strip(), words, whole));
    }

    /** Why it would not be taken; empty when it would. */
    private static List<String> wrong(Documented documented) {
        List<String> wrong = new ArrayList<>();
        for (CommandLine parsed :
                LINE.parseArgs(documented.words().toArray(String[]::new)).asCommandLineList()) {
            parsed.getParseResult().errors().stream()
                    .filter(error -> documented.whole() || !(error instanceof MissingParameterException))
                    .map(error -> String.valueOf(error.getMessage()))
                    .filter(message -> !aboutAPlaceholder(message, documented.words()))
                    .forEach(wrong::add);
        }
        if (documented.words().get(0).equals("demo")) {
            int option = documented.words().indexOf("--scenario");
            String scenario =
                    option < 0 ? EmrDemonstration.LABEL : documented.words().get(option + 1);
            if (!PLACEHOLDER.matcher(scenario).matches()
                    && !scenario.equals(EmrDemonstration.LABEL)
                    && Scenario.of(scenario).isEmpty()) {
                wrong.add("there is no scenario " + scenario);
            }
        }
        return wrong;
    }

    /** A letter where a number will stand. */
    private static boolean aboutAPlaceholder(String message, List<String> words) {
        return message.startsWith("Invalid value")
                && words.stream()
                        .anyMatch(word -> PLACEHOLDER.matcher(word).matches() && message.contains("'" + word + "'"));
    }

    private static CommandLine collectErrors(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        line.getSubcommands().values().forEach(DocumentedCommandsTest::collectErrors);
        return line;
    }

    @Test
    void eachCommandInTheDocumentsIsOneThatTheCommandLineTakes() throws IOException {
        Map<String, Integer> counted = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (Path document : documents()) {
            for (Documented one : commands(document)) {
                counted.merge(one.file(), 1, Integer::sum);
                wrong(one).forEach(why -> wrong.add(one.file() + ": " + one.text() + ": " + why));
            }
        }
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
        // Or this looks in the wrong place.
        Map.of(
                        "docs/guia-de-operacao.pt-BR.md", 25,
                        "docs/operations.md", 30,
                        "docs/coming-from-patroni.md", 15,
                        "README.md", 20,
                        "ha-examples/README.md", 15)
                .forEach((file, least) ->
                        assertTrue(counted.getOrDefault(file, 0) >= least, () -> file + ": " + counted));
    }

    @Test
    void eachCommandThatAnAlertOrAMessageNamesIsThere() throws IOException {
        List<Path> files = new ArrayList<>(files(ROOT.resolve("ops/prometheus")).toList());
        for (Path module : files(ROOT)
                .filter(one -> Files.isDirectory(one.resolve("src/main/java")))
                .toList()) {
            try (Stream<Path> all = Files.walk(module.resolve("src/main"))) {
                all.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        List<String> wrong = new ArrayList<>();
        int named = 0;
        for (Path file : files) {
            Matcher mention = MENTIONED.matcher(Files.readString(file));
            while (mention.find()) {
                named++;
                if (!LINE.getSubcommands().containsKey(mention.group(1))) {
                    wrong.add(ROOT.relativize(file) + ": " + mention.group());
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(named > 100, "looked in the wrong place: " + named);
    }

    /** The test would be worth nothing if it passed on everything. */
    @Test
    void findsACommandAnOptionAndAScenarioThatThereAreNot() {
        List<Documented> all = new ArrayList<>();
        collect(all, "x.md", "ha swichover --to studio-2", false);
        collect(all, "x.md", "ha status --config … --wach", false);
        collect(all, "x.md", "sudo ./ha faults --minutes ten # minutes", false);
        collect(all, "x.md", "./run-demo --scenario server-kiled", false);
        collect(all, "x.md", "java -jar /opt/prontuario/ha.jar node", true);
        assertEquals(5, all.size());
        all.forEach(one -> assertEquals(1, wrong(one).size(), () -> one + ": " + wrong(one)));

        List<Documented> well = new ArrayList<>();
        collect(well, "x.md", "source <(ha completion bash)", true);
        collect(well, "x.md", "ha durability AVAILABLE|STRICT|ASYNC", false);
        collect(well, "x.md", "ha faults --seed N", false);
        well.forEach(one -> assertEquals(List.of(), wrong(one)));
    }
}
