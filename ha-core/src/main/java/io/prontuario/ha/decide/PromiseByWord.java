package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.CommitPromise;
import io.prontuario.ha.model.NodeEvidence;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a commit is to wait for by a rebuilt record, and who says so: the nodes that have obeyed a record since they were started, else a
 * person, else the record that is replaced. Nothing is assumed: clients may count on more.
 *
 * @param promise null when nobody says, or the words differ
 */
record PromiseByWord(@Nullable CommitPromise promise, Precondition known) {
    private static final String WHAT = "what a commit waits for is known";

    static PromiseByWord of(
            @Nullable ClusterState present, List<NodeEvidence> evidence, @Nullable CommitPromise asked) {
        List<NodeEvidence> saying =
                evidence.stream().filter(one -> one.promise() != null).toList();
        Set<CommitPromise> words = saying.stream()
                .map(one -> Objects.requireNonNull(one.promise()))
                .collect(Collectors.toSet());
        String said =
                saying.stream().map(one -> one.promise() + " by " + one.node()).collect(Collectors.joining(", "));
        if (words.size() == 1) {
            CommitPromise word = words.iterator().next();
            return asked == null || asked.equals(word)
                    ? new PromiseByWord(word, new Precondition(WHAT, true, said))
                    : new PromiseByWord(
                            null,
                            new Precondition(
                                    WHAT,
                                    false,
                                    said + ", and " + asked
                                            + " by --durability: leave that out, and change it afterwards with ha durability"));
        }
        if (asked != null) {
            return new PromiseByWord(asked, new Precondition(WHAT, true, asked + " by --durability"));
        }
        if (words.isEmpty() && present != null) {
            CommitPromise old = new CommitPromise(present.durability(), present.strictMinimum());
            return new PromiseByWord(old, new Precondition(WHAT, true, old + " by the record that is replaced"));
        }
        return new PromiseByWord(
                null,
                new Precondition(
                        WHAT,
                        false,
                        (words.isEmpty() ? "no node that was heard says it" : said)
                                + ": name it with --durability (and --strict-minimum)"));
    }
}
