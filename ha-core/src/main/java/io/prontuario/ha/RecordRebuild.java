package io.prontuario.ha;

import io.prontuario.ha.decide.RecordRebuilder;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.RebuildPlan;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Puts a record in the place of one that is gone or older than what the nodes remember, by a person's word on what they hold. Needs nothing but
 * a started store and the evidence.
 */
public final class RecordRebuild {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ClusterStore store;
    /** The record that the last plan was drawn up from. */
    private Optional<Versioned> seen = Optional.empty();

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
        return RecordRebuilder.plan(seen.map(Versioned::state).orElse(null), evidence, question);
    }

    /**
     * Writes the proposed record, if the store still holds what the plan was drawn up from: nothing, or that very record.
     *
     * @throws IllegalStateException when it does not, or the plan is not possible
     * @throws StoreUnavailableException when it is not known whether it was written; it may still be
     */
    public void write(RebuildPlan plan) {
        if (!plan.possible()) {
            throw new IllegalStateException("refused: " + String.join("; ", plan.whyNot()));
        }
        ClusterState proposed = Objects.requireNonNull(plan.proposed());
        if (!Objects.equals(seen.map(Versioned::state).orElse(null), plan.present())) {
            throw new IllegalStateException("refused: the plan is not the last that was drawn up");
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
}
