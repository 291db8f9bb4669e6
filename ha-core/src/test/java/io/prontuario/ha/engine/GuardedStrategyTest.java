package io.prontuario.ha.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Layer;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Step;
import io.prontuario.ha.spi.StepRequest;
import io.prontuario.ha.spi.Verb;
import io.prontuario.ha.testing.Records;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GuardedStrategyTest {
    private static final Duration LIMIT = Duration.ofMillis(200);

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private Supplier<Outcome> answer = () -> Outcome.done("");
    private final GuardedStrategy guarded = new GuardedStrategy(new Remote());

    /** A strategy whose answers a test sets. */
    private final class Remote implements FailoverStrategy {
        @Override
        public String name() {
            return "remote";
        }

        @Override
        public Layer layer() {
            return Layer.TRAFFIC;
        }

        @Override
        public Placement placement() {
            return Placement.COORDINATOR;
        }

        @Override
        public Outcome isolate(StepRequest request) {
            return answered();
        }

        @Override
        public Outcome enable(StepRequest request) {
            return answered();
        }

        @Override
        public Outcome reconcile(ClusterState state) {
            return answered();
        }

        private Outcome answered() {
            calls.incrementAndGet();
            return answer.get();
        }
    }

    @AfterEach
    void letGo() {
        hanging.countDown();
        guarded.close();
    }

    private static StepRequest step(Verb verb) {
        return new StepRequest(new Step("remote", verb, Records.STUDIO_2), Records.state(4), LIMIT);
    }

    private Outcome hang() {
        try {
            hanging.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Outcome.done("");
    }

    @Test
    void aCallThatOutlastsItsLimitIsUnknownAndTheNextFindsItBusy() {
        answer = this::hang;

        assertEquals(Outcome.Kind.UNKNOWN, guarded.isolate(step(Verb.ISOLATE)).kind());
        Outcome next = guarded.isolate(step(Verb.ISOLATE));

        assertEquals(Outcome.Kind.RETRY, next.kind());
        assertTrue(next.detail().contains("still busy"), next.detail());
        assertEquals(1, calls.get());
    }

    @Test
    void enablingIsTriedAgainWhenNothingWasChanged() {
        answer = () -> calls.get() < 3 ? Outcome.retry("away", Duration.ZERO) : Outcome.done("");

        assertEquals(Outcome.Kind.DONE, guarded.enable(step(Verb.ENABLE)).kind());
        assertEquals(3, calls.get());
    }

    @Test
    void anUnknownOutcomeIsNotRepeatedBlindly() {
        answer = () -> Outcome.unknown("no answer");

        assertEquals(Outcome.Kind.UNKNOWN, guarded.enable(step(Verb.ENABLE)).kind());
        assertEquals(1, calls.get());
    }

    @Test
    void afterFailuresInARowTheSlowBeatIsSparedAndATransitionIsNot() {
        answer = () -> Outcome.unknown("no answer");
        for (int i = 0; i < 4; i++) {
            guarded.reconcile(Records.state(4), true);
        }
        int before = calls.get();

        Outcome spared = guarded.reconcile(Records.state(4), true);

        assertEquals("no answer", spared.detail());
        assertEquals(before, calls.get());
        answer = () -> Outcome.done("");
        assertEquals(Outcome.Kind.DONE, guarded.enable(step(Verb.ENABLE)).kind());
        assertEquals(before + 1, calls.get());
    }

    @Test
    void anExceptionIsAnOutcome() {
        answer = () -> {
            throw new IllegalStateException("broken");
        };

        Outcome outcome = guarded.isolate(step(Verb.ISOLATE));

        assertEquals(Outcome.Kind.UNKNOWN, outcome.kind());
        assertTrue(outcome.detail().contains("broken"), outcome.detail());
    }
}
