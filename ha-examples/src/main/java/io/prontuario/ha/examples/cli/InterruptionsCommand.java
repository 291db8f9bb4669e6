package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.interrupt.Interruptions;
import io.prontuario.ha.examples.local.Unprivileged;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Transitions in which a process is killed after a step, on real parts. */
@Command(
        name = "interruptions",
        mixinStandardHelpOptions = true,
        description =
                "Kill the coordinator, the former primary's agent or the nominee's after each step of a failover and of a"
                        + " switchover, on a cluster of real parts while clients write, and account for every write.")
final class InterruptionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Option(
            names = "--case",
            description =
                    "Only those whose name contains this, such as 'failover-promoted' or 'switchover-stopped-nominee';"
                            + " may be given several times. Default: all.")
    private List<String> parts = List.of();

    @Option(
            names = "--undisturbed",
            defaultValue = "5",
            description =
                    "How many transitions of each kind to run first without killing anybody, to compare with, 0 to 100."
                            + " Default ${DEFAULT-VALUE}.")
    private int undisturbed;

    @Option(names = "--report", description = "Write the results to this file as JSON.")
    private @Nullable Path report;

    @Override
    public Integer call() {
        if (undisturbed < 0 || undisturbed > 100) {
            throw new ParameterException(spec.commandLine(), "--undisturbed is " + undisturbed + ", must be 0 to 100");
        }
        List<String> names = names();
        if (Unprivileged.needed()) {
            return Unprivileged.again(again());
        }
        PrintWriter out = spec.commandLine().getOut();
        Interruptions interruptions = new Interruptions(names, undisturbed, report, line -> {
            synchronized (out) {
                out.println(line);
                out.flush();
            }
        });
        return interruptions.run() ? 0 : Ha.FAILED;
    }

    private List<String> names() {
        List<String> all = Interruptions.labels();
        for (String part : parts) {
            if (all.stream().noneMatch(name -> name.contains(part))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no case '" + part + "'; there are "
                                + all.stream().collect(Collectors.joining(", ")));
            }
        }
        return all.stream()
                .filter(name -> parts.isEmpty() || parts.stream().anyMatch(name::contains))
                .toList();
    }

    /** The same command under an unprivileged account. */
    private AgainWithReport again() {
        List<String> words = new ArrayList<>(List.of("interruptions", "--undisturbed", Integer.toString(undisturbed)));
        parts.forEach(part -> words.addAll(List.of("--case", part)));
        return new AgainWithReport(words, report, false);
    }
}
