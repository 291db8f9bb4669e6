package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Isolation;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Calls the steps of an emergency and writes down where their time went: each is called again until it holds, and what it answers begins
 * with the stage at which it stands.
 */
final class EmergencySteps {
    private static final Duration STEP = Duration.ofSeconds(10);
    private static final Duration READ = Duration.ofSeconds(1);

    private final Machine.Guard strategy;
    private final NodeName environment;
    private final ClusterStore store;
    private final Historian historian;
    private final Ticker ticker;
    private final NodeName self;
    private String resumed = "";
    private @Nullable Stand stand;

    /** Where a step stands. */
    private record Stand(
            String id,
            Verb verb,
            String stage,
            Instant startedAt,
            long startedNanos,
            Instant stageAt,
            long stageNanos) {
        boolean isOf(Emergency emergency, Verb of) {
            return id.equals(emergency.id()) && verb == of;
        }
    }

    EmergencySteps(
            Machine.Guard strategy,
            NodeName environment,
            NodeName self,
            ClusterStore store,
            Historian historian,
            Ticker ticker) {
        this.strategy = strategy;
        this.environment = environment;
        this.self = self;
        this.store = store;
        this.historian = historian;
        this.ticker = ticker;
    }

    /** One call of the step that this phase asks for. */
    Outcome call(Verb verb, ClusterState state, Emergency emergency, boolean inHand) {
        resume(emergency);
        Step step = new Step(strategy.name(), verb, environment);
        Stand before = stand;
        Stand begun = before != null && before.isOf(emergency, verb)
                ? before
                : new Stand(emergency.id(), verb, "", historian.now(), ticker.nanos(), historian.now(), ticker.nanos());
        Outcome outcome = strategy.carryOut(request(step, state, emergency, inHand));
        Stand noted = noted(begun, emergency, outcome);
        stand = outcome.holds() ? null : noted;
        return outcome;
    }

    private static StepRequest request(Step step, ClusterState state, Emergency emergency, boolean inHand) {
        return inHand
                ? new StepRequest(step, journaled(state, emergency), STEP, Isolation.GRACEFUL, emergency.memo())
                : new StepRequest(
                        step,
                        state.withoutTransition(),
                        STEP,
                        Isolation.GRACEFUL,
                        emergency.memo(),
                        new Declaration(state.clusterId(), state.epoch(), emergency.by()));
    }

    /** The record as the strategy is to see it: what is journaled beside it stands in its place. */
    static ClusterState journaled(ClusterState state, Emergency emergency) {
        boolean back = emergency.phase() == EmergencyPhase.RETURNING || emergency.phase() == EmergencyPhase.CLEARING;
        TransitionKind kind = back && !emergency.rehearsal() ? TransitionKind.FAILBACK : emergency.kind();
        return state.withTransition(new Journal(
                emergency.id(), kind, state.primary(), null, List.of(), emergency.reason(), emergency.since()));
    }

    private Stand noted(Stand begun, Emergency emergency, Outcome outcome) {
        String stage = stage(outcome);
        boolean moved = !stage.equals(begun.stage());
        if (moved && !begun.stage().isEmpty()) {
            note(emergency, begun.verb(), begun.stage(), "done", begun.stageAt(), begun.stageNanos(), "");
        }
        if (outcome.holds()) {
            note(
                    emergency,
                    begun.verb(),
                    "",
                    outcome.kind().name().toLowerCase(Locale.ROOT),
                    begun.startedAt(),
                    begun.startedNanos(),
                    outcome.detail());
        } else if (outcome.kind() == Outcome.Kind.REFUSED || outcome.kind() == Outcome.Kind.UNKNOWN) {
            note(
                    emergency,
                    begun.verb(),
                    stage,
                    outcome.kind().name().toLowerCase(Locale.ROOT),
                    begun.stageAt(),
                    begun.stageNanos(),
                    outcome.detail());
        }
        return moved
                ? new Stand(
                        begun.id(),
                        begun.verb(),
                        stage,
                        begun.startedAt(),
                        begun.startedNanos(),
                        begun.stage().isEmpty() ? begun.startedAt() : historian.now(),
                        begun.stage().isEmpty() ? begun.startedNanos() : ticker.nanos())
                : begun;
    }

    private static String stage(Outcome outcome) {
        int colon = outcome.detail().indexOf(": ");
        return outcome.holds()
                        || colon <= 0
                        || colon > 30
                        || outcome.detail().substring(0, colon).contains(" ")
                ? ""
                : outcome.detail().substring(0, colon);
    }

    private void note(
            Emergency emergency,
            Verb verb,
            String stage,
            String outcome,
            Instant started,
            long fromNanos,
            String detail) {
        String name = verb.name().toLowerCase(Locale.ROOT);
        historian.note(
                emergency.id(),
                emergency.epoch(),
                stage.isEmpty() ? name : name + " " + stage,
                outcome,
                started,
                Duration.ofNanos(ticker.nanos() - fromNanos),
                detail);
    }

    /** A change of phase. */
    void changed(Emergency next, Instant at) {
        resume(next);
        historian.note(
                next.id(),
                next.epoch(),
                next.phase().name().toLowerCase(Locale.ROOT),
                "done",
                at,
                Duration.ZERO,
                next.reason());
        historian.flush();
        stand = null;
    }

    /** What was declared on this node without the store is in the store now; that it was, and by whom, nobody else could write down. */
    void handedOver(Emergency emergency) {
        resume(emergency);
        historian.note(
                emergency.id(),
                emergency.epoch(),
                "declared",
                "done",
                emergency.since(),
                Duration.ZERO,
                "without the store, by " + emergency.by() + ": " + emergency.reason());
        historian.flush();
    }

    void flush() {
        historian.flush();
    }

    /** What this node itself has written of it before it was started anew must not be lost: a node's steps are written as a whole. */
    private void resume(Emergency emergency) {
        if (resumed.equals(emergency.id())) {
            return;
        }
        try {
            historian.resume(
                    emergency.id(),
                    store.history(50, READ).stream()
                            .filter(one -> one.transitionId().equals(emergency.id()))
                            .map(TransitionRecord::steps)
                            .flatMap(List::stream)
                            .filter(step -> step.node().equals(self))
                            .toList());
            resumed = emergency.id();
        } catch (StoreUnavailableException e) {
            // Without the store nothing is written anyway; asked again with the next call.
            resumed = "";
        }
    }
}
