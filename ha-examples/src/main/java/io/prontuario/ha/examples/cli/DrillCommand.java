package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.drill.Drill;
import io.prontuario.ha.examples.drill.DrillFiles;
import io.prontuario.ha.examples.drill.DrillReport;
import io.prontuario.ha.examples.local.LocalServerProcess;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A rehearsal on the cluster itself. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        description =
                "Rehearse on the cluster itself: a switchover and back, or with --kill a real crash of the primary's server, watched as a"
                        + " proxy watches, with evidence as JSON and as a page and a comparison with the last one. Nothing is begun when a takeover"
                        + " could not end well; the way back is not begun when the way there was not as it should be. Exit status 0 when it passed,"
                        + " 1 otherwise.",
        subcommands = RehearseCommand.class)
final class DrillCommand extends StoreCommand {
    @Option(
            names = "--kill",
            description =
                    "Kill the primary's server (SIGKILL) instead of asking for a switchover. On the primary's own machine, as an account"
                            + " that may, and only with --yes.")
    private boolean kill;

    @Option(names = "--yes", description = "Clients will notice, and that is meant to be so.")
    private boolean yes;

    @Option(names = "--stay", description = "Do not move the primary back.")
    private boolean stay;

    @Option(
            names = "--most",
            defaultValue = "30s",
            description =
                    "The longest outage that passes; after a longer one the way back is not begun. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String most;

    @Option(
            names = "--redundant-within",
            defaultValue = "2m",
            description = "Within which time somebody must be able to take over again. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String redundant;

    @Option(
            names = "--evidence",
            defaultValue = "drills",
            description = "The folder for the evidence. Default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path evidence;

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        Duration bound = Durations.parse(spec.commandLine(), "--most", most, Duration.ofHours(1));
        Duration again = Durations.parse(spec.commandLine(), "--redundant-within", redundant, Duration.ofHours(1));
        DrillFiles.prepare(evidence);
        awaitNodes(store);
        PrintWriter progress = progress(out);
        Runnable killing = kill ? killer(read, store) : null;
        String what = kill ? "drill: the primary's server is killed" : "drill: a switchover and back";
        Operator.note(store, AuditEntry.Kind.OPERATOR, "asked for " + what, reason, "");
        DrillReport report = DrillFiles.write(
                evidence,
                new Drill(
                                store,
                                new Drill.Settings(
                                        read.cluster(), Operator.name(), reason, bound, again, !stay, killing),
                                line -> {
                                    progress.println(line);
                                    progress.flush();
                                })
                        .run());
        Operator.note(
                store,
                report.legs().isEmpty() ? AuditEntry.Kind.REFUSAL : AuditEntry.Kind.OPERATOR,
                what,
                reason,
                report.outcome());
        if (json) {
            out.println(DrillFiles.json(report));
        } else {
            report.conditions().stream()
                    .filter(one -> !one.holds())
                    .forEach(one -> out.println("NO   " + one.what() + " (" + one.evidence() + ")"));
            report.legs()
                    .forEach(leg ->
                            out.printf("%s: %s, outage %.0f ms%n", leg.what(), leg.message(), leg.outageMillis()));
            report.comparison().forEach(out::println);
            out.println(report.outcome() + "; the evidence is in " + evidence);
        }
        return report.passed() ? 0 : Ha.FAILED;
    }

    private Runnable killer(NodeConfig read, ClusterStore store) {
        Path data = read.postgres().data();
        String primary = store.read(LIMIT)
                .map(record -> record.state().primary().node().value())
                .orElse("");
        if (!yes) {
            throw new IllegalArgumentException(
                    "--kill ends the primary's server as a crash would: say --yes when that is meant");
        }
        if (data == null || !primary.equals(read.node())) {
            throw new IllegalArgumentException(
                    "--kill works on the primary's own machine, with its file: the primary is " + primary
                            + ", the file is " + read.node() + "'s");
        }
        return () -> kill(data);
    }

    private static void kill(@Nullable Path data) {
        if (data != null) {
            LocalServerProcess.of(data).killPostmaster();
        }
    }
}
