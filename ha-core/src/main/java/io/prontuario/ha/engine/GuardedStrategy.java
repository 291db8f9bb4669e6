package io.prontuario.ha.engine;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.TransitionKind;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Participation;
import io.prontuario.ha.spi.StepRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A strategy whose calls may go to another machine, with a time limit, a few retries and a circuit breaker around them. One call in
 * flight at a time: one that outlasts its limit is UNKNOWN and is left alone, and until it has ended the strategy is busy.
 *
 * <p>The breaker spares the slow beat of {@link #reconcile} the wait for something that has failed again and again. The steps of a
 * transition are always tried: what was away a second ago may be back.
 */
final class GuardedStrategy implements Machine.Guard {
    private static final Duration RECONCILE = Duration.ofSeconds(2);
    private static final Duration OPEN = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);
    private static final int TRIES = 3;
    private static final int FAILURES = 4;

    private final FailoverStrategy strategy;
    private final OneAtATime calls;
    private final CircuitBreaker breaker;
    private final Retry retry;
    private volatile Outcome last = Outcome.alreadySo("");

    GuardedStrategy(FailoverStrategy strategy) {
        this.strategy = strategy;
        this.calls = new OneAtATime(strategy.name());
        this.breaker = CircuitBreaker.of(
                strategy.name(),
                CircuitBreakerConfig.custom()
                        .slidingWindow(FAILURES, FAILURES, CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .failureRateThreshold(100)
                        .waitDurationInOpenState(OPEN)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .recordResult(outcome -> outcome instanceof Outcome one && failed(one))
                        .build());
        this.retry = Retry.of(
                strategy.name(),
                RetryConfig.<Outcome>custom()
                        .maxAttempts(TRIES)
                        .intervalFunction(IntervalFunction.of(BETWEEN_TRIES))
                        .retryOnResult(outcome -> outcome.kind() == Outcome.Kind.RETRY)
                        .build());
    }

    @Override
    public String name() {
        return strategy.name();
    }

    @Override
    public Participation participation(TransitionKind kind) {
        return strategy.participation(kind);
    }

    /** A question: how it is answered says nothing of whether the strategy is well. */
    @Override
    public Outcome prepare(StepRequest request) {
        return calls.bounded(request.limit(), () -> strategy.prepare(request));
    }

    /** Tried once: it is best effort, and what comes after it is not to wait for it. */
    @Override
    public Outcome isolate(StepRequest request) {
        return counted(() -> calls.bounded(request.limit(), () -> strategy.isolate(request)));
    }

    /** RETRY is tried again a few times, since the step changed nothing. */
    @Override
    public Outcome enable(StepRequest request) {
        return retry.executeSupplier(
                () -> counted(() -> calls.bounded(request.limit(), () -> strategy.enable(request))));
    }

    @Override
    public Outcome carryOut(StepRequest request) {
        return counted(() ->
                calls.bounded(request.limit(), () -> switch (request.step().verb()) {
                    case ISOLATE -> strategy.isolate(request);
                    case ENABLE -> strategy.enable(request);
                    case REJOIN -> strategy.rejoin(request);
                }));
    }

    @Override
    public Outcome reconcile(ClusterState state, boolean attended) {
        if (!breaker.tryAcquirePermission()) {
            // It has failed again and again: what it said last still holds, and it is asked again in a moment.
            return last;
        }
        return counted(() -> calls.bounded(
                RECONCILE, () -> attended ? strategy.reconcile(state) : strategy.reconcileUnattended(state)));
    }

    private Outcome counted(Supplier<Outcome> call) {
        long from = System.nanoTime();
        Outcome outcome = call.get();
        last = outcome;
        breaker.onResult(System.nanoTime() - from, TimeUnit.NANOSECONDS, outcome);
        return outcome;
    }

    private static boolean failed(Outcome outcome) {
        return switch (outcome.kind()) {
            case DONE, ALREADY_SO, IN_PROGRESS -> false;
            case RETRY, REFUSED, UNKNOWN -> true;
        };
    }

    @Override
    public void close() {
        calls.close();
    }
}
