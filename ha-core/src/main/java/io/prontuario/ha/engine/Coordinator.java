package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.CoordinatorDecision;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.FenceRequest;
import io.prontuario.ha.spi.Fencer;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Verb;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one move of the coordinator at a time, on the coordinator's own thread: writes nominations, brings the traffic to the new
 * primary, closes the journal. Every write carries the term.
 */
final class Coordinator implements AutoCloseable {
    private static final Duration WRITE = Duration.ofSeconds(2);
    /** Short: the server may be ready to stop before. */
    private static final Duration PREPARE = Duration.ofMillis(500);

    private static final Duration STEP = Duration.ofSeconds(2);
    private static final Duration AWAIT = Duration.ofMillis(500);
    private static final Duration BREATH = Duration.ofMillis(50);
    private static final Duration AGAIN = Duration.ofMillis(20);
    private static final Duration CLIENTS_FIRST = Duration.ofMillis(100);
    /** Shorter than what makes a coordinator give up its office ({@link Grip#LONGEST_ACT}), with the rest of a nomination. */
    private static final Duration FENCE = Duration.ofSeconds(5);

    private static final Duration FENCE_AGAIN = Duration.ofSeconds(1);
    private static final String FENCING = "fencing";

    private final EngineSettings settings;
    private final Peers peers;
    private final Historian historian;
    private final Events events;
    private final Chronicle chronicle;
    /** Those that work from the coordinator, in the order in which they are enabled. */
    private final List<Machine.Guard> strategies;

    private final @Nullable Fencer guardedFencer;
    /** The switchover about which those in front of the primary have been asked. */
    private volatile String asked = "";

    /** Owned by the coordinator's thread, as is what follows. */
    private long fenceAgainAtNanos;

    private @Nullable Versioned fencingOver;
    private String fencingId = "";

    Coordinator(EngineSettings settings, Peers peers, Historian historian, Events events) {
        this.settings = settings;
        this.peers = peers;
        this.historian = historian;
        this.events = events;
        this.fenceAgainAtNanos = settings.ticker().nanos();
        Fencer fencer = settings.fencer();
        this.guardedFencer = fencer == null ? null : settings.machine().guard(fencer);
        this.chronicle = new Chronicle(settings.self(), settings.store(), events);
        this.strategies = settings.strategies().stream()
                .filter(strategy -> strategy.placement() == Placement.COORDINATOR)
                // That is called by Emergencies alone.
                .filter(strategy -> strategy.environment().isEmpty())
                .sorted(Comparator.comparing(FailoverStrategy::layer).thenComparing(FailoverStrategy::order))
                .map(settings.machine()::guard)
                .toList();
    }

    void carryOut(
            CoordinatorDecision decision, Versioned record, Term term, Instant detectedAt, Duration sinceDetected) {
        switch (decision.move()) {
            case REST, HOLD, PREPARE -> {}
            case SWITCH_OVER -> switchOver(record, term);
            case UNDO -> undo(decision.reason(), record, term);
            case NOMINATE -> nominate(decision, record, term, detectedAt, sinceDetected);
            case RENOMINATE -> renominate(decision, record, term);
            case AWAIT -> bring(record.state());
            case CARRY_ON -> carryOn(record, term);
            case RESUME -> resume(decision, record, term);
        }
    }

    private void nominate(
            CoordinatorDecision decision, Versioned record, Term term, Instant detectedAt, Duration sinceDetected) {
        Copy heir = Objects.requireNonNull(decision.subject());
        Fencer fencer = record.state().durability() == Durability.ASYNC ? guardedFencer : null;
        boolean again = fencer != null && samePrimary(fencingOver, record);
        String transitionId = again ? fencingId : settings.machine().uniqueId();
        Change change = fencer == null
                ? Protocol.nominate(
                        record.state(), heir, transitionId, TransitionKind.FAILOVER, decision.reason(), historian.now())
                : Protocol.nominateFenced(record.state(), heir, transitionId, decision.reason(), historian.now());
        if (change.next().isEmpty()) {
            events.changed(HaEvent.Kind.ALARM, "nomination", change.refusal());
            return;
        }
        ClusterState nominated = change.next().get();
        if (fencer != null && !(fenced(fencer, decision.reason(), record, nominated, again) && staysStandby(heir))) {
            return;
        }
        // An id that may be in the store is not written a second time.
        fencingOver = null;
        Instant started = historian.now();
        long from = settings.ticker().nanos();
        WriteOutcome outcome = compareAndSet(record, nominated, term);
        if (outcome != WriteOutcome.DONE) {
            events.changed(
                    HaEvent.Kind.STEP,
                    "nomination",
                    "nomination of " + heir + ": " + outcome.name().toLowerCase(Locale.ROOT) + "; looking again");
            return;
        }
        events.over("nomination");
        Duration took = Duration.ofNanos(settings.ticker().nanos() - from);
        historian.note(
                transitionId, nominated.epoch(), "detected", "done", detectedAt, Duration.ZERO, decision.reason());
        historian.note(
                transitionId, nominated.epoch(), "decided", "done", detectedAt, sinceDetected, "nominate " + heir);
        historian.note(transitionId, nominated.epoch(), "nominated", "done", started, took, heir.toString());
        isolate(nominated, record.state().primary().node());
        bring(nominated);
    }

