package io.prontuario.ha.examples.cli;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.GcpConfig;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.gcp.GcpSettings;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.spi.ClusterStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;

/** The emergency environment. */
@Command(
        name = "gcp",
        mixinStandardHelpOptions = true,
        description =
                "Wake the emergency environment, lead the rehearsal's name there and home, and put it back to sleep. The"
                        + " name that clients use is not touched. Whichever node coordinates does it; this command waits and reports."
                        + " Exit status 0 when it served within the target and sleeps again.")
final class RehearseCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private DrillCommand drill;

    @Option(
            names = "--by",
            defaultValue = "${sys:user.name}",
            description = "The name of whoever rehearses. Default the account: ${DEFAULT-VALUE}.")
    private String by = "";

    @Option(
            names = "--target",
            defaultValue = "180",
            description = "Seconds until it serves; slower is a problem in the report. Default ${DEFAULT-VALUE}.")
    private int target;

    @Option(
            names = "--limit",
            defaultValue = "1800",
            description = "Seconds to wait for the whole. Default ${DEFAULT-VALUE}; it goes on without this command.")
    private int limit;

    @Option(
            names = "--price-per-node-hour",
            description = "What a node costs an hour, in any currency, for the estimate of the cost.")
    private @Nullable Double price;

    @Option(names = "--report", description = "Write the report to this file as JSON.")
    private @Nullable Path report;

    @Override
    public Integer call() throws InterruptedException {
        if (target < 1 || limit < 1) {
            throw new ParameterException(drill.spec.commandLine(), "--target and --limit must be at least 1");
        }
        return drill.with(this::rehearse);
    }

    private int rehearse(NodeConfig read, ClusterStore store, PrintWriter out) {
        GcpConfig gcp = read.gcp();
        if (gcp == null) {
            throw new IllegalArgumentException("this node's file has no section gcp: there is nothing to rehearse");
        }
        EmergencyControl control = EmergencyControl.of(store);
        Emergency begun =
                Operator.noted(store, AuditEntry.Kind.OPERATOR, "rehearsal of the cloud", () -> control.rehearse(by));
        PrintWriter progress = drill.progress(out);
        Emergency ended = await(control, begun, progress);
        RehearsalReport result = RehearsalReport.of(
                begun,
                ended,
                store.history(50, StoreCommand.LIMIT),
                Duration.ofSeconds(target),
                nodesMore(gcp.settings()),
                price);
        String text = StoreCommand.GSON.toJson(result.asMap());
        if (drill.json) {
            out.println(text);
        } else {
            result.lines().forEach(out::println);
        }
        Path file = report;
        if (file != null) {
            try {
                Files.writeString(file, text, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException("the report cannot be written to " + file + " (" + e + ")", e);
            }
        }
        return result.problems().isEmpty() ? 0 : Ha.FAILED;
    }

    private static int nodesMore(GcpSettings settings) {
        return settings.pool().awake() - settings.pool().asleep();
    }

    private Emergency await(EmergencyControl control, Emergency begun, PrintWriter progress) {
        long until = System.nanoTime() + Duration.ofSeconds(limit).toNanos();
        Emergency now = begun;
        EmergencyPhase said = null;
        while (now.phase() != EmergencyPhase.ENDED && System.nanoTime() - until < 0) {
            if (now.phase() != said) {
                said = now.phase();
                progress.println(now.summary());
                progress.flush();
            }
            LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
            now = control.now().filter(one -> one.id().equals(begun.id())).orElse(now);
        }
        return now;
    }
}
