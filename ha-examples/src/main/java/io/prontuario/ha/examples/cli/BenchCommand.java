package io.prontuario.ha.examples.cli;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.bench.FailoverBench;
import io.prontuario.ha.examples.bench.PooledBench;
import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks against the floor. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure against the floor, in the same run.",
        subcommands = {BenchCommand.Failover.class, BenchCommand.Switchover.class})
final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "say what to measure: ha bench failover, or ha bench switchover");
    }

    /** What is common to all that is measured. */
    abstract static class Measuring implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        CommandSpec spec;

        @Option(
                names = "--runs",
                defaultValue = "10",
                description = "How often each, 1 to 1000. Default ${DEFAULT-VALUE}.")
        private int runs;

        @Option(names = "--json", description = "Print the figures as JSON; how it goes is told on stderr.")
        private boolean json;

        /** What is done to the library's cluster. */
        abstract Scenario scenario();

        /** The words that say so. */
        abstract List<String> words();

        @Override
        public final Integer call() throws SQLException {
            if (runs < 1 || runs > 1000) {
                throw new ParameterException(spec.commandLine(), "--runs is " + runs + ", must be 1 to 1000");
            }
            scenario();
            return Unprivileged.needed() ? Unprivileged.again(new Again()) : measure();
        }

        /** Measures. */
        Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException {
            return new FailoverBench(each, scenario(), progress).run();
        }

        private int measure() throws SQLException {
            PrintWriter progress =
                    json ? spec.commandLine().getErr() : spec.commandLine().getOut();
            Map<String, Object> figures = figures(runs, line -> {
                progress.println(line);
                progress.flush();
            });
            if (json) {
                PrintWriter out = spec.commandLine().getOut();
                out.println(new GsonBuilder().setPrettyPrinting().create().toJson(figures));
                out.flush();
            }
            return Boolean.TRUE.equals(figures.get("passed")) ? 0 : Ha.FAILED;
        }

        /** The same command under an unprivileged account. */
        private final class Again implements Unprivileged.Run {
            @Override
            public List<String> words(Path folder) {
                List<String> all = new ArrayList<>(List.of("bench", spec.name(), "--runs", Integer.toString(runs)));
                all.addAll(Measuring.this.words());
                if (json) {
                    all.add("--json");
                }
                return all;
            }

            @Override
            public boolean ended(Path folder, int exit) {
                return false;
            }
        }
    }

    /** F-kill and this library in turn. */
    @Command(
            name = "failover",
            mixinStandardHelpOptions = true,
            description =
                    "F-kill (a script that kills, promotes and flips) and this library in turn: medians, spread, ratio.")
    static final class Failover extends Measuring {
        @Option(
                names = "--scenario",
                defaultValue = "server-killed",
                completionCandidates = ScenarioNames.class,
                description =
                        "What is done to the library's cluster: ${COMPLETION-CANDIDATES}. Default ${DEFAULT-VALUE}.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String scenario;

        @Override
        Scenario scenario() {
            return Scenario.of(scenario)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "there is no scenario '" + scenario + "'; there are " + List.of(Scenario.values())));
        }

        @Override
        List<String> words() {
            return List.of("--scenario", scenario);
        }
    }

    /** F-move and a planned switchover of this library in turn. */
    @Command(
            name = "switchover",
            mixinStandardHelpOptions = true,
            description =
                    "F-move (a script that stops cleanly, promotes and flips) and a planned switchover of this library"
                            + " in turn: medians, spread, ratio.")
    static final class Switchover extends Measuring {
        private static final int MOST_USERS = 250;
        private static final int MOST_POOLED = 60;

        @Option(
                names = "--pooled",
                description =
                        "Users through the pool of this library, which holds them while the primary moves, against"
                                + " users with a connection each: longest stall, failed requests.")
        private boolean pooled;

        @Option(
                names = "--users",
                defaultValue = "200",
                description = "With --pooled: how many, 1 to 250. Default ${DEFAULT-VALUE}.")
        private int users;

        @Option(
                names = "--pool",
                defaultValue = "20",
                description = "With --pooled: how many connections they share, 1 to 60. Default ${DEFAULT-VALUE}.")
        private int pool;

        @Override
        Scenario scenario() {
            return Scenario.SWITCHOVER;
        }

        @Override
        List<String> words() {
            return pooled
                    ? List.of("--pooled", "--users", Integer.toString(users), "--pool", Integer.toString(pool))
                    : List.of();
        }

        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException {
            if (!pooled) {
                return super.figures(each, progress);
            }
            if (users < 1 || users > MOST_USERS || pool < 1 || pool > MOST_POOLED) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--users is " + users + ", must be 1 to " + MOST_USERS + "; --pool is " + pool
                                + ", must be 1 to " + MOST_POOLED);
            }
            return new PooledBench(each, users, pool, progress).run();
        }
    }
}
