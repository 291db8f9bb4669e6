package io.prontuario.ha.examples.interrupt;

import io.prontuario.ha.examples.demo.Demonstration;
import io.prontuario.ha.examples.demo.Scenario;
import io.prontuario.ha.examples.demo.ScenarioResult;
import io.prontuario.ha.examples.demo.Trial;
import io.prontuario.ha.examples.local.Unprivileged;
import io.prontuario.ha.model.TransitionKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Undisturbed transitions first, then the same ones cut, on one cluster. */
public final class Interruptions {
    private static final Map<TransitionKind, Scenario> UNDISTURBED =
            Map.of(TransitionKind.FAILOVER, Scenario.SERVER_KILLED, TransitionKind.SWITCHOVER, Scenario.SWITCHOVER);

    private final List<String> names;
    private final int undisturbed;
    private final @Nullable Path report;
    private final Consumer<String> out;

    /**
     * Those of the given names; all when there are none.
     *
     * @param undisturbed how many transitions of each kind to run first without killing anybody
     * @param report where to write the results as JSON; null for nowhere
     * @param out told what happens, line by line
     */
    public Interruptions(List<String> names, int undisturbed, @Nullable Path report, Consumer<String> out) {
        this.names = List.copyOf(names);
        this.undisturbed = undisturbed;
        this.report = report;
        this.out = out;
    }

    /** The names of all of them, in order: the transition, the step after which somebody is killed, and who. */
    public static List<String> labels() {
        return Interruption.all(new Trap(Path.of(""))).stream()
                .map(Interruption::label)
                .toList();
    }

    /** Runs them; answers whether all of them ran and passed. */
    public boolean run() {
        Path traps = folder();
        try {
            List<Interruption> cut = Interruption.all(new Trap(traps)).stream()
                    .filter(one -> names.isEmpty() || names.contains(one.label()))
                    .toList();
            List<Trial> trials = new ArrayList<>();
            for (TransitionKind kind : List.of(TransitionKind.FAILOVER, TransitionKind.SWITCHOVER)) {
                for (int i = 0; i < undisturbed; i++) {
                    trials.add(Optional.ofNullable(UNDISTURBED.get(kind)).orElseThrow());
                }
            }
            trials.addAll(cut);
            Demonstration demonstration = new Demonstration(TrappedNode.program(traps), trials, false, report, out);
            boolean passed = demonstration.run();
            for (TransitionKind kind : List.of(TransitionKind.FAILOVER, TransitionKind.SWITCHOVER)) {
                for (Victim victim : Victim.values()) {
                    summary(demonstration.results(), kind, victim).ifPresent(out);
                }
            }
            return passed;
        } finally {
            Unprivileged.delete(traps);
        }
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("prontuario-traps-").toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create a temporary folder", e);
        }
    }

    /** The longest outage with that victim against the undisturbed one; empty without either. */
    private static Optional<String> summary(List<ScenarioResult> results, TransitionKind kind, Victim victim) {
        List<Duration> calm = results.stream()
                .filter(result -> result.trial() == UNDISTURBED.get(kind))
                .map(ScenarioResult::outage)
                .sorted()
                .toList();
        Optional<ScenarioResult> longest = results.stream()
                .filter(result ->
                        result.trial() instanceof Interruption one && one.kind() == kind && one.victim() == victim)
                .max(Comparator.comparing(ScenarioResult::outage));
        if (calm.isEmpty() || longest.isEmpty()) {
            return Optional.empty();
        }
        Duration usual = calm.get(calm.size() / 2);
        return Optional.of(String.format(
                "%s, %s killed: outage at most %d ms (%s), undisturbed %d ms: %+d ms",
                kind,
                victim.label().replace('-', ' '),
                longest.get().outage().toMillis(),
                longest.get().trial().label(),
                usual.toMillis(),
                longest.get().outage().minus(usual).toMillis()));
    }
}
