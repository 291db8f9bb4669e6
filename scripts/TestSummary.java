import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Reads the reports of Surefire and Failsafe in the modules under the working directory, prints what ran, failed and was skipped, and
 * ends with the line {@code N passed, N failed, N skipped}.
 *
 * <p>The exit status is 1 when a test failed, when one was skipped that {@code scripts/allowed-skips.txt} does not list, and when
 * something did not run that should have: no test in a module that has tests, or none of a test class that is in the sources.
 *
 * <p>What failed is tried once more by Maven. A wait that was too short on a busy machine and long enough the second time is told and
 * allowed; anything else that failed once has failed, since what is never to happen may not happen in one run of two either.
 *
 * <p>Usage: {@code java scripts/TestSummary.java [--folder BUILD] [--unit] [--module NAME]}; BUILD is the build folder of each module.
 */
public final class TestSummary {
    private static final Path ALLOWED = Path.of("scripts", "allowed-skips.txt");
    private static final Path TESTS = Path.of("src", "test", "java");
    private static final String WAIT_ENDED = "org.awaitility.core.ConditionTimeoutException";

    private enum Result {
        PASSED,
        FAILED,
        SKIPPED
    }

    /** One test, as its report tells it. */
    private record Case(String type, String method, Result result, String detail, double seconds) {
        /** As in the list of allowed skips; a class that is skipped as a whole has no method. */
        String name() {
            return type + "#" + (method.isEmpty() ? "*" : method);
        }
    }

    private final String folder;
    private final boolean unit;
    private final Optional<String> only;
    private final Map<String, String> allowed;
    private final DocumentBuilder parser;
    private final List<String> details = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Case> all = new ArrayList<>();

    private TestSummary(String folder, boolean unit, Optional<String> only) throws Exception {
        this.folder = folder;
        this.unit = unit;
        this.only = only;
        this.allowed = allowed();
        this.parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    }

