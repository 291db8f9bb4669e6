package io.prontuario.ha.gcp;

import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Stages in their order, always from the first: a stage that holds costs a look. Stops at the first that does not hold. Keeps for people
 * how each went; nothing of that is needed to go on.
 */
final class Sequence {
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final String key;
    private final Ticker ticker;
    private final Map<String, Long> begun = new LinkedHashMap<>();
    private final Map<String, StageReport> reports = new LinkedHashMap<>();
    private List<Stage> stages;

    /**
     * A first attempt.
     *
     * @param key what it is for; another attempt at the same goes on counting
     */
    Sequence(String key, Ticker ticker, Stage... stages) {
        this.key = key;
        this.ticker = ticker;
        this.stages = List.of(stages);
    }

    String key() {
        return key;
    }

    /** The same attempt with stages made anew. */
    Sequence with(Stage... fresh) {
        stages = List.of(fresh);
        return this;
    }

    Outcome run(Deadline deadline, String memo) {
        List<String> changed = new ArrayList<>();
        for (Stage stage : stages) {
            if (deadline.passed()) {
                return Outcome.inProgress(stage.name() + ": next", AT_ONCE).withMemo(memo);
            }
            begun.putIfAbsent(stage.name(), ticker.nanos());
            Outcome outcome = one(stage, deadline, memoOf(stage, memo));
            note(stage, outcome);
            if (!outcome.holds()) {
                String kept = outcome.memo().isEmpty() ? "" : stage.name() + " " + outcome.memo();
                return new Outcome(outcome.kind(), stage.name() + ": " + outcome.detail(), outcome.again(), kept);
            }
            if (outcome.kind() == Outcome.Kind.DONE) {
                changed.add(stage.name() + ": " + outcome.detail());
            }
        }
        return changed.isEmpty()
                ? Outcome.alreadySo(stages.stream().map(Stage::name).collect(Collectors.joining(", ")))
                : Outcome.done(String.join("; ", changed));
    }

    private static Outcome one(Stage stage, Deadline deadline, String memo) {
        try {
            return stage.run(deadline, memo);
        } catch (CloudException e) {
            return e.outcome();
        }
    }

    private static String memoOf(Stage stage, String memo) {
        return memo.startsWith(stage.name() + " ") ? memo.substring(stage.name().length() + 1) : "";
    }

    private synchronized void note(Stage stage, Outcome outcome) {
        StageReport before = reports.get(stage.name());
        if (before != null && isHeld(before) && outcome.kind() == Outcome.Kind.ALREADY_SO) {
            // It took what it took when it came to hold.
            return;
        }
        Duration since = Duration.ofNanos(ticker.nanos() - begun.getOrDefault(stage.name(), ticker.nanos()));
        reports.put(stage.name(), new StageReport(stage.name(), outcome.kind(), outcome.detail(), since));
    }

    private static boolean isHeld(StageReport report) {
        return report.outcome() == Outcome.Kind.DONE || report.outcome() == Outcome.Kind.ALREADY_SO;
    }

    synchronized List<StageReport> reports() {
        return List.copyOf(reports.values());
    }
}
