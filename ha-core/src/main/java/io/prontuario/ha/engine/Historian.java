package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Collects this node's steps of a transition with their times, and writes them to the store once the outage is over. */
final class Historian {
    private final NodeName self;
    private final ClusterStore store;
    private final Events events;
    private final Ticker ticker;
    private final InstantSource clock;
    private final List<StepRecord> steps = new ArrayList<>();
    private boolean dirty;

    Historian(NodeName self, ClusterStore store, Events events, Ticker ticker, InstantSource clock) {
        this.self = self;
        this.store = store;
        this.events = events;
        this.ticker = ticker;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    /** Does a step and notes how long it took and how it ended. */
    Outcome timed(ClusterState state, String step, Supplier<Outcome> act) {
        return timed(state.transitionId(), state.epoch(), step, act);
    }

    /** The same for a transition that has not begun its epoch yet. */
    Outcome timed(String transitionId, long epoch, String step, Supplier<Outcome> act) {
        return timed(transitionId, epoch, step, act, any -> true);
    }

    /** The same for what is made sure of again and again: noted only when it has changed something. */
    Outcome timedIfDone(ClusterState state, String step, Supplier<Outcome> act) {
        return timedIf(state, step, act, outcome -> outcome.kind() == Outcome.Kind.DONE);
    }

    /** The same, noted only when its outcome is worth it. */
    Outcome timedIf(ClusterState state, String step, Supplier<Outcome> act, Predicate<Outcome> worthNoting) {
        return timed(state.transitionId(), state.epoch(), step, act, worthNoting);
    }

    private Outcome timed(
            String transitionId, long epoch, String step, Supplier<Outcome> act, Predicate<Outcome> worthNoting) {
        Instant started = clock.instant();
        long from = ticker.nanos();
        Outcome outcome = act.get();
        if (worthNoting.test(outcome)) {
            note(
                    transitionId,
                    epoch,
                    step,
                    outcome.kind().name().toLowerCase(Locale.ROOT),
                    started,
                    Duration.ofNanos(ticker.nanos() - from),
                    outcome.detail());
        }
        return outcome;
    }

    /** A switchover that came to nothing, and why. */
    void undone(String transitionId, long epoch, String reason) {
        note(transitionId, epoch, "undone", "done", now(), Duration.ZERO, reason);
    }

    /** Goes on with steps that were written before this process began. */
    synchronized void resume(String transitionId, List<StepRecord> before) {
        // While the store was away some may have been collected that it does not know yet.
        List<StepRecord> since = steps.stream()
                .filter(step -> step.transitionId().equals(transitionId) && !before.contains(step))
                .toList();
        steps.clear();
        steps.addAll(before);
        steps.addAll(since);
        dirty = !since.isEmpty();
    }

    synchronized void note(
            String transitionId,
            long epoch,
            String step,
            String outcome,
            Instant started,
            Duration took,
            String detail) {
        steps.removeIf(old -> !old.transitionId().equals(transitionId));
        StepRecord record = new StepRecord(transitionId, epoch, self, step, outcome, started, took, detail);
        if (failsAsBefore(record)) {
            return;
        }
        steps.add(record);
        dirty = true;
        events.step(record);
    }

    /** What is tried again and again and fails in the same way is one step, not as many as there were attempts. */
    private boolean failsAsBefore(StepRecord record) {
        StepRecord last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        return last != null
                && !record.outcome().equals("done")
                && !record.outcome().equals("already_so")
                && record.step().equals(last.step())
                && record.epoch() == last.epoch()
                && record.outcome().equals(last.outcome())
                && record.detail().equals(last.detail());
    }

    /**
     * Writes what was collected since the last time. Called once the outage is over: every write to the store inside it would be in the
     * way of those that end it.
     */
    synchronized void flush() {
        if (dirty && !steps.isEmpty()) {
            StepRecord first = steps.get(0);
            store.record(first.transitionId(), first.epoch(), List.copyOf(steps));
        }
        dirty = false;
    }
}
