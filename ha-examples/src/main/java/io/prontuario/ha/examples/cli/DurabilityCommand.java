package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Chooses what a commit has to wait for. */
@Command(
        name = "durability",
        mixinStandardHelpOptions = true,
        description = {
            "Chooses what a commit has to wait for. No restart; the primary's agent brings its server in line.",
            "AVAILABLE: for every certified standby; when the last one is lost the primary goes on alone.",
            "STRICT: for at least so many certified standbys; with fewer, writes wait.",
            "ASYNC: for nobody; acknowledged commits may be lost, and nobody takes over by himself."
        })
final class DurabilityCommand extends StoreCommand {

    @Parameters(paramLabel = "DURABILITY", description = "One of ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Durability durability;

    @Option(
            names = "--strict-minimum",
            defaultValue = "1",
            description = "In STRICT: how many certified standbys a commit needs. Default ${DEFAULT-VALUE}.")
    private int strictMinimum;

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private String reason;

    @Override
    void check() {
        if (strictMinimum < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--strict-minimum is " + strictMinimum + ", must be at least 1");
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        boolean changed = ClusterControl.of(store).durability(durability, strictMinimum);
        Operator.note(store, AuditEntry.Kind.OPERATOR, "durability " + durability, reason, changed ? "" : "it was so already");
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("durability", durability.name());
            map.put("changed", changed);
            out.println(GSON.toJson(map));
        } else {
            out.println("durability of cluster " + read.cluster() + " is " + durability + (changed ? "" : " already"));
        }
        return 0;
    }
}
