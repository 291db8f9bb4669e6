package io.prontuario.ha.examples.cli;

import io.prontuario.ha.ClusterControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.spi.ClusterStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Forbids takeovers or allows them again, and says whether that changed anything. */
abstract class PausingCommand extends StoreCommand {
    private final boolean paused;
    private final String done;
    private final String unchanged;

    PausingCommand(boolean paused, String changed, String unchanged) {
        this.paused = paused;
        this.done = changed;
        this.unchanged = unchanged;
    }

    @Option(names = "--reason", defaultValue = "", description = "Why; kept in the audit trail.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    String reason;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        set(paused, read, store, out);
        return 0;
    }

    final void set(boolean wanted, NodeConfig read, ClusterStore store, PrintWriter out) {
        ClusterControl control = ClusterControl.of(store);
        boolean did = wanted ? control.pause() : control.resume();
        Operator.note(
                store, AuditEntry.Kind.OPERATOR, wanted ? "pause" : "resume", reason, did ? "" : "it was so already");
        if (json) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("cluster", read.cluster());
            map.put("paused", wanted);
            map.put("changed", did);
            out.println(GSON.toJson(map));
        } else {
            out.println("cluster " + read.cluster() + " "
                    + (wanted == paused ? did ? done : unchanged : did ? "is resumed" : "is not paused"));
        }
        out.flush();
    }
}
