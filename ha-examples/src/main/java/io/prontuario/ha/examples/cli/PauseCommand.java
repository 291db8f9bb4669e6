package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/** Forbids takeovers. */
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description =
                "Forbid takeovers until ha resume. Standbys are certified and decertified as before, a takeover that is under"
                        + " way is carried to its end, and a primary whose server dies is restarted in place by its agent.")
final class PauseCommand extends StoreCommand {

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        boolean changed = ClusterControl.of(store).pause();
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("paused", true);
            map.put("changed", changed);
            out.println(GSON.toJson(map));
        } else {
            out.println("cluster " + read.cluster() + " "
                    + (changed ? "is paused: nobody takes over until ha resume" : "is paused already"));
        }
        return 0;
    }
}
