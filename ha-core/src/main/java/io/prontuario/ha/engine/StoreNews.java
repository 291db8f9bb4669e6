package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says once what has become of the store and of the record in it. Owned by the loop thread; {@link #away} from any. */
final class StoreNews {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String STORE = "store";
    private static final String ABSENT = "absent record";
    private static final String NOT_UNDERSTOOD = "record not understood";

    private final ClusterStore store;
    private final String cluster;
    private final Events events;
    private final Ticker ticker;
    private volatile long connectedAtNanos;
    private long recordAtNanos;
    private @Nullable ClusterState told;

    StoreNews(ClusterStore store, String cluster, Events events, Ticker ticker) {
        this.store = store;
        this.cluster = cluster;
        this.events = events;
        this.ticker = ticker;
        this.connectedAtNanos = ticker.nanos();
        this.recordAtNanos = connectedAtNanos;
    }

    /** How long this node has been without word of the record: the store is away, or what it holds is not understood here. */
    Duration away() {
        return Duration.ofNanos(ticker.nanos() - connectedAtNanos);
    }

    /** A moment without the store is not worth a word. */
    void tell(@Nullable ClusterState state) {
        if (store.health() == StoreHealth.CONNECTED) {
            if (events.over(STORE)) {
                events.tell(HaEvent.Kind.STATE, "the store is reached again");
            }
            Optional<String> notUnderstood = store.notUnderstood();
            if (notUnderstood.isPresent()) {
                recordAtNanos = ticker.nanos();
                events.changed(HaEvent.Kind.ALARM, NOT_UNDERSTOOD, notUnderstood.get());
                return;
            }
            events.over(NOT_UNDERSTOOD);
            connectedAtNanos = ticker.nanos();
            tellRecord(state);
        } else {
            recordAtNanos = ticker.nanos();
            if (away().compareTo(PATIENCE) > 0) {
                events.changed(
                        HaEvent.Kind.ALARM,
                        STORE,
                        // How its session fares says nothing that a person could use, and would tell the same twice.
                        "the store is not reached: waiting for it; until then no server is started, stopped or promoted"
                                + " here. Check that a majority of its servers runs and that this node reaches them");
            }
        }
    }

    private void tellRecord(@Nullable ClusterState state) {
        if (state == null) {
            if (ticker.nanos() - recordAtNanos > PATIENCE.toNanos()) {
                events.changed(
                        HaEvent.Kind.ALARM,
                        ABSENT,
                        "the store is reached but holds no cluster '" + cluster
                                + "': waiting for it. Create it once, on the node that is to be the first primary (ha init),"
                                + " or correct the cluster's name");
            }
            return;
        }
        recordAtNanos = ticker.nanos();
        events.over(ABSENT);
        if (!Objects.equals(state, told)) {
            told = state;
            events.changed(
                    HaEvent.Kind.STATE,
                    "record",
                    "epoch " + state.epoch() + ": primary " + state.primary() + (state.active() ? "" : " (nominated)")
                            + ", in sync " + state.inSync() + (state.paused() ? ", paused" : ""));
        }
    }
}
