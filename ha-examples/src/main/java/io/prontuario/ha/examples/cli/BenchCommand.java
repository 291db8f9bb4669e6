package io.prontuario.ha.examples.cli;

import com.google.gson.GsonBuilder;
import io.prontuario.ha.examples.bench.AnswersBench;
import io.prontuario.ha.examples.bench.CommitBench;
import io.prontuario.ha.examples.bench.FailoverBench;
import io.prontuario.ha.examples.bench.IdleBench;
import io.prontuario.ha.examples.bench.SoakBench;
import io.prontuario.ha.examples.bench.SuspicionBench;
import io.prontuario.ha.examples.bench.SwitchoverBench;
import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
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
        description = "Measure, against a floor in the same run.",
        subcommands = {
            BenchCommand.Failover.class,
            BenchCommand.Switchover.class,
            BenchCommand.Commit.class,
            BenchCommand.Suspicion.class,
            BenchCommand.Answers.class,
            BenchCommand.Idle.class,
            BenchCommand.Soak.class
        })
final class BenchCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to measure: ha bench failover, switchover, commit, suspicion, answers, idle or soak");
    }

    /** What is common to all that is measured. */
    abstract static class Measuring implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        CommandSpec spec;

        @Option(names = "--json", description = "Print the figures as JSON; how it goes is told on stderr.")
        private boolean json;

        /**
         * Looks at the options of its own, where it has some.
         *
         * @throws ParameterException when one cannot be
         */
        abstract void check();

        /** The words that say so. */
        abstract List<String> words();

        @Override
        public final Integer call() throws SQLException {
            check();
            return Unprivileged.needed() ? Unprivileged.again(new Again()) : measure();
        }

        /** Measures. */
        abstract Map<String, Object> figures(Consumer<String> progress) throws SQLException;

        private int measure() throws SQLException {
            PrintWriter progress =
                    json ? spec.commandLine().getErr() : spec.commandLine().getOut();
            Map<String, Object> figures = figures(line -> {
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
                List<String> all = new ArrayList<>(List.of("bench", spec.name()));
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

    /** What is measured so many times. */
    abstract static class Repeated extends Measuring {
        @Option(
                names = "--runs",
                defaultValue = "10",
                description = "How often each, 1 to 1000. Default ${DEFAULT-VALUE}.")
        private int runs;

        @Override
        final void check() {
            if (runs < 1 || runs > 1000) {
                throw new ParameterException(spec.commandLine(), "--runs is " + runs + ", must be 1 to 1000");
            }
            checkMore();
        }

        /** The same for what it has besides. */
        void checkMore() {}

        @Override
        final List<String> words() {
            List<String> all = new ArrayList<>(List.of("--runs", Integer.toString(runs)));
            all.addAll(moreWords());
            return all;
        }

        /** The same for what it has besides. */
        List<String> moreWords() {
            return List.of();
        }

        @Override
        final Map<String, Object> figures(Consumer<String> progress) throws SQLException {
            return figures(runs, progress);
        }

        /** Measures. */
        abstract Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException;
    }

    /** F-kill and this library in turn. */
    @Command(
            name = "failover",
            mixinStandardHelpOptions = true,
            description =
                    "F-kill (a script that kills, promotes and flips) and this library in turn: medians, spread, ratio.")
    static final class Failover extends Repeated {
        @Option(
                names = "--scenario",
                defaultValue = "server-killed",
                completionCandidates = ScenarioNames.class,
                description =
                        "What is done to the library's cluster: ${COMPLETION-CANDIDATES}. Default ${DEFAULT-VALUE}.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private String scenario;

        @Override
        void checkMore() {
            if (chosen() == Scenario.SWITCHOVER) {
                throw new ParameterException(
                        spec.commandLine(), "a planned switchover has another floor: ha bench switchover");
            }
        }

        private Scenario chosen() {
            return Scenario.of(scenario)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "there is no scenario '" + scenario + "'; there are " + List.of(Scenario.values())));
        }

        @Override
        List<String> moreWords() {
            return List.of("--scenario", scenario);
        }

        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException {
            return new FailoverBench(each, chosen(), progress).run();
        }
    }

    /** F-move and a planned switchover of this library in turn. */
    @Command(
            name = "switchover",
            mixinStandardHelpOptions = true,
            description =
                    "A crowd of users through F-move (a script that stops cleanly, promotes and flips) and through a"
                            + " planned switchover of this library in turn: longest stall, failed requests, ratio.")
    static final class Switchover extends Repeated {
        private static final int MOST_USERS = 250;
        private static final int MOST_POOLED = 60;

        @Option(
                names = "--pooled",
                description = "The library's users share its pool, which holds them while the primary moves; otherwise"
                        + " they have a connection each through the proxy, as the floor's always have.")
        private boolean pooled;

        @Option(names = "--users", defaultValue = "200", description = "How many, 1 to 250. Default ${DEFAULT-VALUE}.")
        private int users;

        @Option(
                names = "--pool",
                defaultValue = "20",
                description = "With --pooled: how many connections they share, 1 to 60. Default ${DEFAULT-VALUE}.")
        private int pool;

        @Override
        void checkMore() {
            if (users < 1 || users > MOST_USERS || pool < 1 || pool > MOST_POOLED) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--users is " + users + ", must be 1 to " + MOST_USERS + "; --pool is " + pool
                                + ", must be 1 to " + MOST_POOLED);
            }
        }

        @Override
        List<String> moreWords() {
            List<String> words = new ArrayList<>(List.of("--users", Integer.toString(users)));
            if (pooled) {
                words.addAll(List.of("--pooled", "--pool", Integer.toString(pool)));
            }
            return words;
        }

        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException {
            return (pooled
                            ? SwitchoverBench.pooled(each, users, pool, progress)
                            : SwitchoverBench.plain(each, users, progress))
                    .run();
        }
    }

    /** Commits that wait for a standby, and such that do not, in turn. */
    @Command(
            name = "commit",
            mixinStandardHelpOptions = true,
            description =
                    "What a commit costs over asynchronous replication: the same inserts on one running cluster, waiting for the"
                            + " standby and, as asynchronous ones do, for the primary's own flush alone, in turn.")
    static final class Commit extends Repeated {
        private static final int MOST = 64;

        @Option(
                names = "--writers",
                defaultValue = "1",
                description = "How many at the same time, 1 to 64. Default ${DEFAULT-VALUE}.")
        private int writers;

        @Override
        void checkMore() {
            if (writers < 1 || writers > MOST) {
                throw new ParameterException(spec.commandLine(), "--writers is " + writers + ", must be 1 to " + MOST);
            }
        }

        @Override
        List<String> moreWords() {
            return List.of("--writers", Integer.toString(writers));
        }

        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) throws SQLException {
            return new CommitBench(each, writers, progress).run();
        }
    }

    /** Pauses that look like a death, and what comes of them. */
    @Command(
            name = "suspicion",
            mixinStandardHelpOptions = true,
            description =
                    "How often a suspicion is wrong: the primary's JVM, then its whole host, is stopped for half a second to four"
                            + " seconds and goes on, as by a garbage collection; every takeover that comes of it was not needed.")
    static final class Suspicion extends Repeated {
        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) {
            return new SuspicionBench(each, progress).run();
        }
    }

    /** What is answered over HTTP, and how soon. */
    @Command(
            name = "answers",
            mixinStandardHelpOptions = true,
            description =
                    "How soon a node answers /health, also while its checks hang, and /metrics: 100 times each a run, in turn with"
                            + " /primary, which computes nothing.")
    static final class Answers extends Repeated {
        @Override
        Map<String, Object> figures(int each, Consumer<String> progress) {
            return new AnswersBench(each, progress).run();
        }
    }

    /** What it costs while nothing happens. */
    @Command(
            name = "idle",
            mixinStandardHelpOptions = true,
            description =
                    "What a cluster costs that nothing happens to: each agent's processor time, and writes to the store. Beside it a"
                            + " thread that does nothing but wake a hundred times a second. Linux only.")
    static final class Idle extends Measuring {
        private static final int LEAST = 10;
        private static final int MOST = 3600;

        @Option(
                names = "--seconds",
                defaultValue = "60",
                description = "How long, 10 to 3600, after a minute to settle. Default ${DEFAULT-VALUE}.")
        private int seconds;

        @Override
        void check() {
            if (seconds < LEAST || seconds > MOST) {
                throw new ParameterException(
                        spec.commandLine(), "--seconds is " + seconds + ", must be " + LEAST + " to " + MOST);
            }
        }

        @Override
        List<String> words() {
            return List.of("--seconds", Integer.toString(seconds));
        }

        @Override
        Map<String, Object> figures(Consumer<String> progress) {
            return new IdleBench(Duration.ofSeconds(seconds), progress).run();
        }
    }

    /** Hours under load, and what has grown by then. */
    @Command(
            name = "soak",
            mixinStandardHelpOptions = true,
            description =
                    "A cluster under full load with a planned switchover every few minutes: users of the library's pool and users behind the"
                            + " proxy write and read back. Every half minute it is read what may grow: heaps, memory, threads, open files,"
                            + " connections, folders. Exit status 1 when something has grown between the second and the last quarter, or"
                            + " a commit is lost.")
    static final class Soak extends Measuring {
        private static final int LEAST_MINUTES = 2;
        private static final int MOST_MINUTES = 10_000;
        private static final int LEAST_USERS = 3;
        private static final int MOST_USERS = 200;

        @Option(
                names = "--minutes",
                defaultValue = "60",
                description = "How long, 2 to 10000. Default ${DEFAULT-VALUE}; what grows slowly needs as much.")
        private int minutes;

        @Option(
                names = "--users",
                defaultValue = "36",
                description = "How many, 3 to 200; two of three share the pool. Default ${DEFAULT-VALUE}.")
        private int users;

        @Override
        void check() {
            if (minutes < LEAST_MINUTES || minutes > MOST_MINUTES || users < LEAST_USERS || users > MOST_USERS) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--minutes is " + minutes + ", must be " + LEAST_MINUTES + " to " + MOST_MINUTES
                                + "; --users is " + users + ", must be " + LEAST_USERS + " to " + MOST_USERS);
            }
        }

        @Override
        List<String> words() {
            return List.of("--minutes", Integer.toString(minutes), "--users", Integer.toString(users));
        }

        @Override
        Map<String, Object> figures(Consumer<String> progress) throws SQLException {
            return new SoakBench(minutes, users, progress).run();
        }
    }
}
