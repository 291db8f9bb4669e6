package io.prontuario.ha.examples.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.prontuario.ha.EmergencyControl;
import io.prontuario.ha.examples.config.NodeConfig;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says how the cluster is: the record, each node, and in one line why nobody could take over if that is so. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "How the cluster is. Exit status 0 when a primary is active and somebody could take over, 1 otherwise.")
final class StatusCommand extends StoreCommand {
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();
    private static final long LOOK_MILLIS = 2_000;
    /** A burst of changes is one picture. */
    private static final long SETTLE_MILLIS = 50;

    private static final String CLEAR = "\u001b[H\u001b[2J";

    @Option(
            names = "--watch",
            description =
                    "Go on until Ctrl-C, and say it again at once when something changes: with --json a line each time.")
    private boolean watch;

    @Override
    int print(NodeConfig read, ClusterStore store, PrintWriter out) throws InterruptedException {
        if (!watch) {
            return once(read, store, out, GSON);
        }
        String before = "";
        while (true) {
            StringWriter page = new StringWriter();
            PrintWriter writer = new PrintWriter(page);
            once(read, store, writer, LINE);
            writer.flush();
            String now = page.toString();
            if (!now.equals(before)) {
                before = now;
                if (!json && CommandLine.Help.Ansi.AUTO.enabled()) {
                    out.print(CLEAR);
                }
                out.print(
                        json ? now : LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + "\n" + now);
                out.flush();
            }
            if (changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                Thread.sleep(SETTLE_MILLIS);
                changed.drainPermits();
            }
        }
    }

    private int once(NodeConfig read, ClusterStore store, PrintWriter out, Gson gson) {
        Optional<Versioned> record = store.read(LIMIT);
        awaitNodes(store);
        List<NodeStatus> nodes = store.nodes().values().stream()
                .sorted(Comparator.comparing(NodeStatus::node))
                .toList();
        if (record.isEmpty()) {
            out.println(
                    json
                            ? gson.toJson(Map.of("cluster", read.cluster(), "storeReached", true, "record", "none"))
                            : "cluster " + read.cluster()
                                    + ": there is no record yet. Run ha init on the first data node");
            return Ha.FAILED;
        }
        ClusterState state = record.get().state();
        Outlook outlook = Outlook.of(state, nodes, NodeAnswer.askAll(nodes));
        Optional<Emergency> emergency = EmergencyControl.of(store).now().filter(Emergency::open);
        if (json) {
            Map<String, Object> map = asMap(read, state, nodes, outlook);
            emergency.ifPresent(now -> map.put("emergency", EmergencyCommand.asMap(now)));
            out.println(gson.toJson(map));
        } else {
            out.printf(
                    "cluster %s, epoch %d, %s%s%n", read.cluster(), state.epoch(), state.durability(), paused(state));
            out.printf(
                    "primary %s, %s; in sync: %s%s%n",
                    state.primary(),
                    state.active() ? "active" : "nominated",
                    state.inSync(),
                    (state.condemned().isEmpty() ? "" : "; to be copied anew: " + state.condemned())
                            + (state.restarting().isEmpty() ? "" : "; to be restarted: " + state.restarting()));
            nodes.forEach(node -> out.println("  " + line(node)));
            emergency.ifPresent(now -> out.println(now.summary()));
            out.println("takeover: " + outlook.takeover());
            outlook.troubles().forEach(trouble -> out.println("  trouble: " + trouble));
        }
        return outlook.possible() ? 0 : Ha.FAILED;
    }

    private static String paused(ClusterState state) {
        PauseEnd end = state.pauseEnd();
        return !state.paused() ? "" : end == null ? ", paused" : ", paused until about " + end.about();
    }

    /** An emergency that goes on without the store is known to this machine's node alone. */
    @Override
    int withoutStore(NodeConfig read, PrintWriter out, StoreUnavailableException why) {
        if (!json) {
            EmergencyControl.declared(read.stateFolder()).ifPresent(declared -> out.println(declared.summary()));
        }
        return NOTHING;
    }

    private static String line(NodeStatus node) {
        DataStatus data = node.data();
        String server = data == null
                ? ""
                : " · " + data.mode().name().toLowerCase(Locale.ROOT) + " "
                        + data.condition().name().toLowerCase(Locale.ROOT) + ", timeline " + data.timeline()
                        + (data.detail().isEmpty() ? "" : " (" + data.detail() + ")");
        String tags = node.tags().unusual().isEmpty()
                ? ""
                : " · " + String.join(", ", node.tags().unusual());
        return node.node() + " " + node.role().name().toLowerCase(Locale.ROOT) + server + tags + " · "
                + node.activity();
    }

    private static Map<String, Object> asMap(
            NodeConfig read, ClusterState state, List<NodeStatus> nodes, Outlook outlook) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cluster", read.cluster());
        map.put("storeReached", true);
        map.put("clusterId", state.clusterId());
        map.put("epoch", state.epoch());
        map.put("timeline", state.timeline());
        map.put("primary", state.primary().toString());
        map.put("active", state.active());
        map.put("inSync", state.inSync().stream().map(Object::toString).toList());
        map.put("condemned", state.condemned().stream().map(Object::toString).toList());
        map.put("restarting", state.restarting().stream().map(Object::toString).toList());
        map.put("durability", state.durability().name());
        map.put("paused", state.paused());
        Optional.ofNullable(state.pauseEnd())
                .ifPresent(end -> map.put("pausedUntil", end.about().toString()));
        map.put("takeover", outlook.takeover());
        map.put("takeoverPossible", outlook.possible());
        map.put("troubles", outlook.troubles());
        List<Map<String, Object>> list = new ArrayList<>();
        for (NodeStatus node : nodes) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("node", node.node().value());
            one.put("role", node.role().name());
            one.put("address", node.address());
            one.put("activity", node.activity());
            DataStatus data = node.data();
            if (data != null) {
                one.put("mode", data.mode().name());
                one.put("condition", data.condition().name());
                one.put("timeline", data.timeline());
                one.put("copy", String.valueOf(data.copy()));
                one.put("tags", node.tags().unusual());
            }
            list.add(one);
        }
        map.put("nodes", list);
        return map;
    }
}