    /**
     * Whether the primary acknowledges nothing more. The nomination is written over the very record that is read here before: whatever an agent
     * has started again since has written it when it opened, and then the nomination does not land.
     *
     * @param again it was tried before: that it fails once more is said by the alarm alone
     */
    private boolean fenced(Fencer fencer, String reason, Versioned record, ClusterState nominated, boolean again) {
        long now = settings.ticker().nanos();
        if (now - fenceAgainAtNanos < 0) {
            settings.machine().pause(BREATH);
            return false;
        }
        // Who coordinates no more, or goes by an old record, would fence a primary that serves.
        if (settings.store().leadership().isEmpty() || !stillSo(record)) {
            return false;
        }
        ClusterState state = record.state();
        if (!again) {
            events.tell(HaEvent.Kind.STATE, "fencing " + state.primary() + ": " + reason);
            // All attempts at one primary are one transition: with one for each, a minute of them would be all that
            // the history holds.
            fencingOver = record;
            fencingId = nominated.transitionId();
        }
        Outcome outcome = historian.timedIf(
                nominated,
                "fenced",
                () -> fencer.fence(new FenceRequest(state.clusterId(), state.epoch(), state.primary(), reason, FENCE)),
                answer -> answer.holds() || !again);
        if (outcome.holds()) {
            events.over(FENCING);
            return true;
        }
        fenceAgainAtNanos = settings.ticker().nanos() + FENCE_AGAIN.toNanos();
        events.changed(
                HaEvent.Kind.ALARM,
                FENCING,
                state.primary() + " is not fenced, so nobody takes over: " + outcome.detail()
                        + ". It is tried again; a person may decide otherwise: ha failover --accept-loss");
        return false;
    }

    /**
     * It may have been promoted by hand while the fencer was at work, and replace its data by now. Its agent is asked itself, after the record
     * was read that is written over: an agent that is about to replace data says nothing of it any more, and then writes the record once
     * ({@code Agent.mayReplace}). So either it has said so, or the nomination comes first and its data stays, or the nomination does not
     * land. Who else could take over is looked for anew.
     */
    private boolean staysStandby(Copy heir) {
        NodeStatus status = settings.store().nodes().get(heir.node());
        DataStatus data = status == null ? null : status.data();
        boolean stays = status != null
                && data != null
                && heir.equals(data.copy())
                && data.runsAs(ServerMode.STANDBY)
                && !status.leaving()
                && peers.word(status.address())
                        .filter(word -> word.condition() == ServerCondition.RUNNING && heir.equals(word.copy()))
                        .isPresent();
        if (!stays) {
            events.changed(
                    HaEvent.Kind.STATE,
                    "nomination",
                    heir
                            + " is not nominated: its agent does not say that its server runs as a standby; looking again");
            fenceAgainAtNanos = settings.ticker().nanos() + FENCE_AGAIN.toNanos();
        }
        return stays;
    }

    /** In the same epoch; whatever else was written into the record since. */
    private static boolean samePrimary(@Nullable Versioned before, Versioned now) {
        return before != null
                && before.incarnation() == now.incarnation()
                && before.state().epoch() == now.state().epoch()
                && before.state().transitionId().equals(now.state().transitionId());
    }

    /** Whether nobody in front of the primary has been asked yet whether a switchover that is asked for could be followed. */
    boolean hasToAsk(ClusterState state) {
        return !strategies.isEmpty()
                && state.preparing()
                        .filter(journal -> journal.target() != null
                                && !journal.transitionId().equals(asked))
                        .isPresent();
    }

