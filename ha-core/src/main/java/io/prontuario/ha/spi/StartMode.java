package io.prontuario.ha.spi;

/** How a stopped server is to be started. */
public enum StartMode {
    /** Out of recovery, with the gate in its file: it acknowledges nothing until it is opened. */
    PRIMARY_BEHIND_GATE,
    /** In recovery, following the primary of the given state, behind the gate. */
    STANDBY,
    /** As the directory is, names and upstream untouched: an heir's crash recovery of the same copy. */
    AS_IT_WAS
}
