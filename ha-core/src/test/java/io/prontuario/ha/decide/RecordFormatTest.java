package io.prontuario.ha.decide;

import static io.prontuario.ha.testing.ViewFixture.copy;
import static io.prontuario.ha.testing.ViewFixture.inSync;
import static io.prontuario.ha.testing.ViewFixture.views;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Decision;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.testing.ViewFixture;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a node does with a record that a later version of the library has written. */
final class RecordFormatTest {
    private static final int EPOCHS = 2;
    private static final RecordFormat ADDED =
            new RecordFormat(RecordFormat.UNDERSTOOD, Map.of("residence", "{\"region\":\"south\"}"));
    private static final RecordFormat BEYOND = new RecordFormat(RecordFormat.UNDERSTOOD + 1, Map.of());

    /** A change that forgot it would take from the later version what it has written, silently and for ever. */
    @Test
    void everyChangeKeepsTheFormatAndWhatThisVersionDoesNotKnow() {
        Set<RecordChange> made = EnumSet.noneOf(RecordChange.class);
        for (Durability durability : Durability.values()) {
            ClusterState first = Protocol.bootstrap("cluster", "t1", copy("a"), durability, 1)
                    .withFormat(ADDED);
            Set<ClusterState> seen = new HashSet<>(Set.of(first));
            Deque<ClusterState> open = new ArrayDeque<>(seen);
            while (!open.isEmpty()) {
                ClusterState state = open.remove();
                for (RecordChange change : RecordChange.values()) {
                    for (Change tried : change.tries(state)) {
                        tried.next().ifPresent(next -> {
                            assertEquals(ADDED, next.format(), change::method);
                            made.add(change);
                            if (next.epoch() <= EPOCHS && seen.add(next)) {
                                open.add(next);
                            }
                        });
                    }
                }
            }
        }
        assertEquals(EnumSet.allOf(RecordChange.class), made);
    }

    /** Primary, standby, empty node, whoever leads; a dead primary and one that serves: nobody acts by what it cannot know. */
    @Test
    void aRecordOfAHigherFormatIsObeyedByNobodyWhateverItSeemsToSay() {
        for (ServerCondition condition : ServerCondition.values()) {
            ViewFixture cluster = views().primary("a", condition)
                    .standby("b", inSync())
                    .sighted("b", Answer.UNREACHED, 60_000)
                    .sighted("witness", Answer.UNREACHED, 60_000);
            ViewFixture later = cluster.seeing(cluster.state().withFormat(BEYOND));
            for (ClusterView view : List.of(later.at("a"), later.at("b"), later.atWitness())) {
                AgentDecision agent = AgentPolicy.decide(view);
                assertFalse(agent.duty() != Duty.REST && agent.duty() != Duty.HOLD, () -> view.self() + ": " + agent);
                Decision policy = StandardPolicy.decide(view);
                CoordinatorDecision coordinator = CoordinatorPolicy.decide(view, policy);
                assertTrue(
                        coordinator.move() == CoordinatorDecision.Move.REST
                                || coordinator.move() == CoordinatorDecision.Move.HOLD,
                        coordinator::toString);
            }
        }
    }

    @Test
    void whatAHigherFormatMeansForThisNodeIsSaidAndWhatToDo() {
        String why = BEYOND.beyond(RecordFormat.UNDERSTOOD).orElseThrow();
        assertTrue(why.contains("format 2") && why.contains("understands 1") && why.contains("update this node"), why);
        assertTrue(ADDED.beyond(RecordFormat.UNDERSTOOD).isEmpty());
    }
}
