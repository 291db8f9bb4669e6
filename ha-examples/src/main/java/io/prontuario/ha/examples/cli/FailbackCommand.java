package io.prontuario.ha.examples.cli;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Asks for the way back. */
@Command(
        name = "failback",
        mixinStandardHelpOptions = true,
        description =
                "Ask for the way back: as soon as the site has an active primary and a certified standby, what was written in"
                        + " the cloud comes home, clients are led home, and the cloud goes to sleep. ha status says how far it is.")
final class FailbackCommand extends EmergencyCommand {
    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        EmergencyControl control = EmergencyControl.of(store);
        tell(Operator.noted(store, AuditEntry.Kind.OPERATOR, "failback, as " + by, () -> control.failback(by)), out);
        return 0;
    }
}
