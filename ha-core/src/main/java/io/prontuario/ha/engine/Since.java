package io.prontuario.ha.engine;

import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** For how long conditions have held without a break. Owned by the loop thread. */
final class Since {
    private final Ticker ticker;
    /** Since when, by the kind of key: most kinds are asked for at each look and have nothing that lasts. */
    private final Map<Class<?>, Map<Object, Long>> start = new HashMap<>();

    Since(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Notes whether {@code key} holds at this moment; answers for how long it has, zero when it does not. */
    Duration note(Object key, boolean holds) {
        Map<Object, Long> kind = start.get(key.getClass());
        if (!holds) {
            if (kind != null) {
                kind.remove(key);
            }
            return Duration.ZERO;
        }
        if (kind == null) {
            kind = new HashMap<>();
            start.put(key.getClass(), kind);
        }
        long now = ticker.nanos();
        Long since = kind.putIfAbsent(key, now);
        return since == null ? Duration.ZERO : Duration.ofNanos(now - since);
    }

    /** The same for a key that holds, of a kind of which only one holds at a time: any other is forgotten. */
    Duration noteOnly(Object key) {
        Map<Object, Long> kind = start.computeIfAbsent(key.getClass(), any -> new HashMap<>());
        Long since = kind.get(key);
        if (since == null) {
            kind.clear();
            kind.put(key, ticker.nanos());
            return Duration.ZERO;
        }
        return Duration.ofNanos(ticker.nanos() - since);
    }

    /** Forgets the keys of a kind that are not in {@code wanted}, so that the map stays as small as the cluster. */
    void retain(Class<?> kind, Set<?> wanted) {
        Map<Object, Long> all = start.get(kind);
        if (all != null && !all.isEmpty()) {
            all.keySet().retainAll(wanted);
        }
    }
}
