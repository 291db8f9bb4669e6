package io.prontuario.ha;

import io.prontuario.ha.decide.RecordRebuilder;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts a record in the place of one that is gone or older than what the nodes remember, by a person's word on what they hold. Needs nothing but
 * a started store and the evidence.
 */
public final class RecordRebuild {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ClusterStore store;
    /** The record that the last plan was drawn up from. */
    private Optional<Versioned> seen = Optional.empty();
    /** What the nodes said then. */
    private Map<NodeName, NodeEvidence> heard = Map.of();

    private RecordRebuild(ClusterStore store) {
        this.store = store;
    }

    /** On a store that was started and is connected. */
    public static RecordRebuild on(ClusterStore store) {
        return new RecordRebuild(store);
    }

    /**
     * What would be written, and whether it may. Changes nothing.
     *
     * @throws StoreUnavailableException when the store does not answer
     */
    public RebuildPlan plan(List<NodeEvidence> evidence, RecordRebuilder.Question question) {
        seen = store.read(LIMIT);
        heard = byNode(evidence);
        return RecordRebuilder.plan(seen.map(Versioned::state).orElse(null), evidence, question);
    }

    /**
     * Writes the proposed record, if the nodes still say and the store still holds what the plan was drawn up from: nothing, or that very
     * record.
     *
     * @param again what the nodes say now that a person has agreed to the plan, which may have taken long
     * @throws IllegalStateException when it does not, or the plan is not possible
     * @throws StoreUnavailableException when it is not known whether it was written; it may still be
     */
    public void write(RebuildPlan plan, List<NodeEvidence> again) {
        if (!plan.possible()) {
            throw new IllegalStateException("refused: " + String.join("; ", plan.whyNot()));
        }
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        if (!Objects.equals(seen.map(Versioned::state).orElse(null), plan.present())) {
            throw new IllegalStateException("refused: the plan is not the last that was drawn up");
        }
        List<String> others = changed(byNode(again));
        if (!others.isEmpty()) {
            throw new IllegalStateException("refused: not the same was heard as when the plan was drawn up, of "
                    + others + "; look at the plan again");
        }
        WriteOutcome outcome = seen.isPresent()
                ? store.compareAndSet(seen.get(), proposed, null, LIMIT)
                : store.create(proposed, LIMIT);
        switch (outcome) {
            case DONE -> {}
            case CONFLICT, DEPOSED ->
                throw new IllegalStateException("refused: the record has changed meanwhile; look at the plan again");
            case UNKNOWN -> {
                boolean written = store.read(LIMIT)
                        .filter(now -> now.state().transitionId().equals(proposed.transitionId()))
                        .isPresent();
                if (!written) {
                    throw new StoreUnavailableException(
                            "the store has not said whether it wrote the record, and it is not"
                                    + " there yet: look at ha status before trying again");
                }
            }
        }
    }

    private static Map<NodeName, NodeEvidence> byNode(List<NodeEvidence> evidence) {
        return evidence.stream().collect(Collectors.toMap(NodeEvidence::node, Function.identity()));
    }

    private List<String> changed(Map<NodeName, NodeEvidence> now) {
        Set<NodeName> nodes = new HashSet<>(heard.keySet());
        nodes.addAll(now.keySet());
        return nodes.stream()
                .filter(node -> {
                    NodeEvidence before = heard.get(node);
                    NodeEvidence after = now.get(node);
                    return before == null || after == null || !before.saysAs(after);
                })
                .map(NodeName::value)
                .sorted()
                .toList();
    }
}
