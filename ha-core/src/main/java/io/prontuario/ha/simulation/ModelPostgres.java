package io.prontuario.ha.simulation;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One agent's hands on its {@link ModelServer}, in the orders of ha-postgres: {@code Certification}, {@code Promotion}, {@code Rejoin},
 * {@code LocalObserver}, {@code RemoteProbe}. A witness has one without a server.
 */
final class ModelPostgres implements FailoverStrategy, SyncControl {
    static final String SYSTEM = "7300000000000000001";
    private static final long MILLI = 1_000_000;
    private static final long BEAT = 100 * MILLI;
    private static final long ATTENTIVE = 8 * MILLI;
    private static final long PULSE = 400 * MILLI;
    private static final long PROBE = 200 * MILLI;
    private static final long PROBE_FAILS = 400 * MILLI;
    /** Younger than what anything is decided by. */
    private static final long FRESH = 400 * MILLI;

    private static final long HUNG_AFTER = 1500 * MILLI;
    private static final long FORGOTTEN = 5000 * MILLI;
    private static final long NEVER = Duration.ofDays(1).toNanos();

    /** The guards that a test may leave out, to show that what they prevent then happens. */
    enum Guard {
        SEE_COMMITS_WAIT,
        TOKEN_READ_ON_STANDBY,
        SECOND_TOKEN,
        SAME_HISTORY,
        ONE_WALSENDER,
        WITHIN_OWN_LOG
    }

    private final VirtualTime time;
    private final Network network;
    private final Chance chance;
    private final Life process;
    private final NodeName self;
    private final @Nullable ModelServer server;
    private final Map<NodeName, ModelServer> servers;
    private final Set<Guard> guards;
    private final Map<NodeName, Probe> probes = new TreeMap<>();
    private Runnable wake = () -> {};
    private DataStatus latest = DataStatus.UNKNOWN;
    private long answeredAt;
    private long pausedSince;
    private @Nullable Life provenLife;
    private long provenPid;
    private String provenNames = "";

    /** What the last probe of a server came to. */
    private record Probe(Answer answer, long reachedAt) {}

    ModelPostgres(
            VirtualTime time,
            Network network,
            Chance chance,
            Life process,
            NodeName self,
            Map<NodeName, ModelServer> servers,
            Set<Guard> guards) {
        this.time = time;
        this.network = network;
        this.chance = chance;
        this.process = process;
        this.self = self;
        this.servers = servers;
        this.server = servers.get(self);
        this.guards = guards;
    }

    static Set<Guard> allGuards() {
        return EnumSet.allOf(Guard.class);
    }

    @Override
    public String name() {
        return "postgres";
    }

    @Override
    public Layer layer() {
        return Layer.DATA;
    }

    @Override
    public Placement placement() {
        return Placement.NODE;
    }

    @Override
    public void start(StrategyContext context) {
        wake = context.wake();
        answeredAt = time.now();
        if (server != null) {
            look();
            pulse();
        }
        probe();
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return Outcome.alreadySo("");
    }

    @Override
    public Outcome enable(StepRequest request) {
        return Outcome.alreadySo("");
    }

    @Override
    public Optional<SyncControl> syncControl() {
        return server == null ? Optional.empty() : Optional.of(this);
    }

    private ModelServer own() {
        if (server == null) {
            throw new IllegalStateException(self + " has no server");
        }
        return server;
    }

    // ---- observing

    private void look() {
        time.after(process, BEAT, this::look);
        refresh();
        forgottenPause();
    }

    /** The server's death breaks the connection that does nothing but wait for it. */
    void serverDied() {
        time.after(process, chance.between(MILLI / 5, 3 * MILLI), this::refresh);
    }

    private void refresh() {
        DataStatus before = latest;
        latest = observed();
        if (latest.condition() != before.condition()
                || latest.mode() != before.mode()
                || latest.shutdownPosition() != before.shutdownPosition()) {
            wake.run();
        }
    }

