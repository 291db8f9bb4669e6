package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Placement;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The strategies that are placed on every node, such as pools: told of each record that this node obeys, and again on a slow beat, on
 * a thread of their own. When records come faster than they follow, only the newest is followed.
 */
final class Followers implements AutoCloseable {
    private static final Duration BEAT = Duration.ofSeconds(1);

    private final List<FailoverStrategy> strategies;
    private final Events events;
    private final AtomicReference<@Nullable ClusterState> newest = new AtomicReference<>();
    private final ExecutorService thread = Engine.worker("prontuario-followers");
    private final Ticker ticker;
    private @Nullable ClusterState told;
    private long toldAtNanos;

    Followers(List<FailoverStrategy> strategies, Events events, Ticker ticker) {
        this.strategies = strategies.stream()
                .filter(strategy -> strategy.placement() == Placement.EVERYWHERE)
                .toList();
        this.events = events;
        this.ticker = ticker;
    }

    /** Called on every look, by the loop. */
    void follow(ClusterState state) {
        long now = ticker.nanos();
        if (strategies.isEmpty() || (state.equals(told) && now - toldAtNanos < BEAT.toNanos())) {
            return;
        }
        told = state;
        toldAtNanos = now;
        newest.set(state);
        thread.execute(this::reconcile);
    }

    private void reconcile() {
        ClusterState state = newest.getAndSet(null);
        if (state == null) {
            return;
        }
        for (FailoverStrategy strategy : strategies) {
            Outcome outcome = reconciled(strategy, state);
            if (outcome.holds()) {
                events.over(strategy.name());
            } else {
                events.changed(HaEvent.Kind.ALARM, strategy.name(), strategy.name() + ": " + outcome.detail());
            }
        }
    }

    private static Outcome reconciled(FailoverStrategy strategy, ClusterState state) {
        try {
            return strategy.reconcile(state);
        } catch (RuntimeException e) {
            return Outcome.unknown("failed: " + e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
