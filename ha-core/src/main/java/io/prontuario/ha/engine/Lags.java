package io.prontuario.ha.engine;

import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who is how far behind: on a primary its standbys, on a standby itself. Told by the loop, asked by any thread. */
final class Lags {
    private final Ticker ticker;
    private final Map<Copy, LagClock> standbys = new HashMap<>();
    private final LagClock own = new LagClock();
    private boolean follows;

    Lags(Ticker ticker) {
        this.ticker = ticker;
    }

    /** How far behind. */
    record Lag(long bytes, Duration time) {}

    synchronized void saw(ClusterView view) {
        long now = ticker.nanos();
        DataStatus data = view.local();
        List<AttachedStandby> attached = data.runsAs(ServerMode.PRIMARY) ? data.attached() : List.of();
        for (AttachedStandby standby : attached) {
            standbys.computeIfAbsent(standby.copy(), copy -> new LagClock())
                    .saw(now, data.receivedPosition(), standby.flushPosition());
        }
        if (attached.size() > 1 || standbys.size() > attached.size()) {
            standbys.keySet().removeIf(copy -> !isAttached(attached, copy));
        }
        follows = data.runsAs(ServerMode.STANDBY);
        if (follows) {
            own.saw(now, end(data), data.replayedPosition());
        }
    }

    private static boolean isAttached(List<AttachedStandby> attached, Copy copy) {
        for (AttachedStandby standby : attached) {
            if (standby.copy().equals(copy)) {
                return true;
            }
        }
        return false;
    }

    /** The end of the log as far as this standby has heard of it. */
    private static long end(DataStatus data) {
        Receiver receiver = data.receiver();
        return Math.max(data.receivedPosition(), receiver == null ? 0 : receiver.upstreamPosition());
    }

    /** What the standbys that are attached here have not flushed yet. */
    synchronized Map<NodeName, Lag> standbys() {
        Map<NodeName, Lag> all = new HashMap<>();
        standbys.forEach((copy, clock) -> all.put(copy.node(), lag(clock)));
        return all;
    }

    /** What this standby has not replayed yet of what it has heard of; empty when the server is no standby. */
    synchronized Optional<Lag> own() {
        return follows ? Optional.of(lag(own)) : Optional.empty();
    }

    private Lag lag(LagClock clock) {
        return new Lag(clock.bytes(), clock.behind(ticker.nanos()));
    }

    /** What this standby has not replayed yet by its status of this moment. */
    static long bytes(@Nullable DataStatus data) {
        return data == null ? Long.MAX_VALUE : Math.max(0, end(data) - data.replayedPosition());
    }
}