    private DataStatus observed() {
        ModelServer here = own();
        if (here.hung()) {
            boolean longEnough = time.now() - answeredAt > HUNG_AFTER;
            return longEnough ? latest.withCondition(ServerCondition.HUNG, 0) : latest;
        }
        answeredAt = time.now();
        ServerCondition condition = switch (here.condition()) {
            case DOWN -> ServerCondition.DOWN;
            case STARTING, STOPPING -> ServerCondition.STARTING;
            case RUNNING -> ServerCondition.RUNNING;
        };
        boolean standby = here.running() ? here.inRecovery() : here.standbySignal();
        ServerMode mode = here.copy() == null && here.down()
                ? ServerMode.NONE
                : standby ? ServerMode.STANDBY : ServerMode.PRIMARY;
        List<AttachedStandby> attached = new ArrayList<>();
        for (ModelServer.Walsender sender : here.senders()) {
            attached.add(new AttachedStandby(sender.name(), sender.pid(), sender.streaming(), sender.flush()));
        }
        int waiting = (int) here.waiting();
        return new DataStatus(
                here.copy(),
                here.copy() == null ? "" : SYSTEM,
                condition,
                mode,
                here.wal().timeline(),
                here.flushed(),
                here.replayed(),
                here.shutDownCleanly() ? here.wal().end() - 1L : 0,
                receiver(here),
                attached,
                here.namesInFile(),
                here.namesLoaded(),
                waiting == 0 ? SyncWait.NONE : new SyncWait(waiting, Duration.ofNanos(here.longestWait())),
                "");
    }

    private static @Nullable Receiver receiver(ModelServer here) {
        NodeName upstream = here.upstream();
        return here.receives() && upstream != null
                ? new Receiver(
                        upstream.value(),
                        true,
                        Duration.ofNanos(here.heardAgo()),
                        here.wal().end(),
                        upstream)
                : null;
    }

    @Override
    public DataStatus status() {
        ModelServer here = server;
        if (here == null) {
            return DataStatus.UNKNOWN;
        }
        Receiver receiver = latest.receiver();
        return receiver == null
                ? latest
                : latest.withReceiver(receiver.withLastMessageAge(Duration.ofNanos(here.heardAgo())));
    }

    /** Whether the server here is as it should be, by this record, and nothing is about to be noticed about it. */
    boolean settled(ClusterState state) {
        ModelServer here = server;
        if (here == null) {
            return true;
        }
        Copy copy = here.copy();
        if (copy == null || here.hung() || latest.condition() != ServerCondition.RUNNING || here.waiting() > 0) {
            return false;
        }
        boolean async = state.durability() == Durability.ASYNC;
        if (!state.primary().equals(copy)) {
            return here.inRecovery()
                    && (async || state.inSync().contains(copy))
                    && latest.receiver() != null
                    && here.receives()
                    && here.heardAgo() < FRESH;
        }
        return here.runsAsPrimary()
                && latest.syncWait().waiting() == 0
                && (async
                        || (here.senders().size() == state.inSync().size()
                                && latest.attached().size() == state.inSync().size()))
                && latest.namesInFile().equals(latest.namesInEffect());
    }

    /** Whether every server that is looked at from here was reached a moment ago. */
    boolean reachesAll() {
        for (Probe probe : probes.values()) {
            if (probe.answer() != Answer.REACHED || time.now() - probe.reachedAt() >= FRESH) {
                return false;
            }
        }
        return true;
    }

    /** A small write now and then, so that standbys hear something. */
    private void pulse() {
        time.after(process, PULSE, this::pulse);
        if (own().runsAsPrimary() && !own().hung()) {
            var unused = own().commit("pulse", true, any -> {});
        }
    }

    private void probe() {
        time.after(process, PROBE, this::probe);
        for (ModelServer other : servers.values()) {
            if (other.node().equals(self)) {
                continue;
            }
            if (reached(other)) {
                probes.put(other.node(), new Probe(Answer.REACHED, time.now()));
            } else if (other.hung() || !network.bothWays(self.value(), other.host())) {
                time.after(process, PROBE_FAILS, () -> unreached(other.node()));
            } else {
                unreached(other.node());
            }
        }
    }

    private void unreached(NodeName node) {
        Probe before = probes.get(node);
        probes.put(node, new Probe(Answer.UNREACHED, before == null ? time.now() - NEVER : before.reachedAt()));
    }

    private boolean reached(ModelServer other) {
        return other.running() && !other.hung() && network.bothWays(self.value(), other.host());
    }

