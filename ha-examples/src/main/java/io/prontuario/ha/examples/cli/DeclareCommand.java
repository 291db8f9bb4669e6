package io.prontuario.ha.examples.cli;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A person says that the site is lost. */
@Command(
        name = "declare",
        mixinStandardHelpOptions = true,
        description =
                "Declare an emergency by a token that names the cluster and the epoch; without --token, say which that is."
                        + " When the store is not reached it is declared on the node of this file alone, which must be on this machine: it"
                        + " then reads, or appends, and never becomes a second writer.")
final class DeclareCommand extends EmergencyCommand {
    @Option(names = "--token", defaultValue = "", description = "EMERGENCY:cluster-id:epoch")
    private String token = "";

    @Override
    void check() {
        if (!token.isEmpty() && Declaration.parse(token, by).isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--token: '" + token + "' is none: it reads EMERGENCY:cluster-id:epoch");
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        ClusterState state = store.read(LIMIT)
                .orElseThrow(() -> new IllegalStateException("the store holds no cluster '" + read.cluster() + "'"))
                .state();
        if (token.isEmpty()) {
            return ask(state, out);
        }
        // Whether the primary serves is known only once the nodes' statuses have been read.
        awaitNodes(store);
        EmergencyControl control = EmergencyControl.of(store);
        tell(
                Operator.noted(
                        store,
                        AuditEntry.Kind.OPERATOR,
                        "declare an emergency, as " + by,
                        () -> control.declare(declaration())),
                out);
        return 0;
    }

    @Override
    int withoutStore(NodeConfig read, PrintWriter out, StoreUnavailableException why) {
        if (token.isEmpty()) {
            ClusterState last = EmergencyControl.lastRecord(read.stateFolder()).orElseThrow(() -> why);
            out.println(why.getMessage());
            return ask(last, out);
        }
        tell(EmergencyControl.declareWithoutStore(read.stateFolder(), declaration()), out);
        return 0;
    }

    private Declaration declaration() {
        return Declaration.parse(token, by).orElseThrow();
    }

    private int ask(ClusterState state, PrintWriter out) {
        out.println(
                "primary " + state.primary() + ", epoch " + state.epoch() + ". Whoever is sure that the site is lost"
                        + " says: --token " + new Declaration(state.clusterId(), state.epoch(), by).token());
        return Ha.FAILED;
    }
}
