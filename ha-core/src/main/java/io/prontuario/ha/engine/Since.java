package io.prontuario.ha.engine;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** For how long conditions have held without a break. Owned by the loop thread. */
final class Since {
    private final Ticker ticker;
    private final Map<Object, Long> start = new HashMap<>();

    Since(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Notes whether {@code key} holds at this moment; answers for how long it has, zero when it does not. */
    Duration note(Object key, boolean holds) {
        if (!holds) {
            start.remove(key);
            return Duration.ZERO;
        }
        long now = ticker.nanos();
        Long since = start.putIfAbsent(key, now);
        return since == null ? Duration.ZERO : Duration.ofNanos(now - since);
    }

    /** Forgets the keys of a kind that are not in {@code wanted}, so that the map stays as small as the cluster. */
    void retain(Class<?> kind, Set<?> wanted) {
        // Asked for at each look; mostly there is nothing that lasts.
        if (!start.isEmpty()) {
            start.keySet().removeIf(key -> kind.isInstance(key) && !wanted.contains(key));
        }
    }
}