    @Override
    public List<Sighting> sightings(NodeName target) {
        if (target.equals(self)) {
            return List.of();
        }
        List<Sighting> all = new ArrayList<>();
        Probe probe = probes.get(target);
        if (probe != null) {
            all.add(new Sighting(
                    self, target, "probe", probe.answer(), Duration.ofNanos(time.now() - probe.reachedAt())));
        }
        Receiver receiver = status().receiver();
        if (receiver != null && receiver.upstream().equals(target.value())) {
            all.add(new Sighting(self, target, "receiver", Answer.REACHED, receiver.lastMessageAge()));
        }
        return all;
    }

    @Override
    public void keepReady(Duration limit) {
        time.sleep(MILLI);
    }

    /** A certifier pauses replay for a moment; one that was killed in it leaves it paused. */
    private void forgottenPause() {
        if (!own().replayPaused()) {
            pausedSince = time.now();
        } else if (time.now() - pausedSince > FORGOTTEN) {
            own().pauseReplay(false);
        }
    }

    // ---- acting

    /** Waits for something to come about, a little longer each time it looks. */
    private boolean until(BooleanSupplier so, long deadline) {
        long pause = MILLI / 5;
        while (!so.getAsBoolean()) {
            if (time.now() >= deadline) {
                return false;
            }
            time.sleep(Math.min(pause, Math.max(1, deadline - time.now())));
            pause = Math.min(pause * 2, 10 * MILLI);
        }
        return true;
    }

    private long in(Duration limit) {
        return time.now() + limit.toNanos();
    }

    private Outcome done(String what) {
        refresh();
        return Outcome.done(what);
    }

    @Override
    public Outcome initialise(Copy copy, Duration limit) {
        return Outcome.refused("a made-up cluster begins with its data");
    }

    @Override
    public Outcome start(StartMode mode, ClusterState state, Duration limit) {
        ModelServer here = own();
        if (!here.down()) {
            return Outcome.alreadySo("it runs already");
        }
        if (here.copy() == null) {
            return Outcome.refused("there is no usable data");
        }
        switch (mode) {
            case PRIMARY_BEHIND_GATE -> {
                Optional<Copy> ahead = state.inSync().stream()
                        .filter(copy -> isAhead(copy.node()))
                        .findFirst();
                if (ahead.isPresent()) {
                    return Outcome.refused(ahead.get() + " is certified and has replayed more than there is here");
                }
                here.writeNames(ServerNames.gate());
                here.removeStandbySignal();
            }
            case STANDBY -> {
                return follow(state, () -> Outcome.refused("it cannot just follow"));
            }
            case AS_IT_WAS -> {}
        }
        return startServer(limit);
    }

    private boolean isAhead(NodeName node) {
        ModelServer other = servers.get(node);
        return other != null
                && reached(other)
                && other.inRecovery()
                && other.replayed() > own().wal().end();
    }

    private Outcome startServer(Duration limit) {
        ModelServer here = own();
        here.start();
        refresh();
        until(() -> here.running() || here.down(), in(limit));
        return here.running()
                ? done("started")
                : Outcome.unknown("it has not started within " + limit.toMillis() + " ms");
    }

    @Override
    public Outcome stop(boolean deposed, Duration limit) {
        ModelServer here = own();
        if (here.down()) {
            return Outcome.alreadySo("it does not run");
        }
        if (!until(() -> !here.hung(), in(limit))) {
            return Outcome.unknown("it has not stopped within " + limit.toMillis() + " ms");
        }
        time.sleep(chance.between(20 * MILLI, 200 * MILLI));
        here.stopCleanly();
        return done("stopped");
    }

    @Override
    public Outcome prepareStop(ClusterState state, Duration limit) {
        time.sleep(chance.between(5 * MILLI, 300 * MILLI));
        return own().runsAsPrimary() ? Outcome.done("") : Outcome.refused("it does not run as a primary");
    }

    @Override
    public Outcome stopCleanly(ClusterState state, Duration limit) {
        ModelServer here = own();
        time.sleep(chance.between(10 * MILLI, 200 * MILLI));
        if (here.down()) {
            return done("it is down");
        }
        boolean inTime = until(() -> !here.heldUp(), in(limit));
        if (here.hung()) {
            return Outcome.unknown("it does not stop");
        }
        here.stopCleanly();
        refresh();
        return inTime ? Outcome.done("stopped") : Outcome.unknown("a walsender held the stop up");
    }

