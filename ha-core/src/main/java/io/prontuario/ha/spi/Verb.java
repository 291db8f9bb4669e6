package io.prontuario.ha.spi;

/** What a step does. */
public enum Verb {
    /** Keep traffic from a node. */
    ISOLATE,
    /** Make a node the one that is used. */
    ENABLE,
    /** Bring a former primary back as a standby. */
    REJOIN
}
