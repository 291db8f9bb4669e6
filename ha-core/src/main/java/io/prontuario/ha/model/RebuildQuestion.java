package io.prontuario.ha.model;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person has said about a record that is to be rebuilt.
 *
 * @param nodes the data nodes of the cluster
 * @param lost of those, the ones that will not come back with anything that counts
 * @param primary who is to be the primary; null: whom the evidence names
 * @param promise what a commit waits for, if no node says; null: what the old record says
 * @param transitionId of the epoch that begins
 * @param now for people
 */
public record RebuildQuestion(
        Set<NodeName> nodes,
        Set<NodeName> lost,
        @Nullable NodeName primary,
        @Nullable CommitPromise promise,
        String transitionId,
        Instant now) {
    public RebuildQuestion {
        nodes = Set.copyOf(nodes);
        lost = Set.copyOf(lost);
    }
}