    @Override
    public void attend(Duration limit) {
        long deadline = in(limit);
        time.sleep(MILLI / 2);
        refresh();
        while (time.now() < deadline && latest.receiver() != null) {
            time.sleep(ATTENTIVE);
            refresh();
        }
    }

    @Override
    public Outcome promote(ClusterState state, Duration limit) {
        ModelServer here = own();
        long deadline = in(limit);
        if (!state.primary().equals(here.copy())) {
            return Outcome.refused("the record nominates " + state.primary() + ", the data here is " + here.copy());
        }
        if (here.down()) {
            if (!here.standbySignal()) {
                here.writeNames(ServerNames.gate());
            }
            startServer(limit);
        }
        if (!until(() -> here.running() && !here.hung(), deadline)) {
            refresh();
            return Outcome.unknown("the server does not answer");
        }
        String gate = ServerNames.gate().setting();
        if (!gate.equals(here.namesInFile()) || !gate.equals(here.namesLoaded())) {
            set(ServerNames.gate(), deadline);
            // The checkpointer answers a checkpoint after it has loaded the names.
            if (here.inRecovery() && !until(here::commitsWait, deadline)) {
                return Outcome.unknown("the checkpointer does not answer");
            }
        }
        if (here.inRecovery()) {
            for (int id = here.wal().timeline() + 1; id < state.timeline(); id++) {
                here.reserve(id);
            }
            here.pauseReplay(false);
            here.promote();
            if (!until(() -> !here.running() || !here.inRecovery(), deadline)) {
                return Outcome.unknown("still in recovery " + limit.toMillis() + " ms after pg_promote");
            }
        }
        if (!acknowledged("epoch " + state.epoch(), true, deadline)) {
            refresh();
            return Outcome.unknown("a local write was not answered");
        }
        return done("timeline " + here.wal().timeline());
    }

    private boolean acknowledged(String what, boolean local, long deadline) {
        boolean[] answered = {false, false};
        Wal.Entry entry = own().commit(what, local, well -> {
            answered[0] = true;
            answered[1] = well;
        });
        boolean inTime = until(() -> answered[0], deadline);
        if (!inTime && entry != null) {
            own().cancel(entry);
        }
        return answered[1];
    }

    /** Through the one session that holds the lock: what a former one has sent ends first. */
    private boolean set(ServerNames names, long deadline) {
        ModelServer here = own();
        boolean[] over = {false};
        boolean begun = until(() -> here.running() && here.alterNames(names, () -> over[0] = true), deadline);
        if (names.copies().isEmpty() && !names.gated()) {
            provenLife = null;
        }
        return begun && until(() -> over[0], deadline);
    }

    @Override
    public Outcome open(ClusterState state, ServerNames names, Duration limit) {
        long deadline = in(limit);
        if (!own().runsAsPrimary() || !set(names, deadline)) {
            return Outcome.unknown("names could not be changed");
        }
        if (names.gated()) {
            refresh();
            return Outcome.retry("names hold the gate", Duration.ofMillis(200));
        }
        boolean well = acknowledged("opened in epoch " + state.epoch(), false, deadline);
        refresh();
        return well ? Outcome.done("") : Outcome.unknown("a commit was not acknowledged");
    }

    @Override
    public Outcome setNames(ServerNames names, Duration limit) {
        boolean set = own().running() && set(names, in(limit));
        refresh();
        return set ? Outcome.done("") : Outcome.unknown("names could not be changed");
    }

    @Override
    public Outcome prove(ClusterState state, Copy standby, ServerNames names, Duration limit) {
        Optional<String> lacking = proof(standby, names, in(limit));
        refresh();
        return lacking.map(why -> Outcome.retry(why, Duration.ofMillis(300))).orElseGet(() -> Outcome.done("proven"));
    }

