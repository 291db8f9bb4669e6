package io.prontuario.ha.examples.cli;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Answers an emergency that is asked for. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description =
                "Agree to the emergency that is asked for, or was declined: the environment elsewhere is woken and clients"
                        + " are led there. With --deny, do not; it may still be approved later.")
final class ApproveCommand extends EmergencyCommand {
    @Option(names = "--deny", description = "Do not agree.")
    private boolean deny;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        EmergencyControl control = EmergencyControl.of(store);
        String what = (deny ? "deny" : "approve") + " the emergency, as " + by;
        tell(
                Operator.noted(
                        store, AuditEntry.Kind.APPROVAL, what, () -> deny ? control.deny(by) : control.approve(by)),
                out);
        return 0;
    }
}
