package io.prontuario.ha.testing;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * What the engine counts on from every {@link FailoverStrategy}, tried on one. Works with any test framework:
 *
 * <pre>{@code
 * assertEquals(List.of(), FailoverStrategyContract.violations(lab));
 * }</pre>
 *
 * <p>For strategies that enable and isolate, not for the one with {@code SyncControl}, whose promises need a server to be kept.
 */
public final class FailoverStrategyContract {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    /** Beyond a call's limit: for a machine that is busy with other tests. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final Duration SETTLES = Duration.ofSeconds(10);
    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,40}");

    /** What the strategy works on, with hands that change it and eyes that see it without the strategy's help. */
    public interface Lab {
        /** A strategy over this, not started yet; each time another. */
        FailoverStrategy strategy();

        /** Two nodes that the strategy knows. */
        List<NodeName> nodes();

        /** Which node is used, as somebody sees it who looks for himself; empty when none is. */
        Optional<NodeName> used();

        /** Somebody changes by hand what the strategy is to keep: {@link #used} is not what it was. */
        void disturb();

        /** From now on nothing that the strategy controls answers. */
        void cutOff();

        /** All of it answers again. */
        void restore();
    }

    private final Lab lab;
    private final NodeName first;
    private final NodeName second;
    private final List<String> violations = new ArrayList<>();
    private final ExecutorService caller = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "prontuario-contract");
        thread.setDaemon(true);
        return thread;
    });

    private FailoverStrategyContract(Lab lab) {
        this.lab = lab;
        this.first = lab.nodes().get(0);
        this.second = lab.nodes().get(1);
    }

    /** Tries all of it, for some seconds; answers each promise that was not kept, as a sentence. The lab is left restored. */
    public static List<String> violations(Lab lab) {
        FailoverStrategyContract contract = new FailoverStrategyContract(lab);
        try {
            contract.run();
        } finally {
            contract.caller.shutdownNow();
        }
        return List.copyOf(contract.violations);
    }

    private void run() {
        unstarted();
        FailoverStrategy strategy = lab.strategy();
        try {
            bounded("start", GRACE, () -> {
                strategy.start(new StrategyContext(first, Ticker.system(), () -> {}));
                return "";
            });
            says(strategy);
            moves(strategy);
            keeps(strategy);
            survives(strategy);
        } finally {
            lab.restore();
            closes("close", strategy);
            closes("a second close", strategy);
        }
    }

    /** A node that fails to start closes what it never started. */
    private void unstarted() {
        closes("close without start", lab.strategy());
    }

    private void closes(String what, FailoverStrategy strategy) {
        bounded(what, GRACE.plus(LIMIT), () -> {
            strategy.close();
            return "";
        });
    }

    private void says(FailoverStrategy strategy) {
        if (!NAME.matcher(strategy.name()).matches()
                || !strategy.name().equals(lab.strategy().name())) {
            violate("name() is '" + strategy.name() + "'; it must be the same each time, 1 to 40 of a-z, 0-9 and '-'");
        }
        for (Verb verb : List.of(Verb.ISOLATE, Verb.ENABLE)) {
            String line = strategy.describe(new Step(strategy.name(), verb, first));
            if (line.isBlank() || line.lines().count() != 1) {
                violate("describe must be one line; for " + verb + " it is '" + line + "'");
            }
        }
    }

    private void moves(FailoverStrategy strategy) {
        for (NodeName node : List.of(first, second, first)) {
            holds("enable " + node, strategy, Verb.ENABLE, node);
            uses(node, "after enable " + node);
            holds("enable " + node + " again, as after a crash", strategy, Verb.ENABLE, node);
            uses(node, "after enable " + node + " was repeated");
            Optional<NodeName> before = lab.used();
            Outcome prepared = call("prepare", () -> strategy.prepare(request(strategy, Verb.ENABLE, other(node))));
            if (!lab.used().equals(before)) {
                violate("prepare must change nothing; it answered " + prepared + " and then " + lab.used()
                        + " was used");
            }
            holds("isolate " + other(node), strategy, Verb.ISOLATE, other(node));
            holds("isolate " + other(node) + " again", strategy, Verb.ISOLATE, other(node));
            uses(node, "after isolate " + other(node));
        }
        holds("isolate the node that is used", strategy, Verb.ISOLATE, first);
        if (lab.used().filter(first::equals).isPresent()) {
            violate("isolate answered that it holds, and " + first + " is still used");
        }
        holds("enable " + second, strategy, Verb.ENABLE, second);
        uses(second, "after a failover in the usual order");
    }

    private void keeps(FailoverStrategy strategy) {
        ClusterState state = state(second);
        Outcome calm = call("reconcile", () -> strategy.reconcile(state));
        if (!calm.holds()) {
            violate("reconcile must hold while all is as it should be; it answered " + calm);
        }
        uses(second, "after reconcile");
        lab.disturb();
        Outcome mended = untilItHolds(() -> call("reconcile", () -> strategy.reconcile(state)));
        if (!mended.holds()) {
            violate("reconcile must bring back what somebody changed; after " + SETTLES.toSeconds() + " s it answers "
                    + mended);
        }
        uses(second, "after reconcile mended what somebody had changed");
    }

    private void survives(FailoverStrategy strategy) {
        lab.cutOff();
        for (Verb verb : List.of(Verb.ENABLE, Verb.ISOLATE)) {
            Outcome outcome = call(verb + " while nothing answers", () -> act(strategy, verb, first));
            if (outcome.kind() == Outcome.Kind.DONE) {
                violate(verb + " answered DONE while nothing answers: nobody can have seen that");
            }
            if (outcome.detail().isBlank()) {
                violate(verb + " failed without saying why");
            }
        }
        call("reconcile while nothing answers", () -> strategy.reconcile(state(second)));
        bounded(
                "sightings while nothing answers",
                GRACE,
                () -> strategy.sightings(second).toString());
        bounded(
                "measures while nothing answers",
                GRACE,
                () -> strategy.measures().toString());
        lab.restore();
        Outcome back =
                untilItHolds(() -> call("enable once it answers again", () -> act(strategy, Verb.ENABLE, first)));
        if (!back.holds()) {
            violate("what answers again must be used again; after " + SETTLES.toSeconds() + " s enable answers "
                    + back);
        }
        uses(first, "after it answered again");
    }

    private void holds(String what, FailoverStrategy strategy, Verb verb, NodeName node) {
        Outcome outcome = untilItHolds(() -> call(what, () -> act(strategy, verb, node)));
        if (!outcome.holds()) {
            violate(what + " must hold in the end; after " + SETTLES.toSeconds() + " s it answers " + outcome);
        }
    }

    private void uses(NodeName node, String when) {
        Optional<NodeName> used = lab.used();
        if (used.filter(node::equals).isEmpty()) {
            violate(when + " " + used.map(NodeName::value).orElse("no node") + " is used, not " + node);
        }
    }

    private static Outcome act(FailoverStrategy strategy, Verb verb, NodeName node) {
        StepRequest request = request(strategy, verb, node);
        return switch (verb) {
            case ENABLE -> strategy.enable(request);
            case ISOLATE -> strategy.isolate(request);
            case REJOIN -> strategy.rejoin(request);
        };
    }

    /** What the engine asks when this node is to be the one that is used, for tests of one's own. */
    public static StepRequest request(FailoverStrategy strategy, NodeName node) {
        return request(strategy, Verb.ENABLE, node);
    }

    private static StepRequest request(FailoverStrategy strategy, Verb verb, NodeName node) {
        return new StepRequest(new Step(strategy.name(), verb, node), state(node), LIMIT);
    }

    /** A strategy may ask for more time, and is given some. */
    private static Outcome untilItHolds(Callable<Outcome> call) {
        long began = System.nanoTime();
        while (true) {
            Outcome outcome;
            try {
                outcome = call.call();
            } catch (Exception e) {
                return Outcome.unknown("threw " + e);
            }
            boolean inVain = outcome.kind() == Outcome.Kind.REFUSED;
            if (outcome.holds() || inVain || System.nanoTime() - began > SETTLES.toNanos()) {
                return outcome;
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private Outcome call(String what, Callable<Outcome> call) {
        return bounded(what, LIMIT.plus(GRACE), call).orElse(Outcome.unknown("it did not come back with an outcome"));
    }

    /** Outcomes are values, and no call outlasts its limit. */
    private <T> Optional<T> bounded(String what, Duration limit, Callable<T> call) {
        try {
            T result = caller.submit(call).get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (result == null) {
                violate(what + " answered null");
            }
            return Optional.ofNullable(result);
        } catch (ExecutionException e) {
            violate(what + " threw " + e.getCause());
        } catch (TimeoutException e) {
            violate(what + " has not come back after " + limit.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            violate(what + " was interrupted");
        }
        return Optional.empty();
    }

    private void violate(String sentence) {
        if (!violations.contains(sentence)) {
            violations.add(Objects.requireNonNull(sentence));
        }
    }

    private NodeName other(NodeName node) {
        return node.equals(first) ? second : first;
    }

    private static ClusterState state(NodeName primary) {
        return new ClusterState(
                "contract",
                "7300000000000000001",
                1,
                "transition-1",
                1,
                new Copy(primary, "1a2b"),
                true,
                Set.of(),
                List.of(),
                Durability.AVAILABLE,
                1,
                false,
                null,
                null);
    }
}
