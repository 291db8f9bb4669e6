package io.prontuario.ha.examples.cli;

import com.google.gson.Gson;
import io.prontuario.ha.simulation.Run;
import io.prontuario.ha.simulation.Simulation;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whole clusters under virtual time, one history for each seed. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description =
                "Run whole clusters under virtual time, with faults drawn from a seed, until a promise is broken. Nothing real is"
                        + " started. The same seed has the same history everywhere.")
final class SimulateCommand implements Callable<Integer> {
    private static final Duration PROGRESS = Duration.ofSeconds(10);
    private static final int TOLD = 60;
    private static final double MILLIS_AN_HOUR = Duration.ofHours(1).toMillis();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(names = "--seed", defaultValue = "1", description = "The first seed. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--seeds",
            defaultValue = "100",
            description =
                    "How many seeds, one after the other, 1 to 10000000. Default ${DEFAULT-VALUE}; 1 with --trace.")
    private int seeds;

    @Option(
            names = "--minutes",
            defaultValue = "0",
            description = "End after so many minutes, however many seeds are left; 0 to 10080, 0: not before the last.")
    private int minutes;

    @Option(names = "--trace", description = "Tell everything that happens in the first seed.")
    private boolean trace;

    @Option(names = "--json", description = "Print the result as JSON; how it goes is told on stderr.")
    private boolean json;

    /** What has been counted so far. */
    private static final class Sum {
        private int seeds;
        private long simulatedMillis;
        private long events;
        private long acknowledged;
        private long nominations;
        private long longestRecoveryMillis;

        void add(Run run) {
            seeds++;
            simulatedMillis += run.simulatedMillis();
            events += run.events();
            acknowledged += run.acknowledged();
            nominations += run.epochs() - 1;
            longestRecoveryMillis = Math.max(longestRecoveryMillis, run.recoveredMillis());
        }
    }

    @Override
    public Integer call() {
        if (seeds < 1 || seeds > 10_000_000) {
            throw new ParameterException(spec.commandLine(), "--seeds is " + seeds + ", must be 1 to 10000000");
        }
        if (minutes < 0 || minutes > 10_080) {
            throw new ParameterException(spec.commandLine(), "--minutes is " + minutes + ", must be 0 to 10080");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter told = json ? spec.commandLine().getErr() : out;
        Simulation simulation = new Simulation();
        Sum sum = new Sum();
        long began = System.nanoTime();
        long toldAt = began;
        long end = trace ? seed + 1 : seed + seeds;
        for (long next = seed; next < end; next++) {
            Run run = simulation.run(next, trace);
            sum.add(run);
            if (trace) {
                tell(told, run, run.trace());
            }
            if (run.broken().isPresent()) {
                return broken(simulation, next, sum, began, out, told);
            }
            long now = System.nanoTime();
            if (now - toldAt >= PROGRESS.toNanos()) {
                toldAt = now;
                told.println(counted(sum, now - began));
                told.flush();
            }
            if (minutes > 0 && now - began >= Duration.ofMinutes(minutes).toNanos()) {
                end = next;
            }
        }
        conclude(sum, began, Map.of("broken", false), out);
        return 0;
    }

    private int broken(Simulation simulation, long which, Sum sum, long began, PrintWriter out, PrintWriter told) {
        told.println("seed " + which + " breaks a promise; leaving out what does not matter …");
        told.flush();
        Run small = simulation.shrink(which);
        List<String> last = small.trace();
        tell(told, small, trace ? last : last.subList(Math.max(0, last.size() - TOLD), last.size()));
        String promise = small.broken().orElse("");
        told.println("seed " + which + ": " + promise);
        Map<String, Object> what = new LinkedHashMap<>();
        what.put("broken", true);
        what.put("seed", which);
        what.put("promise", promise);
        what.put("faults", small.faults());
        conclude(sum, began, what, out);
        return Ha.FAILED;
    }

    private static void tell(PrintWriter told, Run run, List<String> lines) {
        told.println("seed " + run.seed() + ", faults:");
        run.faults().forEach(fault -> told.println("  " + fault));
        lines.forEach(told::println);
        told.flush();
    }

    private static String counted(Sum sum, long nanos) {
        double hours = sum.simulatedMillis / MILLIS_AN_HOUR;
        return String.format(
                "%d seeds, %.1f simulated hours (%.1f in a minute), %d commits acknowledged, %d nominations, all well again after at most"
                        + " %.1f s",
                sum.seeds,
                hours,
                hours / (nanos / 60e9),
                sum.acknowledged,
                sum.nominations,
                sum.longestRecoveryMillis / 1000.0);
    }

    private void conclude(Sum sum, long began, Map<String, Object> what, PrintWriter out) {
        long nanos = System.nanoTime() - began;
        if (!json) {
            out.println(counted(sum, nanos));
            return;
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("firstSeed", seed);
        all.put("seeds", sum.seeds);
        all.put("seconds", nanos / 1e9);
        all.put("simulatedHours", sum.simulatedMillis / MILLIS_AN_HOUR);
        all.put("events", sum.events);
        all.put("acknowledged", sum.acknowledged);
        all.put("nominations", sum.nominations);
        all.put("longestRecoveryMillis", sum.longestRecoveryMillis);
        all.putAll(what);
        out.println(new Gson().toJson(all));
    }
}
