package io.prontuario.ha.examples.cli;

import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.ManualFailover;
import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Answers what waits for a person: an emergency, or a takeover that a policy does not begin by itself. */
@Command(
        name = "approve",
        mixinStandardHelpOptions = true,
        description = {
            "Agree to the emergency that is asked for, or was declined: the environment elsewhere is woken and clients are led"
                    + " there. With --deny, do not; it may still be approved later.",
            "With --takeover, agree to a takeover on site that the policy of the nodes does not begin without a person, as"
                    + " ha status says then: that node becomes the primary if it is certified to hold every acknowledged commit."
        })
final class ApproveCommand extends EmergencyCommand {
    @Option(names = "--deny", description = "Do not agree to the emergency.")
    private boolean deny;

    @Option(names = "--takeover", paramLabel = "NODE", description = "The node that may take over.")
    private @Nullable String takeover;

    private @Nullable NodeName node;

    @Override
    void check() {
        if (takeover == null) {
            return;
        }
        if (deny) {
            throw new ParameterException(
                    spec.commandLine(), "--deny and --takeover: a takeover that nobody approves is denied");
        }
        try {
            node = new NodeName(takeover);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--takeover: " + e.getMessage(), e);
        }
    }

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        return node == null ? emergency(store, out) : takeover(store, node, out);
    }

    private int emergency(ClusterStore store, PrintWriter out) {
        EmergencyControl control = EmergencyControl.of(store);
        String what = (deny ? "deny" : "approve") + " the emergency, as " + by;
        tell(
                Operator.noted(
                        store, AuditEntry.Kind.APPROVAL, what, () -> deny ? control.deny(by) : control.approve(by)),
                out);
        return 0;
    }

    private int takeover(ClusterStore store, NodeName to, PrintWriter out) {
        String what = "approve the takeover of " + to + ", as " + by;
        Operator.note(store, AuditEntry.Kind.OPERATOR, "asked for " + what, "", "");
        Switchover.Result result = ManualFailover.on(store).approve(to);
        AuditEntry.Kind kind = result.done() ? AuditEntry.Kind.APPROVAL : AuditEntry.Kind.REFUSAL;
        Operator.note(store, kind, what, "", result.message());
        TakeoverCommand.tell(result, json, out);
        return result.done() ? 0 : Ha.FAILED;
    }
}
