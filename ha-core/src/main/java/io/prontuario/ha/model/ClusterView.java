package io.prontuario.ha.model;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything one node knows at one moment; all that deciding may use. Immutable; ages and durations are already computed, so the same
 * view gives the same answer whenever it is asked.
 *
 * @param self the node that looks
 * @param role what it is
 * @param limits the times to decide by
 * @param state the record as last seen; null while there is none or it was never read
 * @param storeConnectedFor how long this node's session with the store has been healthy without a break; zero while it is not
 * @param memory what this node remembers beside its data directory; null when it remembers nothing
 * @param local this node's server
 * @param localDownFor how long the local server has been seen DOWN or HUNG without a break
 * @param activeFor for how long this node has seen the same primary active in the same epoch; zero while it is not active
 * @param notStreamingFor how long the local standby has run without a stream from the record's primary
 * @param openedEpoch the epoch in which this node's server acknowledged a commit after it was opened; 0 when not open
 * @param standbys what this primary's agent noticed of its certified standbys
 * @param pausedCertification copies that are not to be certified yet, after a failure
 * @param rejoinNeeded the local server refused to follow: only a rejoin helps
 * @param startedAgain this node's agent has stopped its server for the switchover that the record still asks for, and started it again
 * @param holdWantedFor how long everybody has been asked to hold for the switchover that the record asks for, since this node's server is
 *     ready to be stopped; null while it is not
 * @param observedByOther another node has just reached this node's server (asked only when it matters)
 * @param nodes the statuses of the nodes whose sessions live, and the goodbyes of those that closed in order
 * @param sightings what all observers that could be asked see of the primary's host
 * @param primaryAnswers what the primary's agent answered on {@code /primary} just now
 * @param leading this node holds the term
 * @param nomineeStalledFor how long the nominee has shown no progress; before the nomination of a planned switchover, how long neither
 *     primary nor target has; otherwise zero when active
 * @param pausedFor for how long this node has seen the record's present pause; zero while there is none that ends by itself
 * @param primaryLog how far the log of the record's primary goes by all that was heard in this epoch; null when nothing was
 */
public record ClusterView(
        NodeName self,
        NodeRole role,
        Limits limits,
        @Nullable ClusterState state,
        Duration storeConnectedFor,
        @Nullable NodeMemory memory,
        DataStatus local,
        Duration localDownFor,
        Duration activeFor,
        Duration notStreamingFor,
        long openedEpoch,
        List<StandbyHealth> standbys,
        List<Copy> pausedCertification,
        boolean rejoinNeeded,
        boolean startedAgain,
        @Nullable Duration holdWantedFor,
        boolean observedByOther,
        Map<NodeName, NodeStatus> nodes,
        List<Sighting> sightings,
        Answer primaryAnswers,
        boolean leading,
        Duration nomineeStalledFor,
        Duration pausedFor,
        @Nullable HeardLog primaryLog) {

    public ClusterView {
        standbys = List.copyOf(standbys);
        pausedCertification = List.copyOf(pausedCertification);
        // In the order of their names: whoever goes through them finds the same first on every machine.
        nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
        sightings = List.copyOf(sightings);
    }

    /** What a node last published; empty when its session does not live and it has not said goodbye. */
    public Optional<NodeStatus> status(NodeName node) {
        return Optional.ofNullable(nodes.get(node));
    }

    /** The local copy, when the data here can be trusted. */
    public Optional<Copy> copy() {
        return Optional.ofNullable(local.copy());
    }
}
