package io.prontuario.ha.engine;

import com.google.gson.Gson;
import io.prontuario.ha.decide.AgentDecision;
import io.prontuario.ha.decide.AgentPolicy;
import io.prontuario.ha.decide.Candidacy;
import io.prontuario.ha.decide.CoordinatorDecision;
import io.prontuario.ha.decide.CoordinatorDecision.Move;
import io.prontuario.ha.decide.CoordinatorPolicy;
import io.prontuario.ha.decide.Duty;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.SwitchoverPolicy;
import io.prontuario.ha.http.EventSource;
import io.prontuario.ha.http.Page;
import io.prontuario.ha.http.Reply;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.HealthReport;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.Hold;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.HaListener;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's control loop: observe, decide, act. One thread owns everything that changes; callbacks only wake it. What it decides is
 * carried out on two other threads, one for the agent and one for the coordinator, one act of each at a time.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final Duration BEAT = Duration.ofMillis(100);
    private static final Duration RECONCILE = Duration.ofSeconds(1);
    /** … and, when a strategy has seen something, not sooner than that. */
    private static final Duration RECONCILE_SOON = Duration.ofMillis(200);

    private static final Duration SETTLED = Duration.ofSeconds(1);
    /** The subjects of events: what this node does, how the cluster is. */
    private static final String DUTY = "duty";

    /** Apart from what is done about it, which would else be told in turn with it for ever. */
    private static final String ALARM = "alarm";

    private static final String CLUSTER = "cluster";
    private static final String ATTENDANCE = "attendance";
    private static final Duration READY = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Decision NOT_ASKED = Decision.stay("this node does not coordinate");
    private static final Gson GSON = new Gson();

    private final EngineSettings settings;
    private final Machine machine;
    private final Operations operations;
    private final Events events;
    private final StoreNews storeNews;
    private final Historian historian;
    private final Peers peers;
    private final Lookout lookout;
    private final Machine.Memory memory;
    /** The epoch in which this node's copy is the active primary; 0 while it is not. */
    private final Watched<Long> active;

    /** The epoch in which this node's server was opened; 0 while it is not open. */
    private final Watched<Long> opened;

    /** What this node says of its server. */
    private final Watched<ServerWord> word;

    /** Whether the agent is at an act that may replace the data; guarded by the word. */
    private boolean rejoining;

    private final WordOfMouth wordOfMouth;
    private final Coordinator coordinator;
    private final Followers followers;
    private final Optional<Emergencies> emergencies;
    private final Machine.Worker agentThread;
    private final Machine.Worker coordinatorThread;
    private final AtomicBoolean agentBusy = new AtomicBoolean();
    private final AtomicBoolean coordinatorBusy = new AtomicBoolean();
    private final Machine.Loop loop;
    private final Answers answers = new Answers();
    private volatile @Nullable Agent agent;
    private volatile @Nullable ClusterView latest;
    private volatile @Nullable ClusterState obeyed;
    private volatile String doing = "starting";
    private volatile String about = "";
    private volatile boolean closed;
    private Switchboard.@Nullable Extension surface;
    private @Nullable NodeStatus published;
    private long detectedAtNanos;
    private @Nullable Instant detectedAt;
    private long reconciledAtNanos;
    /** A strategy has seen something since. */
    private volatile boolean news;

    private boolean reconciledAttended = true;
    private final Attendance attendance = new Attendance();
    private final Repetition repetition;
    private final Grip grip;
    private long readiedAtNanos;
    private long onlookedAtNanos;

    public Engine(EngineSettings settings) {
        this.settings = settings;
        this.machine = settings.machine();
        this.active = new Watched<>(0L, machine);
        this.opened = new Watched<>(0L, machine);
        this.word = new Watched<>(ServerWord.NONE, machine);
        this.agentThread = machine.worker("prontuario-agent", 1);
        this.coordinatorThread = machine.worker("prontuario-coordinator", 1);
        this.operations = new Operations(settings, new Known());
        this.events = new Events(settings.self(), operations.listeners(), settings.clock(), machine);
        this.storeNews = new StoreNews(settings.store(), settings.cluster(), events, settings.ticker());
        this.historian = new Historian(settings.self(), settings.store(), events, settings.ticker(), settings.clock());
        this.peers = new Peers(machine.switchboard(), settings.ticker(), this::wake);
        this.wordOfMouth = new WordOfMouth(machine, settings.ticker(), this::wake);
        this.lookout = new Lookout(settings, peers, wordOfMouth);
        this.memory = machine.memory(settings.stateFolder());
        this.grip = new Grip(settings.ticker());
        this.coordinator = new Coordinator(settings, peers, historian, events);
        this.repetition = new Repetition(settings.ticker());
        this.followers = new Followers(settings.strategies(), events, machine, settings.ticker(), this::wake);
        this.emergencies = Emergencies.of(settings, () -> latest, events);
        this.onlookedAtNanos = settings.ticker().nanos() - READY.toNanos();
        this.loop = machine.loop("prontuario-loop", BEAT, this::step);
    }

    /** Starts strategies, store, HTTP surface and loop. Does not wait for the store. */
    public void start() {
        for (FailoverStrategy strategy : settings.strategies()) {
            strategy.start(new StrategyContext(settings.self(), settings.ticker(), this::noticed, this::tags));
        }
        syncControl().ifPresent(sync -> agent = new Agent(settings, sync, memory, active, opened, historian, events));
        operations.start(events);
        surface = machine.switchboard().open(settings.listen(), answers, operations.pages(), operations.feed());
        settings.store().start(settings.cluster(), settings.self(), this::wake);
        if (!Rehearsal.run()) {
            throw new IllegalStateException("a made-up failover was not decided as it should be: this build is broken");
        }
        loop.start();
        emergencies.ifPresent(Emergencies::start);
    }

    private Optional<SyncControl> syncControl() {
        return settings.strategies().stream()
                .flatMap(strategy -> strategy.syncControl().stream())
                .findFirst();
    }

    /** This node's server as its strategy knows it at this moment. */
    private DataStatus ownServer() {
        Agent present = agent;
        return present == null ? DataStatus.UNKNOWN : present.status();
    }

    /** Where the HTTP surface listens. */
    public int httpPort() {
        Switchboard.Extension present = surface;
        return present == null ? 0 : present.port();
    }

    /** What this node knew when it last looked; null before the first look. */
    public @Nullable ClusterView view() {
        return latest;
    }

    /** The same plan, in which this node's strategies say what they would do. */
    public SwitchoverPlan described(SwitchoverPlan plan) {
        return Following.described(plan, settings.strategies());
    }

    /** Tells the listeners something about this node that only its owner knows. */
    public void tell(HaEvent.Kind kind, String message) {
        events.tell(kind, message);
    }

    /** How the health checks stand, and the server of this node. */
    public HealthReport health() {
        return operations.health();
    }

    /** All that is measured here at this moment. */
    public List<Measure> measures() {
        return operations.measures();
    }

    /** What is answered over HTTP beside what only proxies and nodes ask, for another web server. */
    public Map<String, Page> pages() {
        Map<String, Page> all = new LinkedHashMap<>(operations.pages());
        all.put("/primary", request -> Reply.yes(answers.servesAsPrimary()));
        all.put("/status", request -> Reply.json(200, answers.status()));
        return all;
    }

    /** This node's events, for another web server. */
    public EventSource events() {
        return operations.feed();
    }

    /** Tells a listener what happens from now on. */
    public void addListener(HaListener listener) {
        events.add(listener);
    }

    /** A strategy has seen something. Whoever waits for a word about this node's server is told before anything is decided. */
    private void noticed() {
        Agent present = agent;
        if (present != null) {
            say(present.status());
        }
        news = true;
        wake();
    }

    /** Nothing is said of a server whose data is about to be replaced: whoever would nominate it is told so before it begins. */
    private void say(DataStatus server) {
        synchronized (word) {
            word.set(rejoining ? ServerWord.NONE : ServerWord.of(server));
        }
    }

    private void wake() {
        loop.wake();
    }

    private void step() {
        try {
            look();
        } catch (RuntimeException e) {
            events.changed(HaEvent.Kind.ALARM, "loop", "the control loop failed and goes on: " + e);
            LOG.error("control loop", e);
        }
    }

    private void look() {
        // Busy flags first: an act that ends after this is followed by another look.
        boolean agentFree = !agentBusy.get();
        boolean coordinatorFree = !coordinatorBusy.get();
        Versioned record = settings.store().lastSeen().orElse(null);
        DataStatus local = ownServer();
        say(local);
        Agent present = agent;
        Lookout.Findings findings = present == null
                ? new Lookout.Findings(0, false, List.of(), false, "")
                : new Lookout.Findings(
                        opened.get(),
                        present.rejoinNeeded(),
                        present.pausedCertification(),
                        record != null && present.startedAgain(record.state()),
                        present.readyFor());
        ClusterView view = lookout.look(record, memory.remembered(), local, findings);
        latest = view;
        operations.saw(view);
        storeNews.tell(view.state());
        AgentDecision duty = AgentPolicy.decide(view);
        doing = duty.reason();
        publish(view, duty);
        obey(view);
        noteProgress(view);
        campaign(view);
        if (view.activeFor().compareTo(SETTLED) >= 0 && !switching(view.state()) && !suspicious()) {
            historian.flush();
            operations.quiet();
        }
        if (record != null && present != null && agentFree) {
            agent(present, duty, record, view.local());
        }
        if (record != null && coordinatorFree) {
            coordinate(view, record);
        }
        if (record != null && agentFree && !agentBusy.get()) {
            rememberAsOnlooker(record.state());
        }
    }

    /**
     * Who has only seen an epoch and done nothing in it remembers it too. Otherwise a store that was rolled back to before a takeover would
     * find in it a standby to nominate, or a witness that nominates, while the primary of the lost epoch goes on. Not while a nominee works:
     * its own memory needs the disk first.
     */
    private void rememberAsOnlooker(ClusterState state) {
        long now = settings.ticker().nanos();
        NodeMemory remembered = memory.remembered();
        boolean known = (remembered != null && remembered.epoch() == state.epoch())
                || Protocol.disobeys(state, remembered).isPresent();
        if (!state.active() || known || now - onlookedAtNanos < READY.toNanos()) {
            return;
        }
        onlookedAtNanos = now;
        agentBusy.set(true);
        agentThread.execute(() -> busy(agentBusy, () -> memory.remember(state)));
    }

    private void agent(Agent present, AgentDecision duty, Versioned record, DataStatus local) {
        if (duty.alarm()) {
            events.changed(HaEvent.Kind.ALARM, ALARM, duty.reason());
        } else if (events.over(ALARM)) {
            // Told again, so that the alarm is not the last that is heard of it.
            events.over(DUTY);
        }
        if (duty.duty() == Duty.REST) {
            events.changed(HaEvent.Kind.DUTY, DUTY, duty.reason());
        }
        // Not when the stream to the target of a switchover has ended: a nomination is about to come, and nothing shall
        // be in its way.
        boolean idle = duty.duty() == Duty.ATTEND || (duty.duty() == Duty.REST && !switching(record.state()));
        if (idle && keepReady(present)) {
            // One act at a time: the end of this one would be taken for that of the duty behind it, which would be done
            // twice, the second time by an old record.
            return;
        }
        boolean waits = repetition.waits(duty, record.state(), local);
        if (duty.duty() == Duty.REST || duty.duty() == Duty.HOLD || waits || present.waitsBefore(duty.duty())) {
            return;
        }
        repetition.begins(duty, record.state(), local);
        events.changed(HaEvent.Kind.DUTY, DUTY, duty.duty() + ": " + duty.reason());
        synchronized (word) {
            rejoining = duty.duty() == Duty.REJOIN;
        }
        say(local);
        agentBusy.set(true);
        agentThread.execute(() -> busy(agentBusy, () -> {
            try {
                present.carryOut(duty, record);
            } finally {
                synchronized (word) {
                    rejoining = false;
                }
            }
        }));
    }

    /** Answers whether it was time for it. */
    private boolean keepReady(Agent present) {
        long now = settings.ticker().nanos();
        if (now - readiedAtNanos < READY.toNanos()) {
            return false;
        }
        readiedAtNanos = now;
        agentBusy.set(true);
        agentThread.execute(() -> busy(agentBusy, present::keepReady));
        return true;
    }

    /** A takeover may begin at any moment, and what is written for later would be in its way. */
    private boolean suspicious() {
        return detectedAt != null && settings.ticker().nanos() - detectedAtNanos < SETTLED.toNanos();
    }

    private void coordinate(ClusterView view, Versioned record) {
        Optional<Term> term = settings.store().leadership();
        // Only whoever coordinates has anything to decide.
        Decision policy = view.leading() ? settings.policy().decide(view) : NOT_ASKED;
        CoordinatorDecision decision = CoordinatorPolicy.decide(view, policy);
        about = decision.reason();
        boolean dead = decision.move() == Move.NOMINATE || decision.move() == Move.HOLD;
        // The end of a pause says nothing of the primary: one that was found dead in it has been so since then.
        if (!dead && decision.move() != Move.RESUME) {
            detectedAt = null;
            events.over(CLUSTER);
        } else if (dead && detectedAt == null) {
            detectedAt = settings.clock().instant();
            detectedAtNanos = settings.ticker().nanos();
        }
        if (term.isEmpty()) {
            tellTimeLine();
            return;
        }
        if (decision.move() == Move.HOLD) {
            events.changed(HaEvent.Kind.ALARM, CLUSTER, decision.reason());
        }
        if (decision.move() == Move.REST || decision.move() == Move.HOLD) {
            if (obeys(view, record.state())) {
                reconcile(view, record);
            }
            return;
        }
        if (decision.move() == Move.PREPARE) {
            // It is the primary's agent that acts. An act of nothing would end at once and wake the loop, for another
            // one,
            // thousands of times a second for as long as the preparation takes.
            if (coordinator.hasToAsk(record.state())) {
                coordinating(record, () -> coordinator.prepare(record, term.get()));
            }
            return;
        }
        Instant seen = detectedAt == null ? settings.clock().instant() : detectedAt;
        Duration since =
                Duration.ofNanos(detectedAt == null ? 0 : settings.ticker().nanos() - detectedAtNanos);
        coordinating(record, () -> coordinator.carryOut(decision, record, term.get(), seen, since));
    }

    private void coordinating(Versioned record, Runnable act) {
        coordinatorBusy.set(true);
        grip.begins();
        coordinatorThread.execute(() -> busy(coordinatorBusy, () -> {
            try {
                rememberAsCoordinator(record.state());
                act.run();
            } finally {
                grip.ends();
            }
        }));
    }

    /**
     * A witness has no agent that remembers, and nominations in a store that was rolled back would raise its epoch until the nodes obey it
     * again. Not while a nominee works: its own memory needs the disk first.
     */
    private void rememberAsCoordinator(ClusterState state) {
        if (!state.active()) {
            return;
        }
        try {
            memory.remember(state);
        } catch (UncheckedIOException e) {
            grip.fails();
            throw e;
        }
    }

    /** A nominee that has coordinated its own takeover leaves that to another soon after; what it has brought to its end it still tells. */
    private void tellTimeLine() {
        long now = settings.ticker().nanos();
        if (coordinator.hasToTell() && now - reconciledAtNanos >= RECONCILE.toNanos()) {
            reconciledAtNanos = now;
            coordinatorBusy.set(true);
            coordinatorThread.execute(() -> busy(coordinatorBusy, coordinator::tellTimeLine));
        }
    }

    private void reconcile(ClusterView view, Versioned record) {
        long now = settings.ticker().nanos();
        boolean attended = attendance.attended(view.nodes(), record.state(), now);
        attendance
                .missed(now)
                .ifPresentOrElse(
                        missed -> events.changed(HaEvent.Kind.ALARM, ATTENDANCE, missed),
                        () -> events.over(ATTENDANCE));
        Duration beat = news ? RECONCILE_SOON : RECONCILE;
        // At once when the primary's agent comes or goes: a proxy's check of it fails by now.
        if (now - reconciledAtNanos < beat.toNanos() && attended == reconciledAttended) {
            return;
        }
        news = false;
        reconciledAttended = attended;
        reconciledAtNanos = now;
        coordinating(record, () -> coordinator.reconcile(record, attended));
    }

    private void busy(AtomicBoolean flag, Runnable act) {
        try {
            act.run();
        } catch (RuntimeException e) {
            events.changed(HaEvent.Kind.ALARM, "act", "an act failed, looking again: " + e);
            LOG.error("act", e);
        } finally {
            flag.set(false);
            wake();
        }
    }

    private void publish(ClusterView view, AgentDecision duty) {
        ClusterState state = view.state();
        long epoch = epoch(view);
        Agent present = agent;
        DataStatus data = settings.role() == NodeRole.DATA ? view.local() : null;
        NodeStatus status = new NodeStatus(
                settings.self(),
                settings.role(),
                settings.listen().getHostString() + ":" + httpPort(),
                false,
                data == null ? null : published(state, data),
                epoch,
                present == null ? "" : present.refusal(epoch),
                present == null ? about : duty.duty().name(),
                !mayCoordinate(),
                hold(view),
                settings.tags(),
                heardToTell(view));
        NodeStatus before = published;
        if (status.equals(before)) {
            return;
        }
        published = status;
        boolean urgent = before == null
                || !Objects.equals(condition(before), condition(status))
                || (switching(state) && !Objects.equals(lastLog(before), lastLog(status)))
                || (async(state) && mode(before) != mode(status))
                || !before.refusal().equals(status.refusal())
                || before.standsBack() != status.standsBack()
                || !before.hold().wanted().equals(status.hold().wanted())
                || !before.hold().drained().equals(status.hold().drained());
        settings.store().publish(status, urgent);
    }

    /** The highest that is known here: by what this node has obeyed others tell a record that was rolled back while they were away. */
    private static long epoch(ClusterView view) {
        ClusterState state = view.state();
        NodeMemory remembered = view.memory();
        long read = state == null ? 0 : state.epoch();
        if (remembered == null || (state != null && !state.clusterId().equals(remembered.clusterId()))) {
            return read;
        }
        return Math.max(read, remembered.epoch());
    }

    private NodeTags tags(NodeName node) {
        return NodeTags.of(settings.store().nodes(), node);
    }

    /** What the stop of a switchover waits for. */
    private Hold hold(ClusterView view) {
        Hold here = followers.hold();
        ClusterState state = view.state();
        Journal journal = state == null ? null : state.transition();
        String id = journal == null || view.holdWantedFor() == null ? "" : journal.transitionId();
        return new Hold(here.pools(), id, here.drained(), here.waitsFor());
    }

    /**
     * Positions change all the time; they matter to others only while a nominee is to be judged or replaced, and where no commit waits for a
     * standby, so that they alone tell what a takeover loses. Those of a standby without a stream stand still, and a person may have to choose
     * by them.
     */
    private static DataStatus published(@Nullable ClusterState state, DataStatus data) {
        boolean wanted = state != null && (!state.active() || switching(state) || async(state));
        return wanted || cutOff(data) ? data.coarseWithPositions() : data.coarse();
    }

    private static boolean cutOff(DataStatus data) {
        return data.runsAs(ServerMode.STANDBY)
                && (data.receiver() == null || !data.receiver().streaming());
    }

    private static boolean async(@Nullable ClusterState state) {
        return state != null && state.durability() == Durability.ASYNC;
    }

    /** What this node knows of the primary's log, once that does not tell it itself any more. */
    private static @Nullable HeardLog heardToTell(ClusterView view) {
        ClusterState state = view.state();
        HeardLog heard = view.primaryLog();
        if (state == null || heard == null || !async(state)) {
            return null;
        }
        boolean says = view.status(state.primary().node())
                .filter(status -> !status.leaving())
                .map(NodeStatus::data)
                .filter(data -> data.condition() == ServerCondition.RUNNING)
                .isPresent();
        return says ? null : heard.toTell();
    }

    /** What makes a server a candidate where nobody is certified. */
    private static ServerMode mode(NodeStatus status) {
        return status.data() == null ? ServerMode.NONE : status.data().mode();
    }

    /** A switchover is asked for and its target not nominated yet. */
    private static boolean switching(@Nullable ClusterState state) {
        return state != null && state.switchingTo().isPresent();
    }

    private record LastLog(boolean streaming, long shutdownPosition) {}

    /** What the nomination of a switchover waits for. */
    private static @Nullable LastLog lastLog(NodeStatus status) {
        DataStatus data = status.data();
        return data == null
                ? null
                : new LastLog(data.receiver() != null && data.receiver().streaming(), data.shutdownPosition());
    }

    private static @Nullable Object condition(NodeStatus status) {
        DataStatus data = status.data();
        return data == null ? null : data.condition();
    }

    /** A record that was rolled back, re-created or lost changes nothing here: the server goes on as the last one obeyed wants it. */
    private void obey(ClusterView view) {
        ClusterState state = view.state();
        if (state != null && obeys(view, state)) {
            obeyed = state;
            followers.follow(state, SwitchoverPolicy.holding(view).orElse(""));
        }
    }

    private static boolean obeys(ClusterView view, ClusterState state) {
        return Protocol.disobeys(state, view.memory()).isEmpty()
                && Protocol.outdated(state, view.nodes().values()).isEmpty();
    }

    /** An agent that is back is active by the record; a server that died is open no more, whatever epoch it is. */
    private void noteProgress(ClusterView view) {
        ClusterState state = obeyed;
        boolean primary =
                state != null && view.copy().filter(state.primary()::equals).isPresent();
        long activeIn = state != null && primary && state.active() ? state.epoch() : 0;
        boolean idle = !agentBusy.get();
        if (activeIn != 0 || idle) {
            active.set(activeIn);
        }
        if (opened.get() != 0 && (openNoMore(view.local()) || !primary) && idle) {
            opened.set(0L);
        }
    }

    /**
     * A server that only did not answer for a while goes on with the names that it had. Were it to be opened again, it would need the
     * store's leave, and a store that is away just then would keep a healthy primary with a healthy standby closed until it is back.
     */
    private static boolean openNoMore(DataStatus local) {
        return switch (local.condition()) {
            case DOWN, STARTING -> true;
            case RUNNING -> local.mode() != ServerMode.PRIMARY;
            case HUNG, UNKNOWN -> false;
        };
    }

    /** Whoever does not understand the record would hold the term and do nothing with it. */
    private boolean mayCoordinate() {
        return grip.holds() && settings.store().notUnderstood().isEmpty();
    }

    private void campaign(ClusterView view) {
        boolean able = mayCoordinate();
        boolean stands = able && Candidacy.stands(view);
        if (stands || !able || Candidacy.mayLeave(view)) {
            settings.store().campaign(stands);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        operations.close();
        // First, so that nothing new is begun.
        loop.end(CLOSE);
        emergencies.ifPresent(Emergencies::close);
        agentThread.close(CLOSE);
        coordinatorThread.close(CLOSE);
        coordinator.close();
        followers.close();
        wordOfMouth.rest();
        historian.flush();
        sayGoodbye();
        settings.store().close();
        settings.strategies().forEach(FailoverStrategy::close);
        Switchboard.Extension present = surface;
        if (present != null) {
            present.close();
        }
        events.close();
    }

    /**
     * Whoever coordinates shall not take the end of this agent for its loss: its server goes on, with the names that it has. The last thing
     * that is published, since nothing is done here any more that could make it untrue.
     */
    private void sayGoodbye() {
        NodeStatus last = published;
        if (last != null && settings.role() == NodeRole.DATA) {
            settings.store().publish(last.goodbye(), true);
        }
    }

    /** What those who watch this node may know. */
    private final class Known implements Operations.Node {
        @Override
        public @Nullable ClusterView view() {
            return latest;
        }

        @Override
        public @Nullable ClusterState obeyed() {
            return obeyed;
        }

        @Override
        public boolean servesAsPrimary() {
            return answers.servesAsPrimary();
        }

        @Override
        public DataStatus local() {
            return ownServer();
        }

        @Override
        public int heldTimeline() {
            return syncControl().map(SyncControl::heldTimeline).orElse(0);
        }

        @Override
        public List<String> troubles() {
            return events.troubles(DUTY);
        }
    }

    /** What the HTTP surface answers; on its threads, from what the loop last saw. */
    private final class Answers implements Switchboard.Answers {
        @Override
        public boolean servesAsPrimary() {
            ClusterView view = latest;
            ClusterState state = obeyed;
            if (view == null || state == null) {
                return false;
            }
            DataStatus now = ownServer();
            boolean ours = view.copy().filter(state.primary()::equals).isPresent();
            return ours
                    && state.active()
                    && opened.get() == state.epoch()
                    && now.runsAs(ServerMode.PRIMARY)
                    && !readsMayBeOld(view, state, now);
        }

        /**
         * A deposed primary cannot acknowledge anything, but it could serve old rows: one that reaches neither the store nor a
         * certified standby closes, unless by its last record nobody may take over without a person.
         */
        private boolean readsMayBeOld(ClusterView view, ClusterState state, DataStatus now) {
            boolean nobodyCanTakeOver = state.inSync().isEmpty() && state.durability() != Durability.STRICT;
            boolean storeAway = storeNews.away().compareTo(view.limits().suspicionTime()) > 0;
            boolean standbyThere =
                    now.attached().stream().anyMatch(standby -> state.inSync().contains(standby.copy()));
            return storeAway && !standbyThere && !nobodyCanTakeOver;
        }

        @Override
        public CompletionStage<Boolean> active(long epoch, Duration limit) {
            return reached(active, epoch, limit);
        }

        @Override
        public CompletionStage<Boolean> opened(long epoch, Duration limit) {
            return reached(opened, epoch, limit);
        }

        private static CompletionStage<Boolean> reached(Watched<Long> progress, long epoch, Duration limit) {
            Predicate<Long> reached = now -> now != 0 && now >= epoch;
            return progress.await(reached, limit).thenApply(reached::test);
        }

        @Override
        public CompletionStage<String> otherWord(String seen, Duration limit) {
            return word.await(now -> !now.toString().equals(seen), limit).thenApply(ServerWord::toString);
        }

        @Override
        public List<Sighting> seen() {
            ClusterView view = latest;
            return view == null || view.state() == null
                    ? List.of()
                    : lookout.own(view.state().primary().node());
        }

        @Override
        public String sightings() {
            return SightingLine.write(seen());
        }

        @Override
        public String status() {
            ClusterView view = latest;
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("node", settings.self().value());
            answer.put("role", settings.role().name());
            answer.put("store", settings.store().health().name());
            answer.put("coordinating", settings.store().leadership().isPresent());
            answer.put("servesAsPrimary", servesAsPrimary());
            answer.put("doing", doing);
            answer.put("cluster", about);
            answer.put("troubles", events.troubles(DUTY));
            emergencies.flatMap(Emergencies::summary).ifPresent(summary -> answer.put("emergency", summary));
            if (view != null && view.state() != null) {
                ClusterState state = view.state();
                answer.put("epoch", state.epoch());
                answer.put("primary", state.primary().toString());
                answer.put("active", state.active());
                answer.put(
                        "inSync", state.inSync().stream().map(Object::toString).toList());
                answer.put("durability", state.durability().name());
                answer.put("paused", state.paused());
            }
            if (view != null
                    && (view.state() != null || settings.store().notUnderstood().isPresent())) {
                ClusterState state = view.state();
                answer.put(
                        "obeysRecord",
                        state != null && Protocol.disobeys(state, view.memory()).isEmpty());
            }
            return GSON.toJson(answer);
        }
    }
}
