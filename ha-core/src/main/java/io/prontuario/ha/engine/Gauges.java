package io.prontuario.ha.engine;

import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.HealthReport;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.StoreHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be measured on this node at one moment. Each name is described in docs/metrics.md. */
final class Gauges {
    private static final Logger LOG = LoggerFactory.getLogger(Gauges.class);
    /** Each trouble is a series of its own; more than these are in the log. */
    private static final int TROUBLES = 20;

    private static final int LONGEST_REASON = 200;

    private final EngineSettings settings;
    private final Operations.Node node;
    private final Lags lags;

    Gauges(EngineSettings settings, Operations.Node node, Lags lags) {
        this.settings = settings;
        this.node = node;
        this.lags = lags;
    }

    List<Measure> measures(HealthReport health, Duration lookedAgo) {
        List<Measure> all = new ArrayList<>();
        all.add(Measure.gauge(
                "prontuario_ha_node",
                "Which node of which cluster this is.",
                Map.of(
                        "cluster", settings.cluster(),
                        "node", settings.self().value(),
                        "role", settings.role().name().toLowerCase(Locale.ROOT)),
                1));
        all.add(gauge(
                "prontuario_ha_loop_age_seconds",
                "How long ago this node last looked; it looks ten times a second.",
                Tally.seconds(lookedAgo)));
        all.add(gauge(
                "prontuario_ha_store_connected",
                "Whether this node's session with the store lives.",
                settings.store().health() == StoreHealth.CONNECTED));
        all.add(gauge(
                "prontuario_ha_coordinating",
                "Whether this node coordinates.",
                settings.store().leadership().isPresent()));
        all.add(gauge(
                "prontuario_ha_primary",
                "Whether this node's server is the primary that clients may use.",
                node.servesAsPrimary()));
        record(all, node.obeyed());
        if (settings.role() == NodeRole.DATA) {
            server(all, node.local());
        }
        troubles(all);
        health.checks().forEach(check -> check(all, check));
        return all;
    }

    private void record(List<Measure> all, @Nullable ClusterState state) {
        if (state == null) {
            return;
        }
        all.add(gauge("prontuario_ha_epoch", "The epoch of the record that this node obeys.", (double) state.epoch()));
        all.add(gauge("prontuario_ha_record_active", "Whether the record's primary is active.", state.active()));
        all.add(gauge(
                "prontuario_ha_certified_standbys",
                "Standbys that hold every acknowledged commit and may take over.",
                state.inSync().size()));
        all.add(gauge("prontuario_ha_paused", "Whether takeovers are forbidden.", state.paused()));
        all.add(gauge(
                "prontuario_ha_transition_open", "Whether a transition is under way.", state.transition() != null));
        ClusterView view = node.view();
        double present = view == null
                ? 0
                : (double) view.nodes().values().stream()
                        .filter(one -> !one.leaving())
                        .count();
        all.add(gauge("prontuario_ha_nodes_present", "Nodes whose sessions live, this one among them.", present));
    }

    private void server(List<Measure> all, DataStatus data) {
        all.add(gauge(
                "prontuario_ha_server_up",
                "Whether this node's server answers.",
                data.condition() == ServerCondition.RUNNING));
        all.add(gauge(
                "prontuario_ha_standby",
                "Whether this node's server runs as a standby.",
                data.runsAs(ServerMode.STANDBY)));
        all.add(gauge(
                "prontuario_ha_commits_waiting",
                "Commits that wait for a standby now.",
                data.syncWait().waiting()));
        all.add(gauge(
                "prontuario_ha_commit_wait_seconds",
                "How long the oldest of them has waited.",
                Tally.seconds(data.syncWait().longest())));
        Map<NodeName, Lags.Lag> standbys = lags.standbys();
        standbys.forEach((standby, lag) -> {
            Map<String, String> labels = Map.of("standby", standby.value());
            all.add(Measure.gauge(
                    "prontuario_ha_replication_lag_bytes",
                    "What a standby that is attached here has not flushed yet.",
                    labels,
                    (double) lag.bytes()));
            all.add(Measure.gauge(
                    "prontuario_ha_replication_lag_seconds",
                    "How long ago this primary wrote the first thing that the standby has not flushed yet; 0 when it has all.",
                    labels,
                    Tally.seconds(lag.time())));
        });
        lags.own().ifPresent(lag -> {
            all.add(gauge(
                    "prontuario_ha_replay_lag_bytes", "What this standby has heard of and not replayed yet.", (double)
                            lag.bytes()));
            all.add(gauge(
                    "prontuario_ha_replay_lag_seconds",
                    "How long ago it heard of the first thing that it has not replayed yet; 0 when it has all.",
                    Tally.seconds(lag.time())));
        });
    }

    private void troubles(List<Measure> all) {
        List<String> troubles = node.troubles();
        all.add(gauge(
                "prontuario_ha_troubles",
                "What is wrong as this node sees it, and refused, and why.",
                troubles.size()));
        troubles.stream()
                .limit(TROUBLES)
                .forEach(reason -> all.add(Measure.gauge(
                        "prontuario_ha_trouble",
                        "One for each of them, with its reason.",
                        Map.of("reason", gist(reason)),
                        1)));
    }

    /** Without what is different with each look, which would be a new series each time. */
    private static String gist(String reason) {
        String plain = reason.replaceAll("\\d+ ms", "… ms");
        return plain.length() <= LONGEST_REASON ? plain : plain.substring(0, LONGEST_REASON);
    }

    private static void check(List<Measure> all, CheckState check) {
        Map<String, String> labels = Map.of("check", check.name());
        all.add(Measure.gauge(
                "prontuario_ha_check_ok",
                "Whether a health check is known to be as it should be.",
                Map.of(
                        "check", check.name(),
                        "affects", check.capability().name(),
                        "kind", check.capability().kind().name().toLowerCase(Locale.ROOT)),
                check.ok() ? 1 : 0));
        all.add(Measure.gauge(
                "prontuario_ha_check_seconds", "How long its last look took.", labels, Tally.seconds(check.took())));
        all.add(Measure.gauge(
                "prontuario_ha_check_age_seconds",
                "How long ago its last look ended.",
                labels,
                Tally.seconds(check.age())));
        check.left()
                .ifPresent(left -> all.add(Measure.gauge(
                        "prontuario_ha_check_left",
                        "What is left of what a check watches, in its own unit.",
                        labels,
                        left)));
        Duration lasts = check.lasts();
        if (lasts != null) {
            all.add(Measure.gauge(
                    "prontuario_ha_check_lasts_seconds",
                    "When nothing will be left at the rate of the last hours; absent when it does not become less.",
                    labels,
                    Tally.seconds(lasts)));
        }
    }

    /** What strategies and host measure of their own. One that fails is left out. */
    List<Measure> ofOthers() {
        List<Measure> all = new ArrayList<>();
        settings.strategies().forEach(strategy -> add(all, strategy.name(), strategy::measures));
        settings.measures().forEach(supplier -> add(all, "the host", supplier));
        return all;
    }

    private static void add(List<Measure> all, String whose, Supplier<List<Measure>> source) {
        try {
            all.addAll(source.get());
        } catch (RuntimeException e) {
            LOG.warn("{} could not be measured", whose, e);
        }
    }

    private static Measure gauge(String name, String help, boolean so) {
        return gauge(name, help, so ? 1 : 0);
    }

    private static Measure gauge(String name, String help, double value) {
        return Measure.gauge(name, help, Map.of(), value);
    }
}
