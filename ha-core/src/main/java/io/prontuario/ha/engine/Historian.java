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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Collects this node's steps of the latest transitions with their times, and writes them to the store once the outage is over. Of several, since
 * the coordinator may be at the next one while the agent beside it is still at the last.
 */
final class Historian {
    private static final int KEPT_TRANSITIONS = 4;

    private final NodeName self;
    private final ClusterStore store;
    private final Events events;
    private final Ticker ticker;
    private final InstantSource clock;
    /** By transition, that which was added to last at the end. */
    private final Map<String, List<StepRecord>> steps = new LinkedHashMap<>();

    private final Set<String> dirty = new HashSet<>();

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
        List<StepRecord> since = stepsOf(transitionId).stream()
                .filter(step -> !before.contains(step))
                .toList();
        List<StepRecord> all = stepsOf(transitionId);
        all.clear();
        all.addAll(before);
        all.addAll(since);
        if (since.isEmpty()) {
            dirty.remove(transitionId);
        }
    }

    synchronized void note(
            String transitionId,
            long epoch,
            String step,
            String outcome,
            Instant started,
            Duration took,
            String detail) {
        StepRecord record = new StepRecord(transitionId, epoch, self, step, outcome, started, took, detail);
        List<StepRecord> same = stepsOf(transitionId);
        if (failsAsBefore(record, same)) {
            return;
        }
        same.add(record);
        dirty.add(transitionId);
        events.step(record);
    }

    /** Those of the transition, which becomes the latest one. */
    private List<StepRecord> stepsOf(String transitionId) {
        List<StepRecord> known = steps.remove(transitionId);
        List<StepRecord> same = known == null ? new ArrayList<>() : known;
        steps.put(transitionId, same);
        if (steps.size() > KEPT_TRANSITIONS) {
            String eldest = steps.keySet().iterator().next();
            steps.remove(eldest);
            dirty.remove(eldest);
        }
        return same;
    }

    /** What is tried again and again and fails in the same way is one step, not as many as there were attempts. */
    private static boolean failsAsBefore(StepRecord record, List<StepRecord> same) {
        StepRecord last = same.isEmpty() ? null : same.get(same.size() - 1);
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
        steps.forEach((transitionId, all) -> {
            if (dirty.contains(transitionId)) {
                store.record(transitionId, all.get(0).epoch(), List.copyOf(all));
            }
        });
        dirty.clear();
    }
}
