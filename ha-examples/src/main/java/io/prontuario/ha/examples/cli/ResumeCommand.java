package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** Allows takeovers again. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Allow takeovers again. If the primary counts as dead, a certified standby takes over at once.")
final class ResumeCommand extends StoreCommand {

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        boolean changed = ClusterControl.of(store).resume();
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("paused", false);
            map.put("changed", changed);
            out.println(GSON.toJson(map));
        } else {
            out.println("cluster " + read.cluster() + " "
                    + (changed
                            ? "is resumed: a certified standby takes over when the primary is lost"
                            : "is not paused"));
        }
        return 0;
    }
}