    /** What is missing; empty when it is proven. */
    private Optional<String> proof(Copy standby, ServerNames names, long deadline) {
        ModelServer here = own();
        ModelServer there = servers.get(standby.node());
        provenPid = 0;
        if (there == null || !reached(there)) {
            return Optional.of(standby + " is not reached");
        }
        time.sleep(chance.between(MILLI, 4 * MILLI));
        if (!there.inRecovery() || there.replayPaused()) {
            return Optional.of(standby + " is not in recovery, or its replay is paused");
        }
        Optional<ModelServer.Walsender> before = theOnly(standby);
        if (before.isEmpty()) {
            return Optional.of("not one stream of " + standby);
        }
        if (!set(names, deadline)) {
            return Optional.of("names could not be changed");
        }
        Wal.Entry canary = null;
        if (guards.contains(Guard.SEE_COMMITS_WAIT)) {
            if (provenLife != here.life()) {
                canary = caught(deadline);
                if (canary == null) {
                    return Optional.of("no commit was seen waiting");
                }
                provenLife = here.life();
            }
            if (!until(() -> allLoaded(names), deadline)) {
                return Optional.of("not every walsender has loaded the names");
            }
        }
        if (guards.contains(Guard.TOKEN_READ_ON_STANDBY)) {
            Wal.Entry token = guards.contains(Guard.SECOND_TOKEN) || canary == null ? token() : canary;
            if (token == null || !until(() -> reads(there, token), deadline)) {
                return Optional.of("the token did not arrive on " + standby);
            }
            until(() -> !here.waits(token), Math.min(deadline, time.now() + 200 * MILLI));
            here.cancel(token);
        }
        boolean same = there.inRecovery()
                && there.receives()
                && standby.equals(there.copy())
                && there.wal().timeline() == here.wal().timeline()
                && there.wal().switches().equals(here.wal().switches());
        if (guards.contains(Guard.SAME_HISTORY) && !same) {
            return Optional.of("the histories differ");
        }
        Optional<ModelServer.Walsender> after = theOnly(standby);
        if (after.isEmpty() || after.get().pid() != before.get().pid()) {
            return Optional.of(standby + " reconnected during the proof");
        }
        provenPid = after.get().pid();
        provenNames = names.setting();
        return namesStand() ? Optional.empty() : Optional.of("somebody else changes the names");
    }

    private boolean reads(ModelServer there, Wal.Entry token) {
        return reached(there)
                && there.replayed() > token.position()
                && there.wal().holds(token);
    }

    private Wal.@Nullable Entry token() {
        return own().commit("token", false, any -> {});
    }

    /** A commit that waits; commits one after the other until it has seen one. */
    private Wal.@Nullable Entry caught(long deadline) {
        ModelServer here = own();
        while (time.now() < deadline && here.runsAsPrimary()) {
            boolean[] answered = {false};
            Wal.Entry canary = here.commit("canary", false, any -> answered[0] = true);
            while (canary != null && !answered[0] && time.now() < deadline) {
                if (here.waits(canary)) {
                    here.cancel(canary);
                    return canary;
                }
                time.sleep(MILLI / 5);
            }
        }
        return null;
    }

    private boolean allLoaded(ServerNames names) {
        List<String> order = names.copies().stream().map(Copy::applicationName).toList();
        int first = names.gated() ? 2 : 1;
        return own().senders().stream().allMatch(sender -> {
            int place = order.indexOf(sender.name().applicationName());
            return sender.priority() == (place < 0 ? 0 : place + first);
        });
    }

    private Optional<ModelServer.Walsender> theOnly(Copy standby) {
        List<ModelServer.Walsender> all = own().senders().stream()
                .filter(sender -> sender.name().equals(standby))
                .toList();
        boolean well = guards.contains(Guard.ONE_WALSENDER)
                ? all.size() == 1 && all.get(0).streaming()
                : !all.isEmpty();
        // Named, one that reports more would raise the position up to which commits wait for nobody.
        boolean within = !guards.contains(Guard.WITHIN_OWN_LOG)
                || all.stream().allMatch(sender -> sender.flush() <= own().wal().end());
        return well && within ? Optional.of(all.get(0)) : Optional.empty();
    }

    private boolean namesStand() {
        return own().running()
                && own().namesInFile().equals(provenNames)
                && own().namesLoaded().equals(provenNames);
    }

    @Override
    public Outcome stillProven(Copy standby, Duration limit) {
        time.sleep(MILLI / 2);
        return theOnly(standby).filter(sender -> sender.pid() == provenPid).isPresent() && namesStand()
                ? Outcome.done("")
                : Outcome.retry(
                        standby + " reconnected after the proof, or names have changed", Duration.ofMillis(300));
    }

    @Override
    public Outcome disciplineNames(ClusterState state, Duration limit) {
        List<ModelServer.Walsender> all = own().senders();
        for (ModelServer.Walsender one : all) {
            boolean newer = all.stream().anyMatch(other -> other.name().equals(one.name()) && other.pid() > one.pid());
            if (newer) {
                own().terminate(one);
            }
        }
        return Outcome.alreadySo("");
    }