    /**
     * Asks those who would have to follow, while the primary's agent prepares its stop. Who refuses and has to follow takes the switchover back:
     * a person can choose the moment. No answer in time is no refusal.
     */
    void prepare(Versioned record, Term term) {
        ClusterState state = record.state();
        Journal journal = state.preparing().orElseThrow();
        Copy target = Objects.requireNonNull(journal.target());
        asked = journal.transitionId();
        for (Machine.Guard strategy : strategies) {
            Participation participation = strategy.participation(TransitionKind.SWITCHOVER);
            if (participation == Participation.NONE) {
                continue;
            }
            Step step = new Step(strategy.name(), Verb.ENABLE, target.node());
            Outcome outcome = strategy.prepare(new StepRequest(step, state, PREPARE));
            if (outcome.kind() == Outcome.Kind.REFUSED && participation == Participation.REQUIRED) {
                undo(strategy.name() + " could not follow: " + outcome.detail(), record, term);
                return;
            }
        }
    }

    /** The target of a planned switchover holds all that the stopped server has: from here on it is a takeover like any other. */
    private void switchOver(Versioned record, Term term) {
        Journal journal = record.state().preparing().orElseThrow();
        Change change = Protocol.completeSwitchover(record.state(), journal.transitionId());
        if (change.next().isEmpty()) {
            events.changed(HaEvent.Kind.ALARM, "nomination", change.refusal());
            return;
        }
        ClusterState nominated = change.next().get();
        Outcome written = historian.timed(nominated, "nominated", () -> write(record, nominated, term));
        if (written.holds()) {
            isolate(nominated, record.state().primary().node());
            bring(nominated);
        }
    }

    private void undo(String reason, Versioned record, Term term) {
        Journal journal = record.state().preparing().orElseThrow();
        Change change = Protocol.undoSwitchover(record.state(), journal.transitionId(), reason);
        if (written(change, record, term)) {
            historian.undone(journal.transitionId(), record.state().epoch() + 1, reason);
        }
    }

    private void resume(CoordinatorDecision decision, Versioned record, Term term) {
        PauseEnd end = Objects.requireNonNull(record.state().pauseEnd());
        if (written(Protocol.endPause(record.state(), end.id()), record, term)) {
            events.tell(HaEvent.Kind.DUTY, "RESUME: " + decision.reason());
        }
    }

    private boolean written(Change change, Versioned record, Term term) {
        return change.next().filter(next -> write(record, next, term).holds()).isPresent();
    }

    private Outcome write(Versioned record, ClusterState next, Term term) {
        WriteOutcome outcome = compareAndSet(record, next, term);
        return outcome == WriteOutcome.DONE
                ? Outcome.done(next.primary().toString())
                : Outcome.unknown(outcome.name().toLowerCase(Locale.ROOT) + "; looking again");
    }

    /** What came in between may be long in coming here, by a server of the store that lags: until then each try would end the same. */
    private WriteOutcome compareAndSet(Versioned record, ClusterState next, Term term) {
        WriteOutcome outcome = settings.store().compareAndSet(record, next, term, WRITE);
        if (outcome != WriteOutcome.DONE) {
            settings.machine().pause(AGAIN);
        }
        return outcome;
    }

    /** Best effort, and never in the way: the record alone already keeps the old primary from acknowledging. */
    private void isolate(ClusterState state, NodeName old) {
        for (Machine.Guard strategy : strategies) {
            Step step = new Step(strategy.name(), Verb.ISOLATE, old);
            historian.timed(state, "isolated", () -> strategy.isolate(new StepRequest(step, state, STEP)));
        }
    }

    private void renominate(CoordinatorDecision decision, Versioned record, Term term) {
        Copy heir = Objects.requireNonNull(decision.subject());
        String transitionId = settings.machine().uniqueId();
        Change change =
                Protocol.renominate(record.state(), heir, Objects.requireNonNull(decision.cause()), transitionId);
        if (change.next().isEmpty()) {
            events.changed(HaEvent.Kind.ALARM, "nomination", change.refusal());
            return;
        }
        if (written(change, record, term)) {
            historian.note(
                    transitionId,
                    change.next().get().epoch(),
                    "nominated",
                    "done",
                    historian.now(),
                    Duration.ZERO,
                    decision.reason());
        }
    }

