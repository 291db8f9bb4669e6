package io.prontuario.ha.examples.local;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.testing.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One node: its file, its {@code ha node} process and, on a data node, its server. */
public final class LocalNode {
    private static final int ANSWER_MILLIS = 500;
    private static final Duration STOP = Duration.ofSeconds(8);

    private final String name;
    private final Place place;
    private final Path folder;
    private final Path configuration;
    private final int httpPort;
    private final @Nullable PostgresAddress server;
    private final NodeProgram program;
    private final Consumer<NodeEvent> events;
    private @Nullable ManagedProcess agent;

    LocalNode(
            String name,
            Place place,
            Path folder,
            Path configuration,
            int httpPort,
            @Nullable PostgresAddress server,
            NodeProgram program,
            Consumer<NodeEvent> events) {
        this.name = name;
        this.place = place;
        this.folder = folder;
        this.configuration = configuration;
        this.httpPort = httpPort;
        this.server = server;
        this.program = program;
        this.events = events;
    }

    public String name() {
        return name;
    }

    /** Its YAML file. */
    public Path configuration() {
        return configuration;
    }

    public int httpPort() {
        return httpPort;
    }

    /** Where its server listens. */
    public PostgresAddress server() {
        if (server == null) {
            throw new IllegalStateException(name + " is a witness: it has no server");
        }
        return server;
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Starts its agent. */
    public void start() {
        agent = ManagedProcess.start(
                "node-" + name,
                place.launch(java(program.words(configuration))),
                folder,
                folder.resolve("node.log"),
                line -> NodeEvent.parse(line).ifPresent(events));
    }

    /** Runs one command of {@code ha} to its end; answers what it printed. */
    public String run(Duration limit, String... words) {
        try {
            Path output = folder.resolve("command.log");
            Process process = new ProcessBuilder(place.launch(command(words)))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String text = Files.readString(output, StandardCharsets.UTF_8).strip();
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException("ha " + String.join(" ", words) + " failed: " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException("ha " + words[0] + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during ha " + words[0], e);
        }
    }

    private static List<String> command(String... words) {
        List<String> all = new ArrayList<>(List.of(NodeProgram.COMMAND_LINE));
        all.addAll(List.of(words));
        return java(all);
    }

    private static List<String> java(List<String> words) {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path")));
        all.addAll(words);
        return all;
    }

    /** Whether its agent's process lives. */
    public boolean agentRuns() {
        return agent != null && agent.alive();
    }

    /** The process id of its agent; empty when none runs. */
    public Optional<Long> agentPid() {
        return Optional.ofNullable(agent).filter(ManagedProcess::alive).map(ManagedProcess::pid);
    }

    /** Whether its agent says on {@code /primary} that its server serves. */
    public boolean servesAsPrimary() {
        try {
            return asked("/primary").getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether its agent says on {@code /status} that it coordinates. */
    public boolean coordinates() {
        return status().map(status -> status.get("coordinating").getAsBoolean()).orElse(false);
    }

    /** What its agent says on {@code /status} that it does, with the reason; empty when it does not answer. */
    public String doing() {
        return status().map(status -> status.get("doing").getAsString()).orElse("");
    }

    private Optional<JsonObject> status() {
        try (InputStream answer = asked("/status").getInputStream()) {
            return Optional.of(JsonParser.parseString(new String(answer.readAllBytes(), StandardCharsets.UTF_8))
                    .getAsJsonObject());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpURLConnection asked(String path) throws IOException {
        HttpURLConnection question = (HttpURLConnection) URI.create("http://" + place.address() + ":" + httpPort + path)
                .toURL()
                .openConnection();
        question.setConnectTimeout(ANSWER_MILLIS);
        question.setReadTimeout(ANSWER_MILLIS);
        return question;
    }

    /** How its agent has ended; empty while it lives. */
    public OptionalInt agentExit() {
        return agent == null ? OptionalInt.empty() : agent.exit();
    }

    /** SIGKILL to the agent. */
    public void killAgent() {
        if (agent != null) {
            agent.kill();
        }
    }

    /** SIGTERM to the agent; its server goes on. */
    public void stopAgent() {
        if (agent != null) {
            agent.stop(STOP);
        }
    }

    /** Its server's process. */
    public LocalServerProcess serverProcess() {
        return LocalServerProcess.of(data());
    }
}
