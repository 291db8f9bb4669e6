package io.prontuario.ha.examples.cli;

import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.examples.validate.Finding;
import io.prontuario.ha.examples.validate.Finding.Level;
import io.prontuario.ha.examples.validate.Validation;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at everything that a takeover rests on. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description =
                "Look at everything that a takeover rests on: ZooKeeper, servers and their settings, replication, nodes, proxies,"
                        + " archive, cloud, monitoring. Changes nothing. Each line says OK, WARN or FAIL, and what to do next. Exit status 0"
                        + " without a FAIL, 1 with one; --strict: also with a WARN.")
final class ValidateCommand extends StoreCommand {
    @Option(
            names = "--accept",
            split = ",",
            paramLabel = "AREA",
            description = "Areas that are meant to be as they are, such as backups, cloud, proxies, witness.")
    private Set<String> accepted = Set.of();

    @Option(names = "--strict", description = "A WARN counts as a FAIL.")
    private boolean strict;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        awaitNodes(store);
        PrintWriter progress = spec.commandLine().getErr();
        boolean watched = CommandLine.Help.Ansi.AUTO.enabled() && !json;
        List<Finding> all = new Validation(read, store, accepted, stage -> {
                    if (watched) {
                        progress.println("looking at " + stage + " …");
                        progress.flush();
                    }
                })
                .run();
        long failed = all.stream().filter(one -> one.level() == Level.FAIL).count();
        long warned = all.stream().filter(one -> one.level() == Level.WARN).count();
        boolean passed = failed == 0 && (!strict || warned == 0);
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("passed", passed);
            map.put("failed", failed);
            map.put("warned", warned);
            map.put("findings", all);
            out.println(GSON.toJson(map));
        } else {
            all.forEach(one -> print(one, out));
            out.printf("%d failed, %d to be looked at, %d well%n", failed, warned, all.size() - failed - warned);
        }
        return passed ? 0 : Ha.FAILED;
    }

    private static void print(Finding one, PrintWriter out) {
        out.printf(
                "%-4s %-12s %s%n",
                one.level(), one.area(), (one.subject().isEmpty() ? "" : one.subject() + ": ") + one.message());
        if (!one.next().isEmpty()) {
            out.println("                  → " + one.next());
        }
    }
}
