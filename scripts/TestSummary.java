import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Reads the reports of Surefire and Failsafe, prints what ran, failed and was skipped, and fails on a failure, on a skip that is not
 * allowed, and when nothing ran.
 */
public final class TestSummary {
    private int passed;
    private int failed;
    private final List<String> skipped = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Map<String, String> allowed = allowed(Path.of(arguments[1]));
        int all = 0;
        int bad = 0;
        int skips = 0;
        boolean wrong = false;
        for (Path module : modules(root)) {
            TestSummary summary = new TestSummary();
            for (Path report : reports(module)) {
                summary.read(report);
            }
            System.out.printf(
                    "%-14s %5d passed %4d failed %4d skipped%n",
                    module.getFileName(), summary.passed, summary.failed, summary.skipped.size());
            for (String failure : summary.failures) {
                System.out.println("    failed:  " + failure);
            }
            for (String skip : summary.skipped) {
                String test = skip.substring(0, skip.indexOf(' '));
                boolean known = allowed.containsKey(test);
                System.out.println("    skipped: " + skip + (known ? " (allowed: " + allowed.get(test) + ")" : " NOT ALLOWED"));
                wrong |= !known;
            }
            if (Files.isDirectory(module.resolve("src/test")) && summary.passed + summary.failed == 0) {
                System.out.println("    no test ran although the module has tests");
                wrong = true;
            }
            all += summary.passed;
            bad += summary.failed;
            skips += summary.skipped.size();
        }
        System.out.println(all + " passed, " + bad + " failed, " + skips + " skipped");
        System.exit(wrong || bad > 0 || all == 0 ? 1 : 0);
    }

    private static Map<String, String> allowed(Path file) throws IOException {
        Map<String, String> tests = new LinkedHashMap<>();
        for (String line : Files.readAllLines(file)) {
            int space = line.indexOf(' ');
            if (!line.startsWith("#") && space > 0) {
                tests.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return tests;
    }

    private static List<Path> modules(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
        }
    }

    private static List<Path> reports(Path module) throws IOException {
        List<Path> all = new ArrayList<>();
        for (String kind : List.of("surefire-reports", "failsafe-reports")) {
            Path folder = module.resolve("target").resolve(kind);
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml")).sorted().forEach(all::add);
                }
            }
        }
        return all;
    }

    private void read(Path report) throws Exception {
        NodeList cases = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = test.getAttribute("classname") + "#" + test.getAttribute("name");
            NodeList skips = test.getElementsByTagName("skipped");
            boolean broken = test.getElementsByTagName("failure").getLength() > 0 || test.getElementsByTagName("error").getLength() > 0;
            if (skips.getLength() > 0) {
                skipped.add(name + " " + ((Element) skips.item(0)).getAttribute("message"));
            } else if (broken) {
                failed++;
                failures.add(name);
            } else {
                passed++;
            }
        }
    }
}
