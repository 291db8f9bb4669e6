package io.prontuario.ha.engine;

import io.prontuario.ha.health.HealthBoard;
import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.http.Request;
import io.prontuario.ha.model.Capability;
import io.prontuario.ha.model.CheckState;
import io.prontuario.ha.model.CheckState.Standing;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.HealthReport;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What this node tells to people and to what watches it for them: health, metrics, events. Decides nothing: a check that fails is told, and
 * who takes over is a matter of {@code Detection} alone.
 */
final class Operations implements AutoCloseable {
    /** Trends change slowly, and are worth a word when somebody can still do something about it today. */
    private static final Duration TRENDS = Duration.ofMinutes(1);

    private static final Duration SOON = Duration.ofHours(24);
    /** A loop that has not looked for so long does not look any more. */
    private static final Duration STUCK = Duration.ofSeconds(5);

    /** What the engine knows. Asked on any thread. */
    interface Node {
        /** What it knew when it last looked; null before the first look. */
        @Nullable
        ClusterView view();

        /** The last record that it obeyed; null when it has obeyed none. */
        @Nullable
        ClusterState obeyed();

        boolean servesAsPrimary();

        /** Its server as of this moment. */
        DataStatus local();

        /** The timeline of its data, from the disk when the server cannot be asked; 0 when unknown. */
        int heldTimeline();

        List<String> troubles();
    }

    private final EngineSettings settings;
    private final Node node;
    private final EventFeed feed;
    private final Tally tally = new Tally();
    private final Lags lags;
    private final Gauges gauges;
    private final HealthPage healthPage;
    private final HealthBoard board;
    private final ConsolePages console;
    private final Auditor auditor;
    private volatile @Nullable Events events;
    private volatile long lookedAtNanos;
    private volatile boolean closed;
    private long trendsAtNanos;

    Operations(EngineSettings settings, Node node) {
        this.settings = settings;
        this.node = node;
        this.feed = new EventFeed(settings.clock().instant().toEpochMilli());
        this.lags = new Lags(settings.ticker());
        this.gauges = new Gauges(settings, node, lags);
        this.healthPage = new HealthPage(settings);
        this.board = new HealthBoard(settings.checks(), settings.ticker(), this::changed);
        this.auditor = new Auditor(
                settings.self(),
                settings.store(),
                settings.ticker(),
                settings.machine(),
                settings.stateFolder(),
                this::auditAlarm);
        this.console = new ConsolePages(settings, node, lags, this::health, auditor::remembered);
        this.lookedAtNanos = settings.ticker().nanos();
        this.trendsAtNanos = lookedAtNanos;
    }

    /** Those who are told of this node's events. */
    List<HaListener> listeners() {
        List<HaListener> all = new ArrayList<>(List.of(feed, tally, auditor));
        all.addAll(settings.listeners());
        return all;
    }

    EventSource feed() {
        return feed;
    }

    void start(Events where) {
        events = where;
        healthPage.start();
        board.start();
    }

    /** Called by the loop on every look. */
    void saw(ClusterView view) {
        long now = settings.ticker().nanos();
        lookedAtNanos = now;
        lags.saw(view);
        ClusterState state = node.obeyed();
        if (state != null) {
            tally.saw(state, settings.clock().instant());
            console.saw(state);
        }
        if (now - trendsAtNanos >= TRENDS.toNanos()) {
            trendsAtNanos = now;
            board.states().forEach(check -> tellTrend(check, state));
        }
    }

    /** Called by the loop while nothing urgent is going on. */
    void quiet() {
        auditor.quiet();
    }

    private void auditAlarm(String message) {
        Events told = events;
        if (told != null) {
            told.changed(HaEvent.Kind.ALARM, "audit", message);
        }
    }

    private void changed(CheckState check) {
        Events told = events;
        if (told == null) {
            return;
        }
        String subject = "check " + check.name();
        switch (check.standing()) {
            case UNKNOWN -> {}
            case OK -> {
                if (told.over(subject)) {
                    told.tell(HaEvent.Kind.STATE, subject + " is well again: " + check.detail());
                }
            }
            case FAILED ->
                told.changed(
                        check.capability().mayMove() ? HaEvent.Kind.ALARM : HaEvent.Kind.DUTY,
                        subject,
                        subject + " failed (" + check.capability().name() + "): " + check.detail());
        }
    }

    private void tellTrend(CheckState check, @Nullable ClusterState state) {
        Events told = events;
        if (told == null) {
            return;
        }
        String subject = "trend of " + check.name();
        Duration lasts = check.lasts();
        if (lasts == null || lasts.compareTo(SOON) > 0) {
            told.over(subject);
            return;
        }
        told.changed(
                HaEvent.Kind.ALARM,
                subject,
                check.name() + ": nothing is left in about " + lasts.toHours() + " h at the rate of the last hours ("
                        + check.detail() + "): make room" + elsewhere(state));
    }

