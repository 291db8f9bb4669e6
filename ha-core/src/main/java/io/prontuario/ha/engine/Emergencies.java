package io.prontuario.ha.engine;

import io.prontuario.ha.decide.EmergencyChange;
import io.prontuario.ha.decide.EmergencyDecision;
import io.prontuario.ha.decide.EmergencyPolicy;
import io.prontuario.ha.decide.EmergencyProtocol;
import io.prontuario.ha.decide.EmergencyView;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.decide.SiteLoss;
import io.prontuario.ha.model.ApprovalAnswer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Verdict;
import io.prontuario.ha.spi.Approval;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Verb;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop beside the loop: about once a second it looks at the emergency, decides, and does one thing. On a thread of its own, since the
 * cloud answers slowly and a takeover on site must wait for none of it.
 *
 * <p>It begins and ends nothing that is not in the store; without the store it goes on with what a person has declared on this very node,
 * and hands that over when the store is back.
 */
final class Emergencies implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Emergencies.class);
    private static final String SUBJECT = "emergency";
    /** What was refused is tried again after so many beats: somebody may have seen to it. */
    private static final int AFTER_REFUSAL = 5;

    private static final Duration SOONEST = Duration.ofMillis(50);
    private static final Duration STORE = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    /** An approver may wait for a person: he is not waited for. */
    private static final Duration CLOSE_APPROVER = Duration.ofMillis(1);

    private final EngineSettings settings;
    private final Supplier<@Nullable ClusterView> look;
    private final Events events;
    private final EmergencyFiles files;
    private final Machine machine;
    private final Machine.Guard strategy;
    private final EmergencySteps steps;
    private final Duration beat;
    private final Since since;
    private final Machine.Worker approver;
    private final Machine.Loop loop;
    private volatile @Nullable Emergency known;
    private volatile String doing = "";
    private String refused = "";
    private long dueNanos;
    private @Nullable CompletableFuture<ApprovalAnswer> asked;

    private record InPhase(String id, EmergencyPhase phase) {}

    private enum Condition {
        LOST
    }

    private Emergencies(
            EngineSettings settings,
            FailoverStrategy strategy,
            NodeName environment,
            Supplier<@Nullable ClusterView> look,
            Events events) {
        this.settings = settings;
        this.look = look;
        this.beat = settings.emergency().beat();
        this.events = events;
        this.files = new EmergencyFiles(settings.stateFolder());
        this.machine = settings.machine();
        this.strategy = machine.guard(strategy);
        this.approver = machine.worker("prontuario-approval", 1);
        this.loop = machine.loop("prontuario-emergency", SOONEST, this::step);
        this.dueNanos = settings.ticker().nanos();
        this.since = new Since(settings.ticker());
        this.steps = new EmergencySteps(
                this.strategy,
                environment,
                settings.self(),
                settings.store(),
                new Historian(settings.self(), settings.store(), events, settings.ticker(), settings.clock()),
                settings.ticker());
    }

    /** Empty on a node that has no environment elsewhere. */
    static Optional<Emergencies> of(EngineSettings settings, Supplier<@Nullable ClusterView> look, Events events) {
        return settings.strategies().stream()
                .filter(strategy -> strategy.environment().isPresent())
                .findFirst()
                .map(strategy -> new Emergencies(
                        settings, strategy, strategy.environment().orElseThrow(), look, events));
    }

    void start() {
        loop.start();
    }

    /** The emergency as this node last knew it, and what it does about it; empty when there is none that is open. Any thread. */
    Optional<String> summary() {
        Emergency now = known;
        return now == null || !now.open()
                ? Optional.empty()
                : Optional.of(now.summary() + (doing.isEmpty() ? "" : "; " + doing));
    }

    /** A turn, once it is due: some are due soon, others only after several beats. */
    private void step() {
        if (settings.ticker().nanos() - dueNanos < 0) {
            return;
        }
        Duration again = beat;
        try {
            again = turn();
        } catch (StoreUnavailableException e) {
            LOG.debug("the store went away in the middle: {}", e.toString());
        } catch (RuntimeException e) {
            events.changed(HaEvent.Kind.ALARM, SUBJECT, "the emergency's loop failed and goes on: " + e);
            LOG.error("emergency", e);
        }
        dueNanos = settings.ticker().nanos() + again.toNanos();
    }

    /** One look, one decision, at most one act; answers when to look again. */
    private Duration turn() {
        ClusterView view = look.get();
        if (view == null) {
            return beat;
        }
        boolean connected = settings.store().health() == StoreHealth.CONNECTED;
        ClusterState state = view.state();
        if (connected && state != null && obeys(view, state)) {
            files.keep(state);
        }
        Optional<Term> term = settings.store().leadership();
        VersionedEmergency read = connected ? handOver() : null;
        if (connected) {
            known = read == null ? null : read.emergency();
        } else {
            files.declared().ifPresent(declared -> known = declared);
        }
        if (connected && (term.isEmpty() || state == null)) {
            doing = "";
            events.over(SUBJECT);
            return beat;
        }
        Turn turn = new Turn(
                view,
                state == null ? files.lastRecord().orElse(null) : state,
                known,
                read,
                connected ? term.orElse(null) : null,
                connected);
        EmergencyDecision decision = EmergencyPolicy.decide(sight(turn));
        doing = decision.reason();
        Duration again = act(turn, decision);
        if (connected) {
            steps.flush();
        }
        return again;
    }

    /** What one turn rests on. */
    private record Turn(
            ClusterView view,
            @Nullable ClusterState state,
            @Nullable Emergency now,
            @Nullable VersionedEmergency read,
            @Nullable Term term,
            boolean inHand) {}

    private static boolean obeys(ClusterView view, ClusterState state) {
        return Protocol.disobeys(state, view.memory()).isEmpty();
    }

    /** The emergency in the store; what was declared here while it was away goes there first, unless another is under way. */
    private @Nullable VersionedEmergency handOver() {
        VersionedEmergency read = settings.store().emergency(STORE).orElse(null);
        Optional<Emergency> here = files.declared();
        if (here.isEmpty()) {
            return read;
        }
        // Clients have been led away: that must stand where everybody sees it, over what was only asked for or
        // rehearsed there.
        boolean free =
                read == null || !read.emergency().underWay() || read.emergency().rehearsal();
        boolean there = read != null && read.emergency().id().equals(here.get().id());
        if (free && !there) {
            WriteOutcome outcome = settings.store().compareAndSetEmergency(read, here.get(), null, STORE);
            events.tell(
                    HaEvent.Kind.STEP,
                    "the emergency that was declared here is handed over to the store: "
                            + outcome.name().toLowerCase(Locale.ROOT));
            if (outcome == WriteOutcome.DONE) {
                steps.handedOver(here.get());
            }
            return settings.store().emergency(STORE).orElse(null);
        }
        files.handedOver();
        return read;
    }

    private EmergencyView sight(Turn turn) {
        Emergency now = turn.now();
        boolean lost = turn.inHand() && SiteLoss.verdict(turn.view()).kind() == Verdict.Kind.DEAD;
        Duration lostFor = since.note(Condition.LOST, lost);
        Duration phaseFor = Duration.ZERO;
        if (now != null) {
            InPhase key = new InPhase(now.id(), now.phase());
            since.retain(InPhase.class, Set.of(key));
            phaseFor = since.note(key, true);
            if (phaseFor.isZero()) {
                refused = "";
            }
        }
        return new EmergencyView(
                turn.view(),
                now,
                turn.inHand(),
                lostFor,
                phaseFor,
                answer(now),
                settings.emergency().rules(),
                refused);
    }

    /** What the approver has said by now; he is asked aside, for he may take his time. */
    private ApprovalAnswer answer(@Nullable Emergency now) {
        Approval approval = settings.emergency().approval();
        if (approval == null || now == null || now.phase() != EmergencyPhase.ASKED) {
            return ApprovalAnswer.NOT_YET;
        }
        CompletableFuture<ApprovalAnswer> running = asked;
        if (running == null) {
            CompletableFuture<ApprovalAnswer> answer = new CompletableFuture<>();
            if (approver.execute(() -> ask(approval, now, answer))) {
                asked = answer;
            }
            return ApprovalAnswer.NOT_YET;
        }
        if (!running.isDone()) {
            return ApprovalAnswer.NOT_YET;
        }
        asked = null;
        try {
            return running.join();
        } catch (CompletionException e) {
            events.changed(HaEvent.Kind.ALARM, "approval", "the approver failed: " + e.getCause());
            return ApprovalAnswer.NOT_YET;
        }
    }

    private static void ask(Approval approval, Emergency now, CompletableFuture<ApprovalAnswer> answer) {
        try {
            answer.complete(approval.answer(now));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private Duration act(Turn turn, EmergencyDecision decision) {
        if (decision.move() == EmergencyDecision.Move.HOLD) {
            events.changed(HaEvent.Kind.ALARM, SUBJECT, decision.reason());
        } else if (decision.move() != EmergencyDecision.Move.WAKE
                && decision.move() != EmergencyDecision.Move.LEAD_HOME
                && decision.move() != EmergencyDecision.Move.CLEAR) {
            events.over(SUBJECT);
        }
        Instant at = settings.clock().instant();
        return switch (decision.move()) {
            case REST -> {
                watch(turn);
                yield beat;
            }
            case HOLD, WATCH -> {
                watch(turn);
                yield beat;
            }
            case ASK ->
                write(
                        turn,
                        EmergencyProtocol.ask(
                                state(turn),
                                turn.now(),
                                id(machine.uniqueId()),
                                !settings.emergency().rules().approvalNeeded(),
                                decision.reason(),
                                at));
            case GRANT -> move(turn, EmergencyPhase.WAKING, decision, at);
            case DECLINE -> move(turn, EmergencyPhase.DECLINED, decision, at);
            case END -> move(turn, EmergencyPhase.ENDED, decision, at);
            case TURN_BACK -> move(turn, EmergencyPhase.RETURNING, decision, at);
            case WAKE -> step(turn, Verb.ENABLE, EmergencyPhase.SERVING);
            case LEAD_HOME -> step(turn, Verb.ISOLATE, EmergencyPhase.CLEARING);
            case CLEAR -> step(turn, Verb.REJOIN, EmergencyPhase.ENDED);
        };
    }

    static String newId() {
        return id(UUID.randomUUID().toString().substring(0, 8));
    }

    private static String id(String unique) {
        return "emergency-" + unique;
    }

    private static ClusterState state(Turn turn) {
        ClusterState state = turn.state();
        if (state == null) {
            throw new IllegalStateException("an emergency without any record, not even an old one: " + turn);
        }
        return state;
    }

    private Duration step(Turn turn, Verb verb, EmergencyPhase next) {
        Emergency now = turn.now();
        if (now == null) {
            return beat;
        }
        Outcome outcome = steps.call(verb, state(turn), now, turn.inHand());
        doing = outcome.detail();
        refused = outcome.kind() == Outcome.Kind.REFUSED ? outcome.detail() : "";
        if (outcome.holds()) {
            events.over(SUBJECT);
            return write(
                    turn,
                    EmergencyProtocol.move(
                            now, next, outcome.detail(), "", settings.clock().instant()));
        }
        remember(turn, now, outcome.memo());
        return switch (outcome.kind()) {
            case DONE, ALREADY_SO -> beat;
            case IN_PROGRESS -> {
                events.over(SUBJECT);
                yield again(outcome);
            }
            case RETRY, UNKNOWN -> {
                told(now, verb, outcome);
                yield again(outcome);
            }
            case REFUSED -> {
                told(now, verb, outcome);
                yield now.rehearsal() ? SOONEST : beat.multipliedBy(AFTER_REFUSAL);
            }
        };
    }

    private void told(Emergency now, Verb verb, Outcome outcome) {
        events.changed(
                HaEvent.Kind.ALARM,
                SUBJECT,
                (now.rehearsal() ? "rehearsal " : "emergency ") + now.id() + " stands at " + now.phase() + " ("
                        + verb.name().toLowerCase(Locale.ROOT) + "): " + outcome.detail());
    }

    private Duration again(Outcome outcome) {
        Duration wanted = outcome.again();
        return wanted == null ? beat : wanted;
    }

    private void remember(Turn turn, Emergency now, String memo) {
        if (!memo.equals(now.memo())) {
            put(turn, now.withMemo(memo));
        }
    }

    private Duration move(Turn turn, EmergencyPhase to, EmergencyDecision decision, Instant at) {
        Emergency now = turn.now();
        return now == null ? beat : write(turn, EmergencyProtocol.move(now, to, decision.reason(), decision.by(), at));
    }

    private Duration write(Turn turn, EmergencyChange change) {
        Emergency next = change.changed();
        if (next == null) {
            events.changed(HaEvent.Kind.ALARM, SUBJECT, change.refusal());
            return beat;
        }
        if (put(turn, next)) {
            known = next;
            events.tell(HaEvent.Kind.STATE, next.summary());
            steps.changed(next, next.since());
        }
        return SOONEST;
    }

    /** Whether it is written; if not, or nobody knows, the next turn reads what stands there. */
    private boolean put(Turn turn, Emergency next) {
        if (!turn.inHand()) {
            files.declare(next);
            return true;
        }
        return settings.store().compareAndSetEmergency(turn.read(), next, turn.term(), STORE) == WriteOutcome.DONE;
    }

    /** What is in the cloud is compared with what should be; only whoever coordinates looks. */
    private void watch(Turn turn) {
        ClusterState state = turn.state();
        Emergency now = turn.now();
        if (!turn.inHand() || state == null) {
            return;
        }
        ClusterState shown = now == null || !now.underWay() ? state : EmergencySteps.journaled(state, now);
        Outcome outcome = strategy.reconcile(shown, true);
        if (outcome.holds()) {
            events.over(strategy.name());
        } else {
            events.changed(HaEvent.Kind.ALARM, strategy.name(), strategy.name() + ": " + outcome.detail());
        }
    }

    @Override
    public void close() {
        loop.end(CLOSE);
        approver.close(CLOSE_APPROVER);
        strategy.close();
    }
}
