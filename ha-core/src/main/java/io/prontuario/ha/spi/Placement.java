package io.prontuario.ha.spi;

/** On which node a strategy's steps run. */
public enum Placement {
    /** On the node that the step is about (PostgreSQL). */
    NODE,
    /** On whichever node coordinates (HAProxy, GCP). */
    COORDINATOR,
    /** On every node (pools). */
    EVERYWHERE
}
