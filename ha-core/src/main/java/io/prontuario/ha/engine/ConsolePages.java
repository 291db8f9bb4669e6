package io.prontuario.ha.engine;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.prontuario.ha.decide.SwitchoverPlanner;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.http.WebResource;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.HealthReport;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.SwitchoverPlan.PlannedStep;
import io.prontuario.ha.model.TakeoverProspect;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The console: a page for whoever is on duty, and what it asks. Everything is answered from what this node knows already; the store and the
 * other nodes are asked aside, and only while somebody looks.
 */
final class ConsolePages implements AutoCloseable {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final int TRANSITIONS = 10;

    private final EngineSettings settings;
    private final Operations.Node node;
    private final Lags lags;
    private final Supplier<HealthReport> health;
    private final Supplier<Optional<AuditRecord.Head>> auditHead;
    private final Machine.Worker thread;
    private final Archive archive;
    private final Neighbours neighbours;

    ConsolePages(
            EngineSettings settings,
            Operations.Node node,
            Lags lags,
            Supplier<HealthReport> health,
            Supplier<Optional<AuditRecord.Head>> auditHead) {
        this.settings = settings;
        this.node = node;
        this.lags = lags;
        this.health = health;
        this.auditHead = auditHead;
        this.thread = settings.machine().worker("prontuario-archive", 1);
        this.archive = new Archive(settings.store(), settings.ticker(), thread);
        this.neighbours = new Neighbours(settings.ticker(), settings.machine());
    }

    /** Called by the loop on every look. */
    void saw(ClusterState state) {
        archive.saw(state);
    }

    /** The latest transitions as last read. */
    List<TransitionRecord> history() {
        return archive.known();
    }

    Map<String, Page> pages() {
        Map<String, Page> all = new LinkedHashMap<>();
        all.put("/", request -> WebResource.CONSOLE.reply());
        all.put("/console", request -> WebResource.CONSOLE.reply());
        all.put("/console.css", request -> WebResource.STYLE.reply());
        all.put("/console.js", request -> WebResource.SCRIPT.reply());
        all.put("/acts", request -> Reply.json(200, "{\"allowed\":false}"));
        all.put(Neighbours.PATH, request -> Reply.json(200, GSON.toJson(self())));
        all.put("/cluster", request -> Reply.json(200, GSON.toJson(cluster())));
        all.put("/history", this::history);
        all.put("/plan", this::plan);
        return all;
    }

    private Map<String, Object> self() {
        Map<String, Object> map = new LinkedHashMap<>();
        HealthReport report = health.get();
        map.put("storeReached", settings.store().health() == StoreHealth.CONNECTED);
        map.put("coordinating", settings.store().leadership().isPresent());
        map.put("servesAsPrimary", node.servesAsPrimary());
        map.put("health", report.status().name());
        map.put(
                "checks",
                report.checks().stream()
                        .map(check -> Map.of(
                                "check", check.name(),
                                "affects", check.capability().name(),
                                "standing", check.standing().name(),
                                "detail", check.detail()))
                        .toList());
        map.put("troubles", node.troubles());
        List<Map<String, Object>> behind = new ArrayList<>();
        lags.standbys().forEach((standby, lag) -> behind.add(behind(standby.value(), lag)));
        map.put("standbys", behind);
        auditHead.get().ifPresent(head -> map.put("auditHead", Map.of("number", head.number(), "hash", head.hash())));
        evidence(map);
        map.put(
                "replay",
                lags.own().map(lag -> behind(settings.self().value(), lag)).orElse(null));
        return map;
    }

