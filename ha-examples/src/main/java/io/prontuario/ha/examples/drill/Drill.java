package io.prontuario.ha.examples.drill;

import io.prontuario.ha.Switchover;
import io.prontuario.ha.examples.drill.DrillReport.Condition;
import io.prontuario.ha.examples.drill.DrillReport.Leg;
import io.prontuario.ha.examples.drill.DrillReport.Step;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.SwitchoverPlan;
import io.prontuario.ha.model.TakeoverProspect;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Phase 6.1 of the deployment guide: the primary moves and comes back, watched as a proxy watches, with everything that could be wrong looked at
 * before and nothing done when it is. The way back is not begun when the way there was not as it should be.
 */
public final class Drill {
    private static final Duration READ = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration WRITTEN = Duration.ofSeconds(5);
    private static final int LOOKED_BACK = 10;

    private final ClusterStore store;
    private final Settings settings;
    private final Consumer<String> progress;

    /**
     * How it is to be.
     *
     * @param cluster its name
     * @param operator who
     * @param reason why
     * @param bound the longest outage that passes
     * @param redundant within which time somebody has to be able to take over again
     * @param back whether the former primary becomes it again
     * @param kill ends the primary's server as a crash would; null for a switchover
     */
    public record Settings(
            String cluster,
            String operator,
            String reason,
            Duration bound,
            Duration redundant,
            boolean back,
            @Nullable Runnable kill) {}

    /** A drill on a store that is started and reached. */
    public Drill(ClusterStore store, Settings settings, Consumer<String> progress) {
        this.store = store;
        this.settings = settings;
        this.progress = progress;
    }

    /** Runs it to its end, or to where it is broken off; whatever happens, the evidence says it. */
    public DrillReport run() throws InterruptedException {
        Instant startedAt = Instant.now();
        ClusterState before = state();
        NodeName home = before.primary().node();
        Optional<SwitchoverPlan> plan = Switchover.on(store).plan();
        List<Condition> conditions = conditions(before, plan);
        List<Leg> legs = new ArrayList<>();
        String outcome;
        if (conditions.stream().anyMatch(one -> !one.holds())) {
            outcome = "not begun: "
                    + conditions.stream()
                            .filter(one -> !one.holds())
                            .map(Condition::what)
                            .toList();
        } else {
            outcome = legs(legs, home, plan.map(SwitchoverPlan::to).orElse(home));
        }
        boolean passed = outcome.equals(PASSED);
        return new DrillReport(
                settings.cluster(),
                settings.kill() == null ? "switchover" : "kill",
                settings.operator(),
                settings.reason(),
                startedAt.toString(),
                passed,
                outcome,
                settings.bound().toMillis(),
                conditions,
                legs,
                List.of());
    }

    private static final String PASSED = "passed";

    private String legs(List<Leg> legs, NodeName home, NodeName there) throws InterruptedException {
        Runnable kill = settings.kill();
        Leg first = leg(kill == null ? "switchover to " + there : "the server of " + home + " is killed", () -> {
            if (kill == null) {
                return Switchover.on(store).run(there, progress);
            }
            return killed(kill, home);
        });
        legs.add(first);
        String wrong = judged(first);
        if (!wrong.isEmpty()) {
            return "broken off after the way there: " + wrong + ". The primary stays on " + state().primary();
        }
        if (settings.back() && !state().primary().node().equals(home)) {
            Leg second =
                    leg("switchover back to " + home, () -> Switchover.on(store).run(home, progress));
            legs.add(second);
            String then = judged(second);
            if (!then.isEmpty()) {
                return "the way back was not as it should be: " + then + ". The primary is " + state().primary();
            }
        }
        return PASSED;
    }

    private String judged(Leg leg) {
        if (!leg.done()) {
            return leg.message();
        }
        if (leg.redundantMillis() == null) {
            return "nobody could take over again within " + settings.redundant().toSeconds() + " s";
        }
        return leg.outageMillis() > settings.bound().toMillis()
                ? "the outage was " + Math.round(leg.outageMillis()) + " ms, at the most "
                        + settings.bound().toMillis() + " ms were allowed"
                : "";
    }

