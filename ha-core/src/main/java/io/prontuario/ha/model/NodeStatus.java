package io.prontuario.ha.model;

import org.jspecify.annotations.Nullable;

/**
 * What a node publishes of itself in the store, for as long as its session lives; the goodbye of a node that closes in order outlives it.
 *
 * @param node who it is
 * @param role what it is
 * @param address where its HTTP surface listens, as {@code host:port}
 * @param leaving the agent closes or has closed in order: its server goes on without it, and what it said of its server is of then
 * @param data its server; null on a witness or client
 * @param epoch the highest epoch it has obeyed
 * @param refusal why it cannot promote although it is nominated, in one line; empty when it does not refuse
 * @param activity what it is doing, in one line for a person
 * @param standsBack it cannot coordinate at present, and leaves that to others
 */
public record NodeStatus(
        NodeName node,
        NodeRole role,
        String address,
        boolean leaving,
        @Nullable DataStatus data,
        long epoch,
        String refusal,
        String activity,
        boolean standsBack) {

    /** A node that can coordinate. */
    public NodeStatus(
            NodeName node,
            NodeRole role,
            String address,
            boolean leaving,
            @Nullable DataStatus data,
            long epoch,
            String refusal,
            String activity) {
        this(node, role, address, leaving, data, epoch, refusal, activity, false);
    }

    /** The same node, which cannot coordinate. */
    public NodeStatus standingBack() {
        return new NodeStatus(node, role, address, leaving, data, epoch, refusal, activity, true);
    }

    /** The same node, whose agent closes in order. */
    public NodeStatus goodbye() {
        return new NodeStatus(node, role, address, true, data, epoch, "", "LEFT");
    }

    /** The same node with another status of its server. */
    public NodeStatus withData(DataStatus other) {
        return new NodeStatus(node, role, address, leaving, other, epoch, refusal, activity, standsBack);
    }
}
