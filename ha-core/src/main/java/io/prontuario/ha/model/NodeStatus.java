package io.prontuario.ha.model;

import java.util.Objects;
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
 * @param hold how far it is with the hold of a planned switchover
 * @param tags what its settings say that it is good for
 * @param heard how far the log of the record's primary goes as far as it has heard; told in {@code ASYNC} while that one does not say so itself,
 *     null otherwise and of a node of a former version
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
        boolean standsBack,
        Hold hold,
        NodeTags tags,
        @Nullable HeardLog heard) {

    public NodeStatus {
        // A node of a former version does not say.
        hold = Objects.requireNonNullElse(hold, Hold.NONE);
        tags = Objects.requireNonNullElse(tags, NodeTags.USUAL);
    }

    /** A node that tells nothing of the primary's log. */
    public NodeStatus(
            NodeName node,
            NodeRole role,
            String address,
            boolean leaving,
            @Nullable DataStatus data,
            long epoch,
            String refusal,
            String activity,
            boolean standsBack,
            Hold hold,
            NodeTags tags) {
        this(node, role, address, leaving, data, epoch, refusal, activity, standsBack, hold, tags, null);
    }

    /** A node that can coordinate, on which nothing holds, without tags. */
    public NodeStatus(
            NodeName node,
            NodeRole role,
            String address,
            boolean leaving,
            @Nullable DataStatus data,
            long epoch,
            String refusal,
            String activity) {
        this(node, role, address, leaving, data, epoch, refusal, activity, false, Hold.NONE, NodeTags.USUAL);
    }

    /** The same node, whose agent closes in order. */
    public NodeStatus goodbye() {
        return new NodeStatus(node, role, address, true, data, epoch, "", "LEFT").withTags(tags);
    }

    /** The same node, which says this about the hold of a switchover. */
    public NodeStatus withHold(Hold other) {
        return new NodeStatus(
                node, role, address, leaving, data, epoch, refusal, activity, standsBack, other, tags, heard);
    }

    /** The same node with another status of its server. */
    public NodeStatus withData(DataStatus other) {
        return new NodeStatus(
                node, role, address, leaving, other, epoch, refusal, activity, standsBack, hold, tags, heard);
    }

    /** The same node with other tags. */
    public NodeStatus withTags(NodeTags other) {
        return new NodeStatus(
                node, role, address, leaving, data, epoch, refusal, activity, standsBack, hold, other, heard);
    }

    /** The same node, which tells this of the primary's log. */
    public NodeStatus withHeard(@Nullable HeardLog other) {
        return new NodeStatus(
                node, role, address, leaving, data, epoch, refusal, activity, standsBack, hold, tags, other);
    }
}