    /** What this node holds, for whoever has to rebuild a record from it ({@code ha state rebuild}). */
    private void evidence(Map<String, Object> map) {
        NodeMemory memory = view().map(ClusterView::memory).orElse(null);
        if (memory != null) {
            map.put(
                    "remembers",
                    Map.of(
                            "clusterId", memory.clusterId(),
                            "epoch", memory.epoch(),
                            "transitionId", memory.transitionId(),
                            "systemIdentifier", memory.systemIdentifier()));
        }
        ClusterState obeyed = node.obeyed();
        if (obeyed != null) {
            map.put(
                    "promises",
                    Map.of("durability", obeyed.durability().name(), "strictMinimum", obeyed.strictMinimum()));
        }
        if (settings.role() == NodeRole.DATA) {
            DataStatus data = node.local();
            Map<String, Object> server = new LinkedHashMap<>();
            server.put("copy", data.copy() == null ? "" : data.copy().toString());
            server.put("systemIdentifier", data.systemIdentifier());
            server.put("mode", data.mode().name());
            server.put("condition", data.condition().name());
            server.put("timeline", node.heldTimeline());
            server.put("received", data.receivedPosition());
            server.put("names", data.namesInFile());
            server.put("namesInEffect", data.namesInEffect());
            map.put("server", server);
        }
    }

    private Optional<ClusterView> view() {
        return Optional.ofNullable(node.view());
    }

    private static Map<String, Object> behind(String standby, Lags.Lag lag) {
        return Map.of(
                "node", standby, "bytes", lag.bytes(), "millis", lag.time().toMillis());
    }

    private Map<String, Object> cluster() {
        ClusterView view = node.view();
        ClusterState state = view == null ? null : view.state();
        Collection<NodeStatus> known = view == null ? List.of() : view.nodes().values();
        neighbours.ask(known.stream()
                .filter(one -> !one.node().equals(settings.self()))
                .toList());
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("at", settings.clock().instant().toString());
        map.put("cluster", settings.cluster());
        map.put("self", settings.self().value());
        map.put("role", settings.role().name());
        map.put("storeReached", settings.store().health() == StoreHealth.CONNECTED);
        map.put("record", state == null ? null : record(state));
        map.put("takeover", state == null ? null : takeover(TakeoverProspect.of(state, known)));
        map.put("nodes", nodes(state, known));
        map.put(
                "forecastMillis",
                FailoverForecast.of(archive.known()).map(Duration::toMillis).orElse(null));
        return map;
    }

