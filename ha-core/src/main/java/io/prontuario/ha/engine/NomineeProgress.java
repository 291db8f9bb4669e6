package io.prontuario.ha.engine;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * For how long a nominee has shown no progress: nothing that its agent had not published before in this epoch, and nothing replayed beyond
 * what it had. A server that ends and is started again and again shows the same few things, and that is no progress. Owned by the loop
 * thread.
 */
final class NomineeProgress {
    private final Ticker ticker;
    private final Set<Look> seen = new HashSet<>();
    private @Nullable Nominee nominee;
    private long replayed;
    private long since;

    private record Nominee(Copy copy, long epoch) {}

    /** What can be told apart, without positions; only as many as there are conditions, modes and its timelines. */
    private record Look(ServerCondition condition, ServerMode mode, int timeline, boolean streaming) {}

    NomineeProgress(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Notes what the nominee's agent published last.
     *
     * @param data null when it has published nothing, or its session is gone
     */
    Duration stalledFor(@Nullable ClusterState state, @Nullable DataStatus data) {
        if (state == null || state.active()) {
            nominee = null;
            return Duration.ZERO;
        }
        long now = ticker.nanos();
        Nominee present = new Nominee(state.primary(), state.epoch());
        if (!present.equals(nominee)) {
            nominee = present;
            seen.clear();
            replayed = 0;
            since = now;
        }
        if (data != null && isNew(data)) {
            since = now;
        }
        return Duration.ofNanos(now - since);
    }

    private boolean isNew(DataStatus data) {
        boolean streaming = data.receiver() != null && data.receiver().streaming();
        boolean unseen = seen.add(new Look(data.condition(), data.mode(), data.timeline(), streaming));
        boolean further = data.replayedPosition() > replayed;
        replayed = Math.max(replayed, data.replayedPosition());
        return unseen || further;
    }
}
