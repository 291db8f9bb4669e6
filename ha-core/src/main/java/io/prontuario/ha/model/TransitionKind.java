package io.prontuario.ha.model;

/** Ways in which the primary moves, or is meant to. */
public enum TransitionKind {
    /** The primary is dead or silent. */
    FAILOVER,
    /** Planned: zero loss, zero failed requests for pooled clients. */
    SWITCHOVER,
    /** Both machines are gone: the reduced service in the cloud. */
    EMERGENCY,
    /** Back from the cloud. */
    FAILBACK,
    /** Rolling restart. */
    RESTART,
    /** A rehearsal. */
    DRILL
}