    private static Map<String, Object> record(ClusterState state) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("epoch", state.epoch());
        map.put("timeline", state.timeline());
        map.put("primary", state.primary().toString());
        map.put("primaryNode", state.primary().node().value());
        map.put("active", state.active());
        map.put("inSync", state.inSync().stream().map(Copy::toString).toList());
        map.put("durability", state.durability().name());
        map.put("paused", state.paused());
        PauseEnd end = state.pauseEnd();
        if (end != null) {
            map.put("pausedUntil", end.about().toString());
        }
        Journal journal = state.transition();
        if (journal != null) {
            Map<String, Object> transition = new LinkedHashMap<>();
            transition.put("id", journal.transitionId());
            transition.put("kind", journal.kind().name());
            transition.put("from", journal.from().toString());
            transition.put("reason", journal.reason());
            transition.put("startedAt", journal.startedAt().toString());
            map.put("transition", transition);
        }
        return map;
    }

    private static Map<String, Object> takeover(TakeoverProspect prospect) {
        return Map.of(
                "obstacle",
                prospect.obstacle().name(),
                "sentence",
                prospect.sentence(),
                "able",
                prospect.able().stream().map(copy -> copy.node().value()).toList());
    }

    private List<Map<String, Object>> nodes(@Nullable ClusterState state, Collection<NodeStatus> known) {
        List<Map<String, Object>> all = new ArrayList<>(known.stream()
                .sorted(Comparator.comparing(NodeStatus::node))
                .map(one -> node(state, one))
                .toList());
        missing(state, known).forEach(name -> all.add(Map.of("node", name.value(), "role", "DATA", "present", false)));
        return all;
    }

    /** Whom the record names and who has no session. */
    private static List<NodeName> missing(@Nullable ClusterState state, Collection<NodeStatus> known) {
        if (state == null) {
            return List.of();
        }
        List<Copy> named = new ArrayList<>(state.inSync());
        named.add(state.primary());
        named.addAll(state.heirs());
        return named.stream()
                .map(Copy::node)
                .distinct()
                .filter(name -> known.stream().noneMatch(one -> one.node().equals(name)))
                .sorted()
                .toList();
    }

    private Map<String, Object> node(@Nullable ClusterState state, NodeStatus one) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("node", one.node().value());
        map.put("role", one.role().name());
        map.put("present", true);
        map.put("leaving", one.leaving());
        map.put("address", one.address());
        map.put("activity", one.activity());
        map.put("refusal", one.refusal());
        map.put("tags", one.tags().unusual());
        DataStatus data = one.data();
        if (data != null) {
            Copy copy = data.copy();
            map.put("condition", data.condition().name());
            map.put("mode", data.mode().name());
            map.put("timeline", data.timeline());
            map.put("copy", copy == null ? "" : copy.toString());
            map.put("detail", data.detail());
            map.put("streaming", data.receiver() != null && data.receiver().streaming());
            map.put("primary", state != null && state.primary().equals(copy));
            map.put("certified", state != null && copy != null && state.inSync().contains(copy));
        }
        map.put("said", one.node().equals(settings.self()) ? self() : said(one));
        return map;
    }

    private @Nullable JsonObject said(NodeStatus other) {
        return other.leaving() ? null : neighbours.of(other.node());
    }

    private Reply history(Request request) {
        int most = request.parameter("last")
                .filter(text -> text.matches("\\d{1,3}"))
                .map(Integer::parseInt)
                .orElse(TRANSITIONS);
        List<TransitionRecord> read = archive.asked();
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("read", read != null);
        map.put(
                "transitions",
                read == null
                        ? List.of()
                        : read.stream()
                                .limit(most)
                                .map(ConsolePages::transition)
                                .toList());
        return Reply.json(200, GSON.toJson(map));
    }

    private static Map<String, Object> transition(TransitionRecord one) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", one.transitionId());
        map.put("epoch", one.epoch());
        map.put("steps", one.steps().stream().map(ConsolePages::step).toList());
        return map;
    }

    private static Map<String, Object> step(StepRecord step) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", step.step());
        map.put("node", step.node().value());
        map.put("outcome", step.outcome());
        map.put("started", step.started().toString());
        map.put("tookMillis", step.took().toNanos() / 1e6);
        map.put("detail", step.detail());
        return map;
    }

    /** The dry run, by what this node has seen last. */
    private Reply plan(Request request) {
        ClusterView view = node.view();
        ClusterState state = view == null ? null : view.state();
        if (view == null || state == null) {
            return Reply.text(503, "this node has seen no record yet");
        }
        Optional<NodeName> to;
        try {
            to = request.parameter("to")
                    .map(NodeName::new)
                    .or(() -> SwitchoverPlanner.usualTarget(state, view.nodes()));
        } catch (IllegalArgumentException e) {
            return Reply.text(400, "to: " + e.getMessage());
        }
        return to.map(target -> SwitchoverPlanner.plan(state, view.nodes(), target, archive.known()))
                .map(plan -> Following.described(plan, settings.strategies()))
                .map(plan -> Reply.json(200, GSON.toJson(plan(plan))))
                .orElseGet(() -> Reply.text(409, "there is no other data node"));
    }

    private static Map<String, Object> plan(SwitchoverPlan plan) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("from", plan.from().toString());
        map.put("to", plan.to().value());
        map.put("possible", plan.possible());
        map.put(
                "preconditions",
                plan.preconditions().stream()
                        .map(one -> Map.of("what", one.what(), "holds", one.holds(), "evidence", one.evidence()))
                        .toList());
        map.put("steps", plan.steps().stream().map(ConsolePages::planned).toList());
        return map;
    }

    private static Map<String, Object> planned(PlannedStep step) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("step", step.step());
        map.put("where", step.where());
        map.put("what", step.what());
        map.put(
                "expectedMillis",
                step.expected() == null ? null : step.expected().toNanos() / 1e6);
        map.put("basis", step.basis());
        return map;
    }

    @Override
    public void close() {
        thread.close(Duration.ZERO);
    }
}
