package io.prontuario.ha.examples.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What real nodes answered on {@code /metrics} at one moment, and what the alert rules make of it if it stays so. */
public final class Scrape {
    private static final Gson GSON = new Gson();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern FIRED = Pattern.compile("alertname: (\\w+)");
    private static final Pattern BETWEEN_LABELS = Pattern.compile(",(?=[a-z_]+=\")");

    /** Longer than all rules wait but the one for what was forgotten. */
    private static final String LASTING = "x120";

    private final List<String> texts = new ArrayList<>();
    private final Map<String, String> series = new TreeMap<>();

    private Scrape() {}

    /**
     * Asks each node; one that does not answer is down.
     *
     * @param ports where each node answers HTTP on loopback, by its name
     */
    public static Scrape of(Map<String, Integer> ports) throws IOException, InterruptedException {
        Scrape scrape = new Scrape();
        for (Map.Entry<String, Integer> node : ports.entrySet()) {
            String target = "cluster=\"lab\",node=\"" + node.getKey() + "\"";
            String text = ask(node.getValue());
            scrape.series.put("up{job=\"prontuario-ha\"," + target + "}", text.isEmpty() ? "0" : "1");
            if (!text.isEmpty()) {
                scrape.texts.add(text);
                text.lines().filter(line -> !line.startsWith("#")).forEach(line -> scrape.add(line, target));
            }
        }
        return scrape;
    }

    private static String ask(int port) throws InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + port + "/metrics");
        try {
            HttpResponse<String> answer =
                    CLIENT.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            return answer.body();
        } catch (IOException e) {
            return "";
        }
    }

    /** As Prometheus does: the target's labels beside those of the sample, which are renamed where they are the same. */
    private void add(String line, String target) {
        int space = line.lastIndexOf(' ');
        String sample = line.substring(0, space);
        int brace = sample.indexOf('{');
        String name = brace < 0 ? sample : sample.substring(0, brace);
        String labels = brace < 0 ? "" : sample.substring(brace + 1, sample.length() - 1);
        String own = Stream.of(BETWEEN_LABELS.split(labels))
                .filter(label -> !label.isEmpty())
                .map(label -> label.startsWith("cluster=") || label.startsWith("node=") ? "exported_" + label : label)
                .map(label -> "," + label)
                .collect(Collectors.joining());
        series.put(
                name + "{job=\"prontuario-ha\"," + target + own + "}",
                new BigDecimal(line.substring(space + 1)).toPlainString());
    }

    /** The names of all that was said, but for Prometheus' own. */
    public Set<String> names() {
        return series.keySet().stream()
                .map(one -> one.substring(0, one.indexOf('{')))
                .filter(name -> !name.equals("up"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether each node has nothing to complain of. */
    public boolean isUntroubled() {
        return series.entrySet().stream()
                .filter(one -> one.getKey().startsWith("prontuario_ha_troubles{"))
                .allMatch(one -> one.getValue().equals("0"));
    }

    /** Lets the rules judge this; fails unless exactly these alerts fire when it has stayed so for ten minutes. */
    public void assertFiring(String... expected) throws IOException, InterruptedException {
        StringBuilder test = new StringBuilder(
                "rule_files: [ " + GSON.toJson(OpsFiles.rules().toString()) + " ]\n");
        test.append("evaluation_interval: 5s\ntests:\n  - interval: 5s\n    input_series:\n");
        series.forEach((name, value) -> test.append("      - { series: ")
                .append(GSON.toJson(name))
                .append(", values: \"")
                .append(value)
                .append(LASTING)
                .append("\" }\n"));
        test.append("    alert_rule_test:\n");
        for (String alert : OpsFiles.alerts()) {
            // A test that expects nothing fails when there is something, and says what.
            test.append("      - { eval_time: 10m, alertname: ").append(alert).append(" }\n");
        }
        Path file = Files.createTempFile("scrape-", ".test.yml");
        try {
            Files.writeString(file, test);
            String said = Promtool.run("", "test", "rules", file.toString()).output();
            Set<String> fired = FIRED.matcher(said)
                    .results()
                    .map(match -> match.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(new TreeSet<>(List.of(expected)), fired, () -> said + "\n" + test);
            assertEquals(fired.isEmpty(), said.contains("SUCCESS"), said);
        } finally {
            Files.delete(file);
        }
    }

    /** Fails when something was said that Prometheus' own tool would say otherwise, or that docs/metrics.md does not have. */
    public void assertWellSaid() throws IOException, InterruptedException {
        for (String text : texts) {
            Promtool.passes(text, "check", "metrics");
        }
        Set<String> unknown = names();
        unknown.removeAll(OpsFiles.documented());
        assertEquals(Set.of(), unknown, "not in docs/metrics.md");
    }
}
