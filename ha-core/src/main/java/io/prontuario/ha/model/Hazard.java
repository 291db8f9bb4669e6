package io.prontuario.ha.model;

/** What somebody has set on a server by hand that takes away from what clients were promised. */
public enum Hazard {
    /** Commits are acknowledged without waiting for a standby, whatever the names say. */
    UNWAITED,
    /** What the server says it has written may not be on its disk: a power cut would take it. */
    UNFLUSHED,
    /** A power cut could leave pages that are half old and half new. */
    TORN
}
