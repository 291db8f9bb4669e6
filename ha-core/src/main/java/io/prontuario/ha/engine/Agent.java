package io.prontuario.ha.engine;

import io.prontuario.ha.decide.AgentDecision;
import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Duty;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StartMode;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one duty of this node's agent at a time, on the agent's own thread. What it finds out by acting is read by the loop.
 *
 * <p>Before the first act under an epoch that epoch is remembered durably.
 */
final class Agent {
    /** The subject of what goes wrong while a duty is carried out. */
    private static final String ACT = "act";

    private static final Duration BREATH = Duration.ofMillis(100);
    private static final Duration READY = Duration.ofSeconds(1);
    private static final Duration CALL = Duration.ofSeconds(3);
    private static final Duration PROVE = Duration.ofSeconds(2);
    private static final Duration WRITE = Duration.ofSeconds(2);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration PREPARE_STOP = Duration.ofSeconds(30);
    private static final Duration STOP_CLEANLY = Duration.ofSeconds(3);
    /** Short: a nomination must not wait for it. */
    private static final Duration ATTEND = Duration.ofMillis(50);

    private static final int LONGEST_PAUSE_FACTOR = 32;
    /** A server that comes back may need a few tries, while the primary does; one that has needed so many needs a person. */
    private static final int REJOINS_BEFORE_ALARM = 5;
    /** Once may be an accident. It goes on trying. */
    private static final int STARTS_BEFORE_GIVING_UP = 3;

    private final EngineSettings settings;
    private final SyncControl sync;
    private final Machine.Memory memory;
    private final Watched<Long> active;
    private final Watched<Long> opened;
    private final Historian historian;
    private final Events events;
    /** Called before data is given up: nothing is said of the server any more until the act has ended. */
    private final Runnable surrender;

    private final Ticker ticker;
    private final Map<Copy, Pause> pauses = new HashMap<>();
    private volatile boolean rejoinNeeded;
    private volatile String refusal = "";
    private volatile long refusedEpoch;
    private volatile @Nullable Failed failed;
    /** The switchover that this agent has given up while the store did not answer. */
    private volatile String startedAgain = "";

    private volatile Ready ready = new Ready("", Instant.EPOCH, 0);

    /** Why the data here was not replaced, of the last rejoin. */
    private @Nullable Outcome withheld;

    private Duty current = Duty.REST;
    /** In a row. */
    private int failedRejoins;

    /** In a row. */
    private int failedStarts;

    /** The switchover for which the server is ready to be stopped, and since when. */
    private record Ready(String transitionId, Instant at, long nanos) {}

    /** A duty that did not come about. */
    private record Failed(Duty duty, long until) {}

    /** A standby that could not be certified is left alone until then. */
    private record Pause(long until, int factor) {}

    Agent(
            EngineSettings settings,
            SyncControl sync,
            Machine.Memory memory,
            Watched<Long> active,
            Watched<Long> opened,
            Historian historian,
            Events events,
            Runnable surrender) {
        this.settings = settings;
        this.surrender = surrender;
        this.sync = sync;
        this.memory = memory;
        this.active = active;
        this.opened = opened;
        this.historian = historian;
        this.events = events;
        this.ticker = settings.ticker();
    }

    boolean rejoinNeeded() {
        return rejoinNeeded;
    }

    /** Why this node cannot promote in the given epoch; empty when it has not refused. */
    String refusal(long epoch) {
        return refusedEpoch == epoch ? refusal : "";
    }

    /** Whether its server was stopped for the switchover of this record and started again. */
    boolean startedAgain(ClusterState state) {
        return state.preparing()
                .filter(journal -> journal.transitionId().equals(startedAgain))
                .isPresent();
    }

    /** The switchover for which its server is ready to be stopped; empty when for none. */
    String readyFor() {
        return ready.transitionId();
    }

