package io.prontuario.ha.model;

import java.time.Duration;

/**
 * Commits that wait for a standby now.
 *
 * @param waiting number of sessions in the wait {@code SyncRep}
 * @param longest how long the oldest of them has been waiting; zero when none
 */
public record SyncWait(int waiting, Duration longest) {
    /** No commit waits. */
    public static final SyncWait NONE = new SyncWait(0, Duration.ZERO);
}