    private List<Condition> conditions(ClusterState state, Optional<SwitchoverPlan> plan) {
        List<Condition> all = new ArrayList<>();
        TakeoverProspect prospect = TakeoverProspect.of(state, store.nodes().values());
        all.add(new Condition(
                "somebody could take over",
                prospect.obstacle() == TakeoverProspect.Obstacle.NONE,
                prospect.sentence()));
        all.add(new Condition(
                "there is another data node",
                plan.isPresent(),
                plan.map(one -> one.to().value()).orElse("none")));
        plan.ifPresent(one -> one.preconditions()
                .forEach(condition ->
                        all.add(new Condition(condition.what(), condition.holds(), condition.evidence()))));
        List<String> asked = addresses();
        all.add(new Condition("the nodes answer as proxies ask them", !asked.isEmpty(), asked.toString()));
        return all;
    }

    private List<String> addresses() {
        return store.nodes().values().stream()
                .filter(node -> node.role() == NodeRole.DATA && !node.leaving())
                .map(NodeStatus::address)
                .sorted()
                .toList();
    }

    private interface Way {
        Switchover.Result go() throws InterruptedException;
    }

    private Leg leg(String what, Way way) throws InterruptedException {
        progress.accept(what);
        long began = System.nanoTime();
        long epoch = state().epoch();
        Switchover.Result result;
        Double redundant;
        double outage;
        try (PrimaryWatch watch = new PrimaryWatch(addresses())) {
            Thread.sleep(LOOK.toMillis());
            result = way.go();
            progress.accept(result.message() + "; waiting until somebody could take over again");
            boolean well = await(settings.redundant(), () -> prospect() == TakeoverProspect.Obstacle.NONE);
            redundant = well ? (System.nanoTime() - began) / 1e6 : null;
            outage = watch.longest().toNanos() / 1e6;
        }
        // Nodes write their steps down a second or two after the outage.
        await(WRITTEN, () -> steps(epoch).stream().anyMatch(step -> step.step().equals("opened")));
        return new Leg(what, result.done(), result.message(), outage, redundant, steps(epoch));
    }

    private Switchover.Result killed(Runnable kill, NodeName home) throws InterruptedException {
        long began = System.nanoTime();
        long epoch = state().epoch();
        kill.run();
        boolean moved = await(settings.redundant(), () -> {
            ClusterState now = state();
            return now.active() && now.epoch() > epoch && now.transition() == null;
        });
        ClusterState now = state();
        return new Switchover.Result(
                moved && !now.primary().node().equals(home),
                moved ? now.primary() + " is the primary of epoch " + now.epoch() : "nobody took over",
                Duration.ofNanos(System.nanoTime() - began),
                moved);
    }

    private TakeoverProspect.Obstacle prospect() {
        ClusterState now = state();
        return now.transition() == null
                ? TakeoverProspect.of(now, store.nodes().values()).obstacle()
                : TakeoverProspect.Obstacle.UNDER_WAY;
    }

    private static boolean await(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (!told(condition)) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            Thread.sleep(LOOK.toMillis());
        }
        return true;
    }

    /** A store that does not answer for a moment answers later. */
    private static boolean told(BooleanSupplier condition) {
        try {
            return condition.getAsBoolean();
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    private ClusterState state() {
        return store.read(READ)
                .map(Versioned::state)
                .orElseThrow(() -> new IllegalStateException("there is no record: run ha init on the first data node"));
    }

    private List<Step> steps(long after) {
        List<StepRecord> steps = store.history(LOOKED_BACK, READ).stream()
                .filter(one -> one.epoch() > after)
                .map(TransitionRecord::steps)
                .flatMap(List::stream)
                .sorted(Comparator.comparing(StepRecord::started))
                .toList();
        if (steps.isEmpty()) {
            return List.of();
        }
        Instant first = steps.get(0).started();
        return steps.stream()
                .map(step -> new Step(
                        step.step(),
                        step.node().value(),
                        step.outcome(),
                        Duration.between(first, step.started()).toNanos() / 1e6,
                        step.took().toNanos() / 1e6,
                        step.detail()))
                .toList();
    }
}
