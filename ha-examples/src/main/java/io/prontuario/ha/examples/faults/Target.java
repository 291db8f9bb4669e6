package io.prontuario.ha.examples.faults;

/** Whom a fault is about, by the part that a node plays at that moment. */
enum Target {
    PRIMARY,
    STANDBY,
    /** Of several the last; the same when there is one. */
    OTHER_STANDBY,
    WITNESS,
    /** Nobody in particular: the proxy, the whole store. */
    CLUSTER
}
