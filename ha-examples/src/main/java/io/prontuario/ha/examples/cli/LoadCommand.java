package io.prontuario.ha.examples.cli;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.load.LoadResult;
import io.prontuario.ha.examples.load.LoadTest;
import io.prontuario.ha.examples.load.Mix;
import io.prontuario.ha.examples.load.Phase;
import io.prontuario.ha.examples.load.Shape;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The load test. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description =
                "Start a cluster of real parts on this machine and let a crowd of users read and write through it: in quiet"
                        + " times, during a planned switchover, during a failover.")
final class LoadCommand implements Callable<Integer> {
    private static final int MOST_POOLED = 60;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--users",
            defaultValue = "200",
            description = "How many at the same time, 1 to 250. Default ${DEFAULT-VALUE}.")
    private int users;

    @Option(
            names = "--writes",
            defaultValue = "50",
            description = "How many of a hundred requests write, 0 to 100. Default ${DEFAULT-VALUE}.")
    private int writes;

    @Option(
            names = "--pause",
            defaultValue = "200",
            description =
                    "Milliseconds between an answer and the same user's next request, on average, 0 to 60000. Default"
                            + " ${DEFAULT-VALUE}. 0: as fast as they can.")
    private int pause;

    @Option(
            names = "--seconds",
            defaultValue = "15",
            description = "How long each phase lasts at least, 3 to 3600. Default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--pool",
            defaultValue = "20",
            description = "How many connections each of the two backends has, 1 to 60. Default ${DEFAULT-VALUE}.")
    private int pool;

    @Option(names = "--through", description = "http or tcp; may be given several times. Default: both.")
    private List<String> shapes = List.of();

    @Option(
            names = "--during",
            description = "normal, switchover or failover; may be given several times. Default: all, in this order.")
    private List<String> phases = List.of();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Of who reads and who writes. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--report", description = "Write a page with the latency over time to this file.")
    private @Nullable Path report;

    @Option(names = "--json", description = "Print the figures as JSON; how it goes is told on stderr.")
    private boolean json;

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        LoadTest.Plan plan = plan();
        return Unprivileged.needed() ? Unprivileged.again(new AgainWithReport(words(), report, false)) : load(plan);
    }

    private LoadTest.Plan plan() {
        within("--seconds", seconds, 3, 3600);
        within("--pool", pool, 1, MOST_POOLED);
        try {
            return new LoadTest.Plan(
                    named("--through", shapes, Shape::of, List.of(Shape.values())),
                    named("--during", phases, Phase::of, List.of(Phase.values())),
                    new Mix(users, writes, Duration.ofMillis(pause)),
                    seconds,
                    pool,
                    seed);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", must be " + least + " to " + most);
        }
    }

    private static <T> List<T> named(String option, List<String> names, Function<String, Optional<T>> of, List<T> all) {
        return names.isEmpty()
                ? all
                : names.stream()
                        .map(name -> of.apply(name)
                                .orElseThrow(() -> new IllegalArgumentException(
                                        option + " is '" + name + "'; it can be one of " + all)))
                        .toList();
    }

    private int load(LoadTest.Plan plan) throws SQLException, InterruptedException, IOException {
        PrintWriter progress =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        Path folder = Files.createTempDirectory("prontuario-").toRealPath();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            LocalCluster.endEverythingUnder(folder);
            Unprivileged.delete(folder);
        }));
        LoadResult result = new LoadTest(plan, line -> {
                    synchronized (progress) {
                        progress.println(line);
                        progress.flush();
                    }
                })
                .run(folder);
        if (report != null) {
            Files.writeString(report, result.html());
        }
        if (json) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(new GsonBuilder().setPrettyPrinting().create().toJson(result.asMap()));
            out.flush();
        }
        return result.passed() ? 0 : Ha.FAILED;
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of(
                "load",
                "--users",
                Integer.toString(users),
                "--writes",
                Integer.toString(writes),
                "--pause",
                Integer.toString(pause),
                "--seconds",
                Integer.toString(seconds),
                "--pool",
                Integer.toString(pool),
                "--seed",
                Long.toString(seed)));
        shapes.forEach(shape -> words.addAll(List.of("--through", shape)));
        phases.forEach(phase -> words.addAll(List.of("--during", phase)));
        if (json) {
            words.add("--json");
        }
        return words;
    }
}
