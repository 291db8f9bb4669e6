package io.prontuario.ha.spi;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Measure;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.TransitionKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that has to move when the primary moves: a proxy, a pool, a cache, an environment in the cloud, the data itself.
 *
 * <p>Thread: the node calls a strategy from a bounded pool, one call in flight per strategy and node; {@link #sightings} alone
 * may be called beside another call. No call may outlast {@link StepRequest#limit()}. Calls are level-triggered and idempotent:
 * the same request may come again after a crash, from another coordinator, or because the first outcome was unknown.
 */
public interface FailoverStrategy extends AutoCloseable {

    /** A short unique name such as {@code haproxy}; it stands in plans, history and metrics. */
    String name();

    /** Where in the stack it works, which orders it among the others. */
    Layer layer();

    /** Order within the layer, lowest first when enabling and last when isolating. */
    default int order() {
        return 0;
    }

    /** On which node its steps run. */
    Placement placement();

    /** Whether and how it takes part in a kind of transition. */
    default Participation participation(TransitionKind kind) {
        return Participation.REQUIRED;
    }

    /**
     * The environment elsewhere, such as a cloud, that this strategy wakes when the site is lost. A strategy that has one takes no part in
     * what happens on site: its steps are those of {@code EMERGENCY}, {@code FAILBACK} and {@code DRILL}, with that name as their target.
     * At most one strategy of a node has one.
     */
    default Optional<NodeName> environment() {
        return Optional.empty();
    }

    /** Called once before anything else. Must not block: connections are made in the background. */
    default void start(StrategyContext context) {}

    /** What this strategy sees of {@code target}'s host at this moment, from its own running observations: no I/O here. */
    default List<Sighting> sightings(NodeName target) {
        return List.of();
    }

    /**
     * Whether the step could be done now; changes nothing. Asked of who is placed at the coordinator and joins a {@code SWITCHOVER}, when one
     * begins: {@code REFUSED} by one that is {@code REQUIRED} takes it back, any other outcome lets it go on. A failover asks nobody.
     */
    default Outcome prepare(StepRequest request) {
        return Outcome.done("");
    }

    /** Keep traffic from the step's target. Removed from routing is not isolated: DONE means confirmed, open sessions included. */
    Outcome isolate(StepRequest request);

    /** Make the step's target the one that is used. */
    Outcome enable(StepRequest request);

    /**
     * Bring what is left on the step's target back into its standby shape. Called of a strategy that has an {@link #environment()}, at the end of
     * an emergency; on site a node that returns is brought in line by {@link #reconcile}.
     */
    default Outcome rejoin(StepRequest request) {
        return Outcome.alreadySo("");
    }

    /**
     * Bring what this strategy controls from this node in line with the state; called on every change and on a slow beat.
     * Strategies placed at the coordinator are asked on the coordinator alone.
     */
    default Outcome reconcile(ClusterState state) {
        return Outcome.alreadySo("");
    }

    /**
     * The same while the active primary's agent has closed in order and its server goes on, until it is back: whatever would ask that agent
     * must not take its silence for the death of the server. Nobody looks after the server then; its death is still found by others.
     */
    default Outcome reconcileUnattended(ClusterState state) {
        return reconcile(state);
    }

    /** One line for a dry run, {@code HaNode.plan} and the console's: what the step will do. No I/O; also before {@link #start}. */
    default String describe(Step step) {
        return name() + ": " + step.verb().name().toLowerCase(Locale.ROOT) + " " + step.target();
    }

    /**
     * What it counts and measures of its own, such as commits in doubt, for {@code /metrics}; names begin with {@code prontuario_ha_} and this
     * strategy's. Any thread may ask at any moment: no I/O here.
     */
    default List<Measure> measures() {
        return List.of();
    }

    /** The authority over who may acknowledge a write; exactly one DATA strategy of a data node or witness has it. */
    default Optional<SyncControl> syncControl() {
        return Optional.empty();
    }

    /** Lets go of connections and threads; leaves servers as they are. Idempotent, bounded, never throws. */
    @Override
    default void close() {}
}
