package io.prontuario.ha.model;

/**
 * What a node says about the hold of a planned switchover. Switchovers are told apart by their transition ids; empty means none.
 *
 * @param pools whether there is something on this node that holds, so that a stop has to wait for it
 * @param wanted the switchover for which this node's server is ready to be stopped: everybody is to hold from now on
 * @param drained the switchover for which everything here holds, and nobody uses the primary any more
 * @param waitsFor why it is not drained yet, as a sentence without a subject that names the longest transaction
 */
public record Hold(boolean pools, String wanted, String drained, String waitsFor) {
    /** A node on which nothing holds. */
    public static final Hold NONE = new Hold(false, "", "", "");

    /** Whether a stop for this switchover has to wait for this node. */
    public boolean keepsWaiting(String transitionId) {
        return pools && !drained.equals(transitionId);
    }
}