    /**
     * Waits until the nominee is active, then leads clients to it. Not until it is open, which takes as long as a client needs to connect:
     * what clients write meanwhile waits behind the gate, as it would have waited for a place to connect to.
     *
     * <p>The wait is short, so that the loop can decide otherwise in between.
     */
    private void bring(ClusterState state) {
        // Where the gate stays shut until enough standbys are certified, a proxy's check would soon end what was let
        // in.
        boolean opens = !Protocol.namesWhenActive(state, List.of()).gated();
        if (!reached(state, peers::awaitActive)) {
            return;
        }
        if (opens) {
            enable(state, enabling -> historian.timed(state, "redirected", enabling));
            // Clients come now, all at once, and closing the journal, with three servers' flushes, would be in their
            // way.
            settings.machine().pause(CLIENTS_FIRST);
        } else {
            // The nominee says it before the record is seen to, which may take long: it would be asked again at once.
            settings.machine().pause(BREATH);
        }
    }

    /** Active, journal open: once it is open too, and all in front of it is seen to lead there, the journal is closed. */
    private void carryOn(Versioned record, Term term) {
        ClusterState state = record.state();
        Journal journal = Objects.requireNonNull(state.transition());
        if (!reached(state, peers::awaitOpened)
                || !enable(state, enabling -> historian.timedIfDone(state, "redirected", enabling))) {
            return;
        }
        Change change = Protocol.finish(state, journal.transitionId());
        if (written(change, record, term)) {
            chronicle.finished(state);
        }
    }

    /** How far a nominee's agent says that it has come. */
    private interface Progress {
        boolean await(String address, long epoch, Duration limit);
    }

    /** Waits for the nominee; for a moment when it is not there at all, so that it is not asked for thousands of times a second. */
    private boolean reached(ClusterState state, Progress progress) {
        NodeStatus nominee = settings.store().nodes().get(state.primary().node());
        long began = settings.ticker().nanos();
        boolean reached = nominee != null && progress.await(nominee.address(), state.epoch(), AWAIT);
        if (!reached) {
            Duration waited = Duration.ofNanos(settings.ticker().nanos() - began);
            settings.machine().pause(BREATH.minus(waited));
        }
        return reached;
    }

    /** Enables everything in front of the primary; answers whether all that has to hold does. */
    private boolean enable(ClusterState state, Function<Supplier<Outcome>, Outcome> way) {
        TransitionKind kind = state.transition() == null
                ? TransitionKind.FAILOVER
                : state.transition().kind();
        boolean all = true;
        for (Machine.Guard strategy : strategies) {
            Participation participation = strategy.participation(kind);
            if (participation == Participation.NONE) {
                continue;
            }
            Step step = new Step(strategy.name(), Verb.ENABLE, state.primary().node());
            Outcome outcome = way.apply(() -> strategy.enable(new StepRequest(step, state, STEP)));
            if (!outcome.holds()) {
                events.changed(HaEvent.Kind.ALARM, strategy.name(), step + ": " + outcome.detail());
                all &= participation == Participation.BEST_EFFORT;
            }
        }
        return all;
    }

    /** Whether it has closed a journal and not told the time line of that yet. */
    boolean hasToTell() {
        return chronicle.hasToTell();
    }

    void tellTimeLine() {
        chronicle.tell();
    }

    /**
     * Level-triggered: what is in front of the primary is brought in line, whoever changed it.
     *
     * @param attended the primary's agent has not left
     */
    void reconcile(Versioned record, boolean attended) {
        ClusterState state = record.state();
        tellTimeLine();
        if (!stillSo(record)) {
            return;
        }
        for (Machine.Guard strategy : strategies) {
            Outcome outcome = strategy.reconcile(state, attended);
            switch (outcome.kind()) {
                case ALREADY_SO -> well(strategy);
                case DONE -> {
                    events.tell(HaEvent.Kind.STEP, strategy.name() + " was brought in line: " + outcome.detail());
                    events.over(strategy.name());
                }
                case IN_PROGRESS, RETRY, REFUSED, UNKNOWN ->
                    events.changed(HaEvent.Kind.ALARM, strategy.name(), strategy.name() + ": " + outcome.detail());
            }
        }
    }

    /** A coordinator that was paused would put the traffic back to where it was before. */
    private boolean stillSo(Versioned record) {
        try {
            return settings.store().read(WRITE).filter(record::sameAs).isPresent();
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    private void well(Machine.Guard strategy) {
        if (events.over(strategy.name())) {
            events.tell(HaEvent.Kind.STATE, strategy.name() + " is well again");
        }
    }

    @Override
    public void close() {
        strategies.forEach(Machine.Guard::close);
        if (guardedFencer instanceof GuardedFencer guarded) {
            guarded.close();
        }
    }
}