    public static void main(String[] arguments) throws Exception {
        String folder = "target";
        boolean unit = false;
        Optional<String> only = Optional.empty();
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--folder" -> folder = arguments[++i];
                case "--unit" -> unit = true;
                case "--module" -> only = Optional.of(arguments[++i]);
                default -> throw new IllegalArgumentException("unknown argument " + arguments[i]);
            }
        }
        System.exit(new TestSummary(folder, unit, only).run());
    }

    private int run() throws Exception {
        System.out.printf("%n%-14s %7s %7s %7s %9s%n", "module", "passed", "failed", "skipped", "seconds");
        for (Path module : modules()) {
            List<Case> cases = cases(module);
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %7d %7d %7d %9.1f%n",
                    module,
                    count(cases, Result.PASSED),
                    count(cases, Result.FAILED),
                    count(cases, Result.SKIPPED),
                    cases.stream().mapToDouble(Case::seconds).sum());
            judge(module, cases);
            all.addAll(cases);
        }
        checkList();
        print("", details);
        print("This run is not good, because", problems);
        System.out.printf(
                "%n%d passed, %d failed, %d skipped%n",
                count(all, Result.PASSED), count(all, Result.FAILED), count(all, Result.SKIPPED));
        return problems.isEmpty() ? 0 : 1;
    }

    private static void print(String heading, List<String> lines) {
        if (!lines.isEmpty()) {
            System.out.println(heading.isEmpty() ? "" : "\n" + heading);
            lines.forEach(line -> System.out.println("  " + line));
        }
    }

    private static long count(List<Case> cases, Result result) {
        return cases.stream().filter(one -> one.result() == result).count();
    }

    private void judge(Path module, List<Case> cases) throws IOException {
        for (Case one : cases) {
            switch (one.result()) {
                case PASSED -> {
                    if (!one.detail().isEmpty()) {
                        details.add("passed at the second try: " + one.name() + ": " + one.detail());
                    }
                }
                case FAILED -> problems.add(module + ": " + one.name() + " failed: " + one.detail());
                case SKIPPED -> {
                    String reason = reason(one);
                    if (reason == null) {
                        problems.add(module + ": " + one.name() + " was skipped (" + one.detail() + "), which " + ALLOWED
                                + " does not allow");
                    } else {
                        details.add("skipped: " + one.name() + ": " + reason);
                    }
                }
            }
        }
        List<String> expected = testClasses(module);
        if (!expected.isEmpty() && cases.isEmpty()) {
            problems.add(module + ": no test ran, although it has tests");
            return;
        }
        for (String type : expected) {
            if (cases.stream().noneMatch(one -> one.type().equals(type) || one.type().startsWith(type + "$"))) {
                problems.add(module + ": no test of " + type + " ran");
            }
        }
    }

    /** What is listed and no longer exists would let a later test of that name be skipped unseen. */
    private void checkList() {
        if (unit || only.isPresent()) {
            return;
        }
        for (String entry : allowed.keySet()) {
            String type = entry.substring(0, entry.indexOf('#'));
            boolean exists = all.stream()
                    .anyMatch(one -> entry.endsWith("#*") ? one.type().equals(type) : one.name().equals(entry));
            if (!exists) {
                problems.add(ALLOWED + " lists " + entry + ", which is no test");
            }
        }
    }

    private String reason(Case one) {
        return allowed.getOrDefault(one.name(), allowed.get(one.type() + "#*"));
    }

    private static Map<String, String> allowed() throws IOException {
        Map<String, String> tests = new LinkedHashMap<>();
        for (String line : Files.readAllLines(ALLOWED)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.strip().split("\\s+", 2);
            if (words.length < 2 || words[0].indexOf('#') < 1) {
                throw new IllegalArgumentException(
                        ALLOWED + ": '" + line + "' is not of the form CLASS#METHOD, a space and the reason");
            }
            tests.put(words[0], words[1]);
        }
        return tests;
    }

    private List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of(""))) {
            return folders.filter(path -> Files.exists(path.resolve("pom.xml")))
                    .filter(path -> only.map(path.toString()::equals).orElse(true))
                    .sorted()
                    .toList();
        }
    }

    /** The classes that the naming convention makes tests, from the sources: what Maven ran is exactly what is in doubt. */
    private List<String> testClasses(Path module) throws IOException {
        Path tests = module.resolve(TESTS);
        if (!Files.isDirectory(tests)) {
            return List.of();
        }
        Pattern names = Pattern.compile(unit ? ".*Test" : ".*(Test|IT)");
        List<String> types = new ArrayList<>();
        try (Stream<Path> files = Files.walk(tests)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                String path = tests.relativize(file).toString();
                String type = path.substring(0, path.length() - ".java".length()).replace('/', '.');
                String name = type.substring(type.lastIndexOf('.') + 1);
                boolean isAbstract = Pattern.compile("\\b(abstract class|interface) " + name + "\\b")
                        .matcher(Files.readString(file))
                        .find();
                if (names.matcher(name).matches() && !isAbstract) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private List<Case> cases(Path module) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (String kind : List.of("surefire-reports", "failsafe-reports")) {
            Path reports = module.resolve(folder).resolve(kind);
            if (!Files.isDirectory(reports)) {
                continue;
            }
            try (Stream<Path> files = Files.list(reports)) {
                for (Path file : files.filter(path -> path.getFileName().toString().matches("TEST-.*\\.xml"))
                        .sorted()
                        .toList()) {
                    read(file, cases);
                }
            }
        }
        return cases;
    }

    private void read(Path file, List<Case> cases) throws Exception {
        NodeList nodes = parser.parse(file.toFile()).getElementsByTagName("testcase");
        for (int i = 0; i < nodes.getLength(); i++) {
            Element node = (Element) nodes.item(i);
            Result result = Result.PASSED;
            String detail = "";
            for (String kind : List.of("flakyError", "flakyFailure", "skipped", "failure", "error")) {
                NodeList marks = node.getElementsByTagName(kind);
                if (marks.getLength() > 0) {
                    Element mark = (Element) marks.item(0);
                    result = result(kind, mark);
                    String message = mark.getAttribute("message");
                    detail = message.isBlank() ? "no message" : message.strip().lines().findFirst().orElse("");
                }
            }
            String time = node.getAttribute("time").replace(",", "");
            cases.add(new Case(
                    node.getAttribute("classname"),
                    // Without parameters and index: foo(String)[2] and foo{String}[2] are foo.
                    node.getAttribute("name").replaceFirst("[({\\[ ].*", ""),
                    result,
                    detail,
                    time.isEmpty() ? 0 : Double.parseDouble(time)));
        }
    }

    private static Result result(String kind, Element mark) {
        return switch (kind) {
            case "skipped" -> Result.SKIPPED;
            case "flakyError" -> mark.getAttribute("type").equals(WAIT_ENDED) ? Result.PASSED : Result.FAILED;
            default -> Result.FAILED;
        };
    }
}
