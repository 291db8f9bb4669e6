package io.prontuario.ha.examples.bench;

import io.prontuario.ha.HaNode;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.health.CallableCheck;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.NodeRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * How soon a node answers those who watch it, on one running cluster: {@code /health} and {@code /metrics} of the primary's node, as a proxy
 * and Prometheus ask it, and {@code /health} of a node of this process whose checks all hang. In turn with {@code /primary}, for which nothing
 * is computed: what any answer takes here.
 */
public final class AnswersBench {
    private static final int EACH = 100;
    private static final int HANGING = 3;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final double HEALTH_MILLIS = 50;
    private static final double SCRAPE_MILLIS = 10;

    private final int runs;
    private final Consumer<String> out;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    /**
     * A benchmark of so many runs.
     *
     * @param out told how it goes
     */
    public AnswersBench(int runs, Consumer<String> out) {
        this.runs = runs;
        this.out = out;
    }

    /**
     * One thing that is asked.
     *
     * @param most milliseconds within which it is meant to be answered
     */
    private record Question(String name, URI address, double most, List<Duration> took) {
        Question(String name, int port, String path, double most) {
            this(name, URI.create("http://127.0.0.1:" + port + path), most, new ArrayList<>());
        }
    }

    /** Runs it to its end and ends everything it started. Answers the figures, for JSON. */
    public Map<String, Object> run() {
        BenchFolders folders = BenchFolders.make();
        CountDownLatch ended = new CountDownLatch(1);
        try (LocalCluster cluster = LocalCluster.start(folders.cluster(), out);
                HaNode hanging = hanging(cluster.primary(), folders.cluster().resolve("hanging"), ended)) {
            int primary = cluster.primary().httpPort();
            List<Question> questions = List.of(
                    new Question("/primary", primary, "/primary", Double.MAX_VALUE),
                    new Question("/health", primary, "/health", HEALTH_MILLIS),
                    new Question("/health, " + HANGING + " checks hang", hanging.httpPort(), "/health", HEALTH_MILLIS),
                    new Question("/metrics", primary, "/metrics", SCRAPE_MILLIS));
            // The first run warms all of them up and does not count.
            for (int i = 0; i < (runs + 1) * EACH; i++) {
                if (i == EACH) {
                    questions.forEach(one -> one.took().clear());
                }
                questions.forEach(this::ask);
            }
            return figures(questions);
        } finally {
            ended.countDown();
        }
    }

    /** A part of an application, with checks that do not come back before the end. */
    private static HaNode hanging(LocalNode beside, Path folder, CountDownLatch ended) {
        NodeConfig config = NodeConfig.read(beside.configuration());
        HaNode.Builder node = HaNode.builder()
                .cluster(config.cluster())
                .node("hanging")
                .role(NodeRole.CLIENT)
                .store(config.openStore())
                .stateFolder(folder)
                .listen(new InetSocketAddress("127.0.0.1", 0));
        for (int i = 0; i < HANGING; i++) {
            node.check(CallableCheck.of("hanging_" + i, Capability.of("lab"), () -> {
                ended.await();
                return true;
            }));
        }
        return node.start();
    }

    private void ask(Question question) {
        HttpRequest request =
                HttpRequest.newBuilder(question.address()).timeout(LIMIT).build();
        long from = System.nanoTime();
        try {
            client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(question.address() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + question.address() + " was asked", e);
        }
        question.took().add(Duration.ofNanos(System.nanoTime() - from));
    }

    private Map<String, Object> figures(List<Question> questions) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", true);
        figures.put("runs", runs);
        for (Question one : questions) {
            Sample sample = Sample.of(one.took());
            double within = 100.0
                    * sample.millis().stream()
                            .filter(millis -> millis <= one.most())
                            .count()
                    / sample.millis().size();
            String bound =
                    one.most() == Double.MAX_VALUE ? "" : String.format("; %.1f %% within %.0f ms", within, one.most());
            out.accept(String.format(
                    "%-24s median %.2f ms, 95 %% %.2f ms, 99 %% %.2f ms, longest %.0f ms; %d answers%s",
                    one.name(),
                    sample.median(),
                    sample.quantile(0.95),
                    sample.quantile(0.99),
                    sample.quantile(1),
                    sample.millis().size(),
                    bound));
            Map<String, Object> map = sample.asMap();
            map.put("within", within / 100);
            figures.put(one.name(), map);
        }
        return figures;
    }
}
