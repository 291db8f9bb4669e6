package io.prontuario.ha.testing;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Verb;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A strategy that answers what it was told to answer, in order, and remembers what it was asked: for tests of what happens around a
 * strategy. Where nothing is written for a verb, or no more, the answer is {@code DONE}.
 *
 * <pre>{@code
 * ScriptedStrategy proxy = ScriptedStrategy.of("proxy", Layer.TRAFFIC, Placement.COORDINATOR)
 *         .answers(Verb.ENABLE, Outcome.retry("busy", Duration.ofMillis(100)), Outcome.done(""));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class ScriptedStrategy implements FailoverStrategy {
    private final String name;
    private final Layer layer;
    private final Placement placement;
    private final Map<Verb, Deque<Outcome>> script = new EnumMap<>(Verb.class);
    private final List<String> asked = new ArrayList<>();

    private ScriptedStrategy(String name, Layer layer, Placement placement) {
        this.name = name;
        this.layer = layer;
        this.placement = placement;
    }

    /** With an empty script. */
    public static ScriptedStrategy of(String name, Layer layer, Placement placement) {
        return new ScriptedStrategy(name, layer, placement);
    }

    /** Adds what it will answer the next times it is asked for that verb. */
    public synchronized ScriptedStrategy answers(Verb verb, Outcome... outcomes) {
        script.computeIfAbsent(verb, any -> new ArrayDeque<>()).addAll(List.of(outcomes));
        return this;
    }

    /** What it was asked so far, as {@code ENABLE studio-2}, in order. */
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private synchronized Outcome answer(Verb verb, Object about) {
        asked.add(verb + " " + about);
        Outcome written = script.getOrDefault(verb, new ArrayDeque<>()).poll();
        return written == null ? Outcome.done("") : written;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Layer layer() {
        return layer;
    }

    @Override
    public Placement placement() {
        return placement;
    }

    @Override
    public Outcome isolate(StepRequest request) {
        return answer(Verb.ISOLATE, request.step().target());
    }

    @Override
    public Outcome enable(StepRequest request) {
        return answer(Verb.ENABLE, request.step().target());
    }

    @Override
    public Outcome rejoin(StepRequest request) {
        return answer(Verb.REJOIN, request.step().target());
    }

    /** Not remembered: it is asked on every beat. */
    @Override
    public Outcome reconcile(ClusterState state) {
        return Outcome.alreadySo("");
    }
}
