package io.prontuario.ha.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a data node's own settings say about what it is good for. Advice, published with its status: what may happen is decided by the record
 * alone, and whoever has not heard of a tag yet breaks no promise.
 *
 * @param noFailover it never becomes the primary unless a person wants it, {@code ha failover}; so it is not certified, no commit waits for it
 *     and it does not count in {@code STRICT}. One that is the primary already goes on
 * @param priority of several standbys that hold every acknowledged commit the one with the highest takes over; 1 to 1000
 * @param noReads its server is not for reading: {@code /replica} says no, and pools read elsewhere
 */
public record NodeTags(boolean noFailover, int priority, boolean noReads) {
    /** The lowest priority there is. None is 0: whoever must never take over is to say so. */
    public static final int LEAST_PRIORITY = 1;

    /** The highest priority there is. */
    public static final int MOST_PRIORITY = 1000;

    /** A node that says nothing. */
    public static final NodeTags USUAL = new NodeTags(false, 100, false);

    /** What a node has last published of them; nothing unusual while it is not there. */
    public static NodeTags of(Map<NodeName, NodeStatus> nodes, NodeName node) {
        NodeStatus status = nodes.get(node);
        return status == null ? USUAL : status.tags();
    }

    public NodeTags {
        if (priority < LEAST_PRIORITY || priority > MOST_PRIORITY) {
            throw new IllegalArgumentException("is " + priority + ", must be " + LEAST_PRIORITY + " to " + MOST_PRIORITY
                    + (priority == 0 ? "; who must never take over is noFailover: true" : ""));
        }
    }

    /** What is not as usual, for people: {@code noFailover}, {@code priority 200}; empty when all is. */
    public List<String> unusual() {
        List<String> all = new ArrayList<>();
        if (noFailover) {
            all.add("noFailover");
        }
        if (priority != USUAL.priority) {
            all.add("priority " + priority);
        }
        if (noReads) {
            all.add("noReads");
        }
        return List.copyOf(all);
    }
}
