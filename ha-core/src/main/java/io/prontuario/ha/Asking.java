package io.prontuario.ha;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** What everybody does who asks for a transition by way of the store: reads the record and the statuses, writes once, and waits for the end. */
final class Asking {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration STATUSES = Duration.ofSeconds(1);
    private static final long POLL_NANOS = 10_000_000;

    private final ClusterStore store;
    private final Ticker ticker;

    Asking(ClusterStore store, Ticker ticker) {
        this.store = store;
        this.ticker = ticker;
    }

    Versioned record() {
        return store.read(LIMIT)
                .orElseThrow(
                        () -> new IllegalStateException("there is no record yet: run ha init on the first data node"));
    }

    /** They are read right after connecting. That of a node that is lost does not come. */
    void awaitStatuses(NodeName... nodes) {
        List<NodeName> awaited = List.of(nodes);
        long until = ticker.nanos() + STATUSES.toNanos();
        while (!store.nodes().keySet().containsAll(awaited) && ticker.nanos() - until < 0) {
            breathe();
        }
    }

    /** Writes it, once; {@code mine} tells a record that this write has made, when nobody has heard how it ended. */
    boolean written(Versioned before, ClusterState next, Predicate<ClusterState> mine) {
        WriteOutcome outcome = store.compareAndSet(before, next, null, LIMIT);
        return switch (outcome) {
            case DONE -> true;
            case CONFLICT -> false;
            case DEPOSED, UNKNOWN -> mine.test(record().state());
        };
    }

    /** Whether it may still be waited for; false when the thread was interrupted. */
    boolean goesOn(long began, Duration longest) {
        return ticker.nanos() - began < longest.toNanos()
                && !Thread.currentThread().isInterrupted();
    }

    void breathe() {
        LockSupport.parkNanos(POLL_NANOS);
    }

    Switchover.Result ended(boolean done, String message, long began) {
        return new Switchover.Result(done, message, since(began), true);
    }

    Switchover.Result unfinished(long began) {
        return new Switchover.Result(
                false, "not finished yet: the nodes go on; look at ha status and ha history", since(began), false);
    }

    private Duration since(long began) {
        return Duration.ofNanos(ticker.nanos() - began);
    }
}
