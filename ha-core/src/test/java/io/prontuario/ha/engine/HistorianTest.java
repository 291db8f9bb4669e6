package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.testing.InMemoryClusterStore;
import io.prontuario.ha.testing.InMemoryEnsemble;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the steps of one node. */
final class HistorianTest {
    private static final NodeName SELF = new NodeName("studio-1");
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final InMemoryClusterStore store = new InMemoryEnsemble().store();
    private final Events events = new Events(SELF, List.of(), InstantSource.system(), Machine.real());
    private final Historian historian = new Historian(SELF, store, events, Ticker.system(), InstantSource.system());

    @BeforeEach
    void start() {
        store.start("records", SELF, () -> {});
    }

    @AfterEach
    void close() {
        events.close();
        store.close();
    }

    private void note(String transition, long epoch, String step, String outcome) {
        historian.note(transition, epoch, step, outcome, Instant.EPOCH, Duration.ZERO, "why");
    }

    private List<String> written(String transition) {
        return store.history(50, LIMIT).stream()
                .filter(one -> one.transitionId().equals(transition))
                .map(TransitionRecord::steps)
                .flatMap(List::stream)
                .map(StepRecord::step)
                .toList();
    }

    /** The coordinator fences for the next transition while the agent of the same node still tries to rejoin in the last. */
    @Test
    void stepsOfTwoTransitionsBesideEachOtherAreAllKept() {
        note("one", 4, "promoted", "done");
        note("two", 5, "fenced", "done");
        note("one", 4, "rejoined", "retry");
        note("two", 5, "nominated", "done");
        historian.flush();

        assertEquals(List.of("promoted", "rejoined"), written("one"));
        assertEquals(List.of("fenced", "nominated"), written("two"));
    }

    @Test
    void whatFailsAgainAndAgainIsOneStep() {
        note("one", 4, "rejoined", "retry");
        note("two", 5, "fenced", "refused");
        note("one", 4, "rejoined", "retry");
        historian.flush();

        assertEquals(List.of("rejoined"), written("one"));
    }

    @Test
    void keepsNoMoreThanTheLatest() {
        IntStream.range(0, 6).forEach(number -> note("t" + number, number, "nominated", "done"));
        historian.flush();

        assertEquals(List.of(), written("t1"));
        assertEquals(List.of("nominated"), written("t2"));
    }
}
