package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Forbids takeovers or allows them again, and says whether that changed anything. */
abstract class PausingCommand extends StoreCommand {
    private final boolean paused;
    private final String changed;
    private final String unchanged;

    PausingCommand(boolean paused, String changed, String unchanged) {
        this.paused = paused;
        this.changed = changed;
        this.unchanged = unchanged;
    }

    @Override
    final int print(NodeConfig read, ClusterStore store, PrintWriter out) {
        ClusterControl control = ClusterControl.of(store);
        boolean did = paused ? control.pause() : control.resume();
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("paused", paused);
            map.put("changed", did);
            out.println(GSON.toJson(map));
        } else {
            out.println("cluster " + read.cluster() + " " + (did ? changed : unchanged));
        }
        return 0;
    }
}
