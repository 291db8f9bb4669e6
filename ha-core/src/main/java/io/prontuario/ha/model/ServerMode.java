package io.prontuario.ha.model;

/** What kind of server the data directory is (running or not). */
public enum ServerMode {
    /** No usable data directory. */
    NONE,
    /** Out of recovery, or a stopped directory that would start out of recovery. */
    PRIMARY,
    /** In recovery, or a stopped directory that would start in recovery. */
    STANDBY
}
