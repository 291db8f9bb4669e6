package io.prontuario.ha.engine;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An environment elsewhere, as several nodes see the same one: it is awake or asleep, and the name leads there or home. Each step takes three
 * calls, of which each changes one thing.
 */
final class FakeEnvironment {
    static final NodeName NAME = new NodeName("cloud");
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final List<String> calls = new ArrayList<>();
    private boolean awake;
    private boolean grown;
    private boolean nameLeadsThere;
    private boolean drained;
    private int waiting;
    private String refusal = "";
    private Runnable afterEachCall = () -> {};

    synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    synchronized String state() {
        return (awake ? "awake" : "asleep") + (grown ? ", grown" : "")
                + (nameLeadsThere ? ", name there" : ", name home") + ", " + waiting + " waiting";
    }

    /** The same with what only the next call of a step depends on. */
    synchronized String whole() {
        return state() + (drained ? ", drained" : "");
    }

    /** So many notes are written there meanwhile. */
    synchronized void writes(int notes) {
        waiting = notes;
    }

    /** Waking is refused until this is empty again. */
    synchronized void refuses(String why) {
        refusal = why;
    }

    /** Done after each call of a step, on the caller's thread. */
    synchronized void afterEachCall(Runnable act) {
        afterEachCall = act;
    }

    private Outcome step(StepRequest request) {
        Outcome outcome;
        Runnable after;
        synchronized (this) {
            TransitionKind kind = request.state().transition() == null
                    ? null
                    : request.state().transition().kind();
            calls.add(request.step().verb() + " " + (request.declared() == null ? kind : "DECLARED"));
            outcome = switch (request.step().verb()) {
                case ENABLE -> enable();
                case ISOLATE -> isolate();
                case REJOIN -> rejoin();
            };
            after = afterEachCall;
        }
        after.run();
        return outcome;
    }

    private Outcome enable() {
        if (!refusal.isEmpty()) {
            return Outcome.refused("nodes: " + refusal);
        }
        if (!awake) {
            awake = true;
            return Outcome.inProgress("nodes: on their way", AT_ONCE).withMemo("nodes operation-1");
        }
        if (!grown) {
            grown = true;
            return Outcome.inProgress("available: soon", AT_ONCE);
        }
        drained = false;
        boolean so = nameLeadsThere;
        nameLeadsThere = true;
        return so ? Outcome.alreadySo("nodes, name") : Outcome.done("name: leads there");
    }

    private Outcome isolate() {
        if (nameLeadsThere) {
            nameLeadsThere = false;
            return Outcome.inProgress("name: changed", AT_ONCE);
        }
        if (!drained) {
            drained = true;
            return Outcome.inProgress("drain: some are still there", AT_ONCE);
        }
        return Outcome.alreadySo("name, drain");
    }

    private Outcome rejoin() {
        if (nameLeadsThere) {
            return Outcome.refused("left: the name leads there");
        }
        if (waiting > 0) {
            waiting--;
            return Outcome.inProgress("outbox: " + waiting + " left", AT_ONCE);
        }
        grown = false;
        boolean so = !awake;
        awake = false;
        return so ? Outcome.alreadySo("outbox, nodes") : Outcome.done("nodes: asleep; outbox: all merged");
    }

    /** It as one node's strategy. */
    FailoverStrategy strategy() {
        return new FailoverStrategy() {
            @Override
            public String name() {
                return "elsewhere";
            }

            @Override
            public Layer layer() {
                return Layer.SERVICE;
            }

            @Override
            public Placement placement() {
                return Placement.COORDINATOR;
            }

            @Override
            public Participation participation(TransitionKind kind) {
                return Participation.REQUIRED;
            }

            @Override
            public Optional<NodeName> environment() {
                return Optional.of(NAME);
            }

            @Override
            public Outcome isolate(StepRequest request) {
                return step(request);
            }

            @Override
            public Outcome enable(StepRequest request) {
                return step(request);
            }

            @Override
            public Outcome rejoin(StepRequest request) {
                return step(request);
            }
        };
    }

    /** How often a verb was called. */
    synchronized long count(Verb verb) {
        return calls.stream().filter(call -> call.startsWith(verb.name())).count();
    }
}