    synchronized List<Copy> pausedCertification() {
        if (pauses.isEmpty()) {
            return List.of();
        }
        long now = ticker.nanos();
        return pauses.entrySet().stream()
                .filter(entry -> now - entry.getValue().until() < 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    DataStatus status() {
        return sync.status();
    }

    void keepReady() {
        sync.keepReady(READY);
    }

    void carryOut(AgentDecision decision, Versioned record) {
        ClusterState state = record.state();
        current = decision.duty();
        memory.remember(state);
        switch (decision.duty()) {
            case START_PRIMARY, START_STANDBY, START_AS_IT_WAS, STOP, PREPARE_STOP, REJOIN, RESTART -> {
                if (!confirmed(record)) {
                    return;
                }
            }
            case REST,
                    HOLD,
                    STOP_CLEANLY,
                    START_AGAIN,
                    OPEN_AGAIN,
                    UNDO,
                    ATTEND,
                    PROMOTE,
                    OPEN,
                    CERTIFY,
                    DECERTIFY,
                    SET_NAMES,
                    MEND_SETTINGS,
                    WITHDRAW,
                    REPLACED -> {}
        }
        switch (decision.duty()) {
            case REST, HOLD -> {}
            case START_PRIMARY -> startPrimary(state);
            case START_STANDBY -> tell(startStandby(state));
            case START_AS_IT_WAS -> tell(sync.start(StartMode.AS_IT_WAS, state, LONG));
            case STOP -> tell(sync.stop(false, LONG));
            case PREPARE_STOP -> prepareStop(record);
            case STOP_CLEANLY -> stopCleanly(record);
            case START_AGAIN -> startAgain(state);
            case OPEN_AGAIN -> open(decision.names(), state);
            case UNDO -> undo(record, decision.reason());
            case ATTEND -> sync.attend(ATTEND);
            case PROMOTE -> promote(record);
            case OPEN -> affirmed(record, () -> open(decision.names(), state));
            case CERTIFY -> certify(decision, record);
            case DECERTIFY -> decertify(decision, record);
            case SET_NAMES -> setNames(decision.names(), record);
            case MEND_SETTINGS -> tell(sync.mendSettings(CALL));
            case WITHDRAW -> withdraw(Objects.requireNonNull(decision.subject()), record);
            case REJOIN -> rejoin(record);
            case REPLACED -> replaced(Objects.requireNonNull(decision.subject()), record);
            case RESTART -> restart(Objects.requireNonNull(decision.subject()), record);
        }
    }

    /** A server is started, stopped or given other data only by the record as it is now, not as it was last seen. */
    private boolean confirmed(Versioned record) {
        try {
            Versioned now = settings.store().read(WRITE).orElse(null);
            return now != null && now.sameAs(record);
        } catch (StoreUnavailableException e) {
            events.changed(HaEvent.Kind.DUTY, ACT, "the store does not answer: the server is left as it is");
            return false;
        }
    }

    /** Told to the others once it is no use waiting for: where a fencer may act, somebody takes over then. */
    private void startPrimary(ClusterState state) {
        Outcome outcome =
                historian.timed(state, "restarted", () -> sync.start(StartMode.PRIMARY_BEHIND_GATE, state, LONG));
        boolean refused = outcome.kind() == Outcome.Kind.REFUSED;
        // One that is still in its recovery has not failed.
        boolean ended = !outcome.holds() && (refused || sync.status().condition() == ServerCondition.DOWN);
        failedStarts = ended ? failedStarts + 1 : 0;
        if (refused || failedStarts >= STARTS_BEFORE_GIVING_UP) {
            refusal = "its server does not start: " + outcome.detail();
            refusedEpoch = state.epoch();
        } else if (outcome.holds()) {
            refusal = "";
        }
        tell(outcome);
    }

    private Outcome startStandby(ClusterState state) {
        Outcome outcome = sync.start(StartMode.STANDBY, state, LONG);
        if (outcome.kind() == Outcome.Kind.REFUSED) {
            // Its log does not fit: only a rejoin helps, and that needs the copy out of the record first.
            rejoinNeeded = true;
        }
        return outcome;
    }

    /** Interrupted anywhere, it is done once more: the order stands until the server has been started. */
    private void restart(Copy own, Versioned record) {
        // One that hangs obeys no request. It is out of the record, so no commit has waited for what it has not
        // flushed.
        boolean hangs = sync.status().condition() == ServerCondition.HUNG;
        Outcome outcome = sync.stop(hangs, LONG);
        if (outcome.holds()) {
            outcome = startStandby(record.state());
        }
        if (outcome.holds()) {
            outcome = restarted(own, record);
            if (outcome.kind() == Outcome.Kind.RETRY) {
                // Such as the primary's agent, which has set its names meanwhile: no reason to restart it once more.
                outcome = settings.store()
                        .read(WRITE)
                        .filter(now -> now.state().epoch() == record.state().epoch())
                        .map(now -> restarted(own, now))
                        .orElse(outcome);
            }
        }
        tell(outcome);
    }

    private Outcome restarted(Copy own, Versioned record) {
        Change change = Protocol.restarted(record.state(), own);
        return change.next().map(next -> write(record, next)).orElseGet(() -> Outcome.refused(change.refusal()));
    }

    /** While the server serves; when it is ready, everybody is asked to hold. */
    private void prepareStop(Versioned record) {
        ClusterState state = record.state();
        String id = state.preparing().orElseThrow().transitionId();
        Outcome prepared =
                historian.timed(id, state.epoch() + 1, "prepared", () -> sync.prepareStop(state, PREPARE_STOP));
        if (prepared.holds()) {
            ready = new Ready(id, historian.now(), ticker.nanos());
        } else {
            undo(record, "the stop could not be prepared: " + prepared.detail());
        }
    }

    /** What does not come down in its bound is undone, not forced. */
    private void stopCleanly(Versioned record) {
        ClusterState state = record.state();
        Journal journal = state.preparing().orElseThrow();
        String id = journal.transitionId();
        long next = state.epoch() + 1;
        Duration held = Duration.ofNanos(ticker.nanos() - ready.nanos());
        historian.note(id, next, "held", "done", ready.at(), held, "nobody uses the server any more");
        // What was written since it was prepared goes to the disk while it serves, not while nobody is served.
        Outcome flushed = historian.timed(id, next, "flushed", () -> sync.prepareStop(state, PREPARE_STOP));
        if (!flushed.holds()) {
            undo(record, "the stop could not be prepared: " + flushed.detail());
            return;
        }
        if (!confirmed(record)) {
            return;
        }
        // First, so that nobody takes the former opening for that of the server which is started again.
        opened.set(0L);
        Outcome stopped = historian.timed(id, next, "stopped", () -> sync.stopCleanly(state, STOP_CLEANLY));
        DataStatus now = sync.status();
        boolean died = now.condition() == ServerCondition.DOWN && now.shutdownPosition() == 0;
        if (died) {
            // Not undone: a takeover is quicker than a recovery, and the target is certified.
            tell(stopped);
        } else if (!stopped.holds()) {
            undo(record, stopped.detail());
        }
    }

    private void startAgain(ClusterState state) {
        Outcome outcome = sync.start(StartMode.AS_IT_WAS, state, LONG);
        if (outcome.holds()) {
            startedAgain = state.preparing().map(Journal::transitionId).orElse("");
        }
        tell(outcome);
    }

    private void undo(Versioned record, String reason) {
        ClusterState state = record.state();
        String id = state.preparing().map(Journal::transitionId).orElse("");
        Change change = Protocol.undoSwitchover(state, id, reason);
        if (change.next().isEmpty()) {
            tell(Outcome.refused(change.refusal()));
            return;
        }
        Outcome written = write(record, change.next().get());
        if (written.holds()) {
            historian.undone(id, state.epoch() + 1, reason);
        }
        tell(written);
    }

    private void promote(Versioned record) {
        ClusterState state = record.state();
        Outcome promoted = historian.timed(
                state, "promoted", () -> sync.promote(state, settings.limits().promotionTimeout()));
        if (!promoted.holds()) {
            if (promoted.kind() == Outcome.Kind.REFUSED) {
                refusal = promoted.detail();
                refusedEpoch = state.epoch();
            }
            tell(promoted);
            return;
        }
        String identifier = sync.status().systemIdentifier();
        if (!state.systemIdentifier().isEmpty()
                && !identifier.isEmpty()
                && !identifier.equals(state.systemIdentifier())) {
            refusal = "its system identifier is " + identifier + ", the record has " + state.systemIdentifier();
            refusedEpoch = state.epoch();
            events.changed(HaEvent.Kind.ALARM, ACT, refusal);
            return;
        }
        Change change = Protocol.activate(state, state.primary(), sync.status().timeline());
        if (change.next().isEmpty()) {
            refusal = change.refusal();
            refusedEpoch = state.epoch();
            events.changed(HaEvent.Kind.ALARM, ACT, change.refusal());
            return;
        }
        ClusterState next = change.next().get();
        Outcome activated = historian.timed(state, "activated", () -> write(record, next));
        if (activated.holds()) {
            active.set(next.epoch());
            open(Protocol.namesWhenActive(next, List.of()), next);
        }
    }

    private Outcome write(Versioned record, ClusterState next) {
        WriteOutcome outcome = settings.store().compareAndSet(record, next, null, WRITE);
        return switch (outcome) {
            case DONE -> Outcome.done("");
            case CONFLICT -> Outcome.retry("the record has changed meanwhile: looking again", Duration.ZERO);
            case DEPOSED, UNKNOWN -> Outcome.unknown("the store has not answered: looking again");
        };
    }

    /** Waiting for more is always safe; a standby's gate is the most there is to wait for. */
    private void setNames(ServerNames names, Versioned record) {
        if (names.equals(ServerNames.gate())) {
            tell(sync.setNames(names, CALL));
        } else {
            affirmed(record, () -> tell(sync.setNames(names, CALL)));
        }
    }

    /**
     * Writes the record as it is, and acts only if that succeeds.
     *
     * <p>Names may be narrowed only to what the record holds, and what was read may be old: a certificate whose write was not answered,
     * or that a former process of this agent had on its way when it was killed, may still land. It carries the version that it was
     * proven under, so once the version has been raised here it cannot any more; and a nomination that this node has not heard of yet
     * makes this write fail.
     */
    private void affirmed(Versioned record, Runnable act) {
        Outcome written = write(record, record.state());
        if (written.holds()) {
            act.run();
        } else {
            tell(written);
        }
    }

    private void open(ServerNames names, ClusterState state) {
        Outcome outcome = historian.timed(state, "opened", () -> sync.open(state, names, CALL));
        if (outcome.holds()) {
            opened.set(state.epoch());
        } else {
            tell(outcome);
        }
    }

    private void certify(AgentDecision decision, Versioned record) {
        Copy standby = Objects.requireNonNull(decision.subject());
        Outcome disciplined = sync.disciplineNames(record.state(), CALL);
        if (disciplined.kind() == Outcome.Kind.REFUSED) {
            events.changed(HaEvent.Kind.ALARM, "names", disciplined.detail());
        } else {
            events.over("names");
        }
        Outcome outcome = sync.prove(record.state(), standby, decision.names(), PROVE);
        if (outcome.holds()) {
            String proof = outcome.detail();
            outcome = sync.stillProven(standby, CALL);
            Change change = Protocol.certify(record.state(), record.state().primary(), standby);
            if (outcome.holds() && change.next().isPresent()) {
                outcome = write(record, change.next().get());
            }
            if (outcome.holds()) {
                pauses(standby, 0);
                events.over(certificate(standby));
                events.tell(HaEvent.Kind.STATE, "certified " + standby + " (" + proof + ")");
                return;
            }
        }
        pauses(standby, pauseFactor(standby) * 2);
        events.changed(HaEvent.Kind.DUTY, certificate(standby), standby + " is not certified yet: " + outcome.detail());
    }

    /** One subject for a node: what was in the way of a former copy of its data does not matter any more. */
    private static String certificate(Copy standby) {
        return "certificate of " + standby.node();
    }

    private synchronized int pauseFactor(Copy standby) {
        Pause pause = pauses.get(standby);
        return pause == null ? 1 : Math.max(1, pause.factor());
    }

    private synchronized void pauses(Copy standby, int factor) {
        if (factor == 0) {
            pauses.remove(standby);
        } else {
            int bounded = Math.min(factor, LONGEST_PAUSE_FACTOR);
            long nanos = settings.limits().recertifyPause().toNanos() * bounded / 2;
            pauses.put(standby, new Pause(ticker.nanos() + nanos, bounded));
        }
    }

    private void decertify(AgentDecision decision, Versioned record) {
        Copy standby = Objects.requireNonNull(decision.subject());
        Change change = Protocol.decertify(record.state(), record.state().primary(), standby);
        if (change.next().isEmpty()) {
            tell(Outcome.refused(change.refusal()));
            return;
        }
        Outcome written = write(record, change.next().get());
        if (!written.holds()) {
            tell(written);
            return;
        }
        // It is out of the record, so its name may go; a standby that flaps comes back more slowly each time.
        pauses(standby, pauseFactor(standby) * 2);
        events.tell(HaEvent.Kind.STATE, "decertified " + standby + ": " + decision.reason());
        tell(sync.setNames(decision.names(), CALL));
    }

    private void withdraw(Copy own, Versioned record) {
        Change change = Protocol.withdraw(record.state(), own);
        if (change.next().isPresent()) {
            tell(write(record, change.next().get()));
        } else {
            events.changed(HaEvent.Kind.ALARM, ACT, change.refusal());
        }
    }

    private void replaced(Copy former, Versioned record) {
        Copy present = sync.status().copy();
        if (present != null) {
            Change change = Protocol.replaced(record.state(), former, present);
            tell(change.next().map(next -> write(record, next)).orElseGet(() -> Outcome.refused(change.refusal())));
        }
    }

    private void rejoin(Versioned record) {
        ClusterState state = record.state();
        opened.set(0L);
        withheld = null;
        Outcome outcome = historian.timed(state, "rejoined", () -> sync.rejoin(state, () -> mayReplace(record), LONG));
        if (outcome.holds()) {
            rejoinNeeded = false;
        }
        Outcome conflict = withheld;
        if (conflict == null) {
            tell(outcome);
        } else {
            // That others write as well says nothing of the data here.
            pause(conflict);
        }
    }

    /**
     * Data may be replaced only while nobody is about to nominate it. Whoever asks this agent from now on is told nothing of its server; and
     * who has asked before goes by an older version of the record than the one that is written here.
     */
    private Outcome mayReplace(Versioned record) {
        surrender.run();
        Outcome written = write(record, record.state());
        withheld = written.holds() ? null : written;
        return written;
    }

    private void tell(Outcome outcome) {
        if (outcome.holds()) {
            failed = null;
            failedRejoins = 0;
            events.over(ACT);
        } else {
            pause(outcome);
            boolean person = current == Duty.START_PRIMARY && outcome.kind() == Outcome.Kind.REFUSED;
            if (rejoinFailed(outcome)) {
                events.changed(
                        HaEvent.Kind.ALARM,
                        ACT,
                        "REJOIN_FAILED: " + outcome.detail()
                                + "; once that is mended it is tried again; if the data cannot" + " be used, ha reinit "
                                + settings.self() + " copies it anew");
            } else {
                events.changed(person ? HaEvent.Kind.ALARM : HaEvent.Kind.DUTY, ACT, outcome.detail());
            }
        }
    }

    private void pause(Outcome outcome) {
        Duration again = outcome.again();
        failed = new Failed(
                current,
                ticker.nanos() + bounded(again == null ? BREATH : again).toNanos());
    }

    private boolean rejoinFailed(Outcome outcome) {
        boolean refused = current == Duty.REJOIN && outcome.kind() == Outcome.Kind.REFUSED;
        if (refused || current == Duty.REJOIN || current == Duty.START_STANDBY || current == Duty.RESTART) {
            failedRejoins++;
        }
        return refused || failedRejoins >= REJOINS_BEFORE_ALARM;
    }

    /** What an outage waits for is tried again soon, whatever the outcome asks for; nothing is tried again at once. */
    private Duration bounded(Duration again) {
        boolean urgent = current == Duty.PROMOTE || current == Duty.OPEN;
        return urgent || again.compareTo(BREATH) < 0 ? BREATH : again;
    }

    /** Whether this duty has just failed and is to be left for a moment; another one is not held up. */
    boolean waitsBefore(Duty duty) {
        Failed last = failed;
        return last != null && last.duty() == duty && ticker.nanos() - last.until() < 0;
    }
}