    /** Proposed, never done: whoever fills the disk may well follow the primary. */
    private String elsewhere(@Nullable ClusterState state) {
        return state != null && state.primary().node().equals(settings.self()) && state.active()
                ? state.inSync().stream()
                        .findFirst()
                        .map(Copy::node)
                        .map(other -> ", or move the primary: ha switchover --to " + other)
                        .orElse("")
                : "";
    }

    HealthReport health() {
        List<CheckState> all = new ArrayList<>();
        if (settings.role() == NodeRole.DATA) {
            all.add(database());
        }
        all.addAll(board.states());
        return new HealthReport(all);
    }

    /** Looked at anew with each question: it costs nothing, since the observer has looked already. */
    private CheckState database() {
        DataStatus now = node.local();
        ClusterView view = node.view();
        ClusterState state = node.obeyed();
        boolean primary = view != null
                && state != null
                && view.copy().filter(state.primary()::equals).isPresent();
        boolean ok = primary ? node.servesAsPrimary() : state != null && now.runsAs(ServerMode.STANDBY);
        String detail = primary
                ? "the primary, " + (ok ? "serves" : "does not serve")
                : "not the primary, " + (ok ? "runs as a standby" : now.condition() + " as " + now.mode());
        return new CheckState(
                Capability.DATABASE.name(),
                Capability.DATABASE,
                ok ? Standing.OK : Standing.FAILED,
                detail + (now.detail().isEmpty() ? "" : ": " + now.detail()),
                Duration.ZERO,
                Duration.ZERO,
                OptionalDouble.empty(),
                null);
    }

    /** Whether this node takes part: it looks, obeys a record, and neither its machine nor its server is amiss. */
    private boolean ready() {
        return !closed
                && node.obeyed() != null
                && lookedAgo().compareTo(STUCK) < 0
                && health().status() != HealthReport.Status.UNHEALTHY;
    }

    private Duration lookedAgo() {
        return Duration.ofNanos(settings.ticker().nanos() - lookedAtNanos);
    }

    /** Whether reads may go to the server here: no tag is against it, and it lags behind by no more than was asked. What is not known is a no. */
    private Reply replica(Request request) {
        Optional<String> bound = request.parameter("lag");
        long most;
        try {
            most = bound.map(DataSize::parse).map(DataSize::bytes).orElse(Long.MAX_VALUE);
        } catch (IllegalArgumentException e) {
            return Reply.text(400, "lag: " + e.getMessage());
        }
        return Reply.yes(!closed
                && !settings.tags().noReads()
                && lookedAgo().compareTo(STUCK) < 0
                && follows()
                && Lags.bytes(node.local()) <= most);
    }

    /** A stream that has been silent for longer than a suspicion takes says nothing of what the primary has written since. */
    private boolean follows() {
        DataStatus now = node.local();
        ClusterView view = node.view();
        ClusterState state = node.obeyed();
        Receiver receiver = now.receiver();
        return view != null
                && state != null
                && state.active()
                && now.runsAs(ServerMode.STANDBY)
                && view.copy().filter(copy -> !copy.equals(state.primary())).isPresent()
                && receiver != null
                && receiver.streaming()
                && receiver.upstreamPosition() > 0
                && receiver.lastMessageAge().compareTo(settings.limits().suspicionTime()) < 0;
    }

    /** All values of this moment. */
    List<Measure> measures() {
        List<Measure> all = new ArrayList<>(gauges.measures(health(), lookedAgo()));
        all.addAll(tally.measures());
        FailoverForecast.of(console.history())
                .ifPresent(time -> all.add(Measure.gauge(
                        "prontuario_ha_failover_forecast_seconds",
                        "How long a failover would take from its detection on: the median of the former ones.",
                        Map.of(),
                        Tally.seconds(time))));
        all.addAll(gauges.ofOthers());
        return all;
    }

    /** What is answered beside what proxies and nodes ask. */
    Map<String, Page> pages() {
        Map<String, Page> all = new LinkedHashMap<>(console.pages());
        all.put("/health", request -> healthPage.of(health()));
        all.put("/ready", request -> Reply.yes(ready()));
        all.put("/replica", this::replica);
        all.put("/metrics", request -> new Reply(200, PrometheusText.TYPE, PrometheusText.of(measures())));
        return all;
    }

    @Override
    public void close() {
        closed = true;
        console.close();
        auditor.close();
        board.close();
    }
}
