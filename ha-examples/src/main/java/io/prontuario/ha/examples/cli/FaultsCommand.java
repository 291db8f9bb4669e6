package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.faults.FaultProgram;
import io.prontuario.ha.examples.local.Layout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fault runs in network namespaces. */
@Command(
        name = "faults",
        mixinStandardHelpOptions = true,
        description =
                "Start a cluster with a network namespace for each host, put it through a random sequence of faults while clients on every"
                        + " side write, and account for every acknowledged write. Linux, as root; nothing of it is left behind.")
final class FaultsCommand implements Callable<Integer> {
    private static final int MOST_MINUTES = 24 * 60;
    private static final int MOST_HOLD_SECONDS = 600;
    private static final String ALL = "all";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Where the faults come from: the same seed gives the same ones. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--data-nodes",
            defaultValue = "2",
            description = "So many hosts with a server, 2 or 3. Default ${DEFAULT-VALUE}.")
    private int dataNodes;

    @Option(
            names = "--minutes",
            defaultValue = "5",
            description = "No round of faults begins later, 1 to 1440. Default ${DEFAULT-VALUE}.")
    private int minutes;

    @Option(names = "--rounds", description = "Nor after so many rounds. Default: no limit; none after stories.")
    private @Nullable Integer rounds;

    @Option(
            names = "--story",
            completionCandidates = FaultStoryNames.class,
            description =
                    "Faults in a fixed order, of which it is known what has to come of them, before the random ones; with two data nodes."
                            + " May be given several times. 'all', or of ${COMPLETION-CANDIDATES}.")
    private List<String> stories = List.of();

    @Option(
            names = "--kind",
            completionCandidates = FaultKindNames.class,
            description =
                    "Only faults of this kind; may be given several times. Default: all of ${COMPLETION-CANDIDATES}.")
    private List<String> kinds = List.of();

    @Option(
            names = "--hold",
            description = "Hold every fault for so many seconds. Default: from 0.3 to 20, by the seed.")
    private @Nullable Integer holdSeconds;

    @Option(
            names = "--json",
            description = "Print the report as JSON on standard output, the progress on standard error.")
    private boolean json;

    @Option(names = "--logs", description = "Copy logs and ledgers to this folder at the end.")
    private @Nullable Path logs;

    @Override
    public Integer call() {
        if (minutes < 1 || minutes > MOST_MINUTES) {
            throw wrong("--minutes is " + minutes + ", must be 1 to " + MOST_MINUTES);
        }
        if (dataNodes < 2 || dataNodes > Layout.MOST_DATA_NODES) {
            throw wrong("--data-nodes is " + dataNodes + ", must be 2 to " + Layout.MOST_DATA_NODES);
        }
        List<String> played = stories.contains(ALL) ? FaultProgram.stories() : stories;
        for (String story : played) {
            if (!FaultProgram.stories().contains(story)) {
                throw wrong(
                        "there is no story '" + story + "'; there are " + String.join(", ", FaultProgram.stories()));
            }
        }
        if (!played.isEmpty() && dataNodes > 2) {
            throw wrong("the stories are those of two data nodes: leave out --data-nodes or --story");
        }
        Integer limit = rounds;
        if (limit != null && limit < 1) {
            throw wrong("--rounds is " + limit + ", must be at least 1");
        }
        int mostRounds = limit != null ? limit : played.isEmpty() ? Integer.MAX_VALUE : 0;
        for (String kind : kinds) {
            if (!FaultProgram.kinds().contains(kind)) {
                throw wrong("there is no fault '" + kind + "'; there are " + String.join(", ", FaultProgram.kinds()));
            }
        }
        Integer seconds = holdSeconds;
        if (seconds != null && (seconds < 0 || seconds > MOST_HOLD_SECONDS)) {
            throw wrong("--hold is " + seconds + ", must be 0 to " + MOST_HOLD_SECONDS);
        }
        Duration hold = seconds == null ? null : Duration.ofSeconds(seconds);
        Optional<String> refusal = FaultProgram.refusal();
        if (refusal.isPresent()) {
            throw new IllegalStateException(refusal.get());
        }
        return FaultProgram.run(new FaultProgram.Order(
                seed, dataNodes, Duration.ofMinutes(minutes), mostRounds, played, kinds, hold, json, logs));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