    // ---- becoming a standby

    @Override
    public Outcome rejoin(ClusterState state, Supplier<Outcome> consent, Duration limit) {
        return follow(state, consent);
    }

    private enum Way {
        FOLLOW,
        REWIND,
        REBUILD
    }

    private Outcome follow(ClusterState state, Supplier<Outcome> consent) {
        ModelServer here = own();
        ModelServer source = servers.get(state.primary().node());
        if (source == null || !reached(source)) {
            // A host that is gone answers nothing, not even that nobody listens there.
            time.sleep(chance.percent(50) ? 0 : chance.between(MILLI, 3000 * MILLI));
            return Outcome.retry("the primary cannot be asked", Duration.ofMillis(500));
        }
        time.sleep(chance.between(MILLI, 5 * MILLI));
        if (!source.runsAsPrimary()) {
            return Outcome.retry("it is not the primary yet", Duration.ofMillis(500));
        }
        if (!here.down()) {
            time.sleep(chance.between(20 * MILLI, 200 * MILLI));
            if (here.hung()) {
                here.crash();
            } else {
                here.stopCleanly();
            }
        }
        Way way = here.copy() == null ? Way.REBUILD : plan(here, source.wal());
        Outcome given = way == Way.FOLLOW ? Outcome.done("") : consent.get();
        if (!given.holds()) {
            return given;
        }
        boolean well = switch (way) {
            case FOLLOW -> {
                here.follow(java.util.Objects.requireNonNull(here.copy()), source.node());
                yield true;
            }
            case REWIND -> {
                here.forgetCopy();
                time.sleep(chance.between(200 * MILLI, 1500 * MILLI));
                boolean rewound = chance.percent(90) && rewind(here, source);
                yield rewound || rebuild(here, source);
            }
            case REBUILD -> {
                here.forgetCopy();
                yield rebuild(here, source);
            }
        };
        if (!well) {
            refresh();
            return Outcome.retry("the primary went away", Duration.ofSeconds(1));
        }
        return startServer(Duration.ofSeconds(60));
    }

    /** {@code RejoinPlan} of ha-postgres. */
    private static Way plan(ModelServer here, Wal source) {
        Wal own = here.wal();
        if (own.timeline() > source.timeline()) {
            return Way.REBUILD;
        }
        boolean standby = here.standbySignal();
        if (own.timeline() == source.timeline()) {
            return own.switches().equals(source.switches()) && standby ? Way.FOLLOW : Way.REBUILD;
        }
        int fork = source.endOf(own.timeline());
        List<Wal.Switch> ancestors = source.switches().stream()
                .takeWhile(one -> one.timeline() != own.timeline())
                .toList();
        boolean crashedPrimary = !standby && !here.shutDownCleanly();
        return fork < 0 || !own.switches().equals(ancestors) || crashedPrimary || own.end() > fork
                ? Way.REWIND
                : Way.FOLLOW;
    }

    private boolean rewind(ModelServer here, ModelServer source) {
        if (!reached(source) || !source.runsAsPrimary()) {
            return false;
        }
        boolean nothingToSee = here.wal().timeline() == source.wal().timeline()
                && here.wal().switches().equals(source.wal().switches());
        if (!nothingToSee) {
            // Its files are read, with what they hold that is not on the disk yet: it is before the copy is used.
            here.copyFrom(source.wal().copy());
            Life life = source.life();
            int copied = here.wal().end();
            if (!until(() -> source.flushed() >= copied || life.dead(), time.now() + FORGOTTEN) || life.dead()) {
                return false;
            }
        }
        becomes(here, source);
        return true;
    }

    private boolean rebuild(ModelServer here, ModelServer source) {
        time.sleep(chance.between(1000 * MILLI, 4000 * MILLI));
        if (!reached(source) || !source.runsAsPrimary()) {
            return false;
        }
        // It gets the log from a walsender, which sends what is on the disk.
        Wal sent = source.wal().copy();
        sent.truncate(source.flushed());
        here.copyFrom(sent);
        becomes(here, source);
        return true;
    }

    private void becomes(ModelServer here, ModelServer source) {
        here.follow(new Copy(self, chance.hexId()), source.node());
    }
}
