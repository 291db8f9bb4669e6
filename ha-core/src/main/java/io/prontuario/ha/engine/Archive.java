package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The latest transitions for those who must not wait for the store. Read on a thread of its own: a while after the record has become quiet,
 * when every node has written its steps, and while somebody asks.
 */
final class Archive {
    /** As many as the store keeps of what matters to a person. */
    static final int KEPT = 20;

    private static final Duration READ = Duration.ofSeconds(2);
    /** Nodes write their steps a second after the outage, or two. */
    private static final Duration WRITTEN = Duration.ofSeconds(4);

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ClusterStore store;
    private final Ticker ticker;
    private final Machine.Worker thread;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile @Nullable List<TransitionRecord> latest;
    private volatile long readAtNanos;
    private @Nullable Phase told;
    private @Nullable ClusterState seen;
    private long changedAtNanos;
    private boolean due = true;

    /** How far the record is with its transition. */
    private record Phase(long epoch, String transitionId, boolean active, boolean finished) {
        static Phase of(ClusterState state) {
            return new Phase(state.epoch(), state.transitionId(), state.active(), state.transition() == null);
        }
    }

    Archive(ClusterStore store, Ticker ticker, Machine.Worker thread) {
        this.store = store;
        this.ticker = ticker;
        this.thread = thread;
        this.readAtNanos = ticker.nanos() - FRESH.toNanos();
        this.changedAtNanos = ticker.nanos();
    }

    /** Called by the loop on every look. */
    void saw(ClusterState state) {
        note(state);
        boolean quiet = state.active() && state.transition() == null;
        if (due && quiet && ticker.nanos() - changedAtNanos > WRITTEN.toNanos()) {
            due = !read();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the record of the last look, as it is in most looks
    private void note(ClusterState state) {
        if (state == seen) {
            return;
        }
        seen = state;
        Phase now = Phase.of(state);
        if (!now.equals(told)) {
            told = now;
            changedAtNanos = ticker.nanos();
            due = true;
        }
    }

    /** What was read last, newest first; null before that. Lets it be read again when it is older than a second. */
    @Nullable
    List<TransitionRecord> asked() {
        if (ticker.nanos() - readAtNanos >= FRESH.toNanos()) {
            read();
        }
        return latest;
    }

    /** What was read last; empty before that. */
    List<TransitionRecord> known() {
        List<TransitionRecord> now = latest;
        return now == null ? List.of() : now;
    }

    /** Answers whether it is under way now. */
    private boolean read() {
        if (store.health() != StoreHealth.CONNECTED || !reading.compareAndSet(false, true)) {
            return false;
        }
        boolean begun = thread.execute(() -> {
            try {
                latest = store.history(KEPT, READ);
            } catch (StoreUnavailableException e) {
                // What was known before is still the best answer; whoever asks next lets it be tried again.
            } finally {
                readAtNanos = ticker.nanos();
                reading.set(false);
            }
        });
        if (!begun) {
            // The node is being closed.
            reading.set(false);
        }
        return begun;
    }
}
