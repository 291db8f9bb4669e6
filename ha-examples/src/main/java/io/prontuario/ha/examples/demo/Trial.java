package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;

/** Something that a cluster is put through while clients write. */
public interface Trial {
    /** Its name on the command line and in reports. */
    String label();

    /** What happens, for people. */
    String story();

    /** Whether another node must take over. */
    boolean takeover();

    /** Whether the same primary may go on in the same epoch instead. */
    default boolean primaryMayStay() {
        return !takeover();
    }

    /** Whether the nodes' ways to the store must be such as can be cut. */
    default boolean cutsWaysToTheStore() {
        return false;
    }

    /** Whether a cloud is needed beside the site. */
    default boolean wakesTheCloud() {
        return false;
    }

    /** How many nodes with a server it needs. */
    default int dataNodes() {
        return 2;
    }

    /** How many connections a client may lose at most. */
    default int mostReconnects() {
        return Integer.MAX_VALUE;
    }

    /** Finds out all that has to be known, so that nothing but the fault itself happens when it is let loose. */
    Fault arm(LocalCluster cluster);
}
