package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import java.util.Optional;

/** What a proposed change of the record comes to: the next state, or why it is not legal. A value, never an exception. */
public final class Change {
    private final Optional<ClusterState> next;
    private final String refusal;

    private Change(Optional<ClusterState> next, String refusal) {
        this.next = next;
        this.refusal = refusal;
    }

    static Change to(ClusterState state) {
        return new Change(Optional.of(state), "");
    }

    static Change refused(String why) {
        return new Change(Optional.empty(), why);
    }

    /** The state to write, when the change is legal. */
    public Optional<ClusterState> next() {
        return next;
    }

    /** Why it is not legal, as a sentence; empty when it is. */
    public String refusal() {
        return refusal;
    }

    @Override
    public String toString() {
        return next.map(ClusterState::toString).orElse("refused: " + refusal);
    }
}
