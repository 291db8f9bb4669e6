package io.prontuario.ha.model;

/** What a node is in the cluster. */
public enum NodeRole {
    /** Has a server that can be primary. */
    DATA,
    /** Has no server: the third voice, on the load balancer's host or in the cloud. May coordinate. */
    WITNESS,
    /** An application instance: follows the state with its pools, never coordinates, is never asked to decide. */
    CLIENT
}
