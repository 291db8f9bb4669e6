package io.prontuario.ha.decide;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerMode;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far the log of the record's primary goes by what the nodes say. Where commits wait for nobody this is all that tells what a takeover
 * would lose. Pure.
 */
public final class PrimaryLog {
    private PrimaryLog() {}

    /**
     * The furthest that is said by statuses of the record's epoch: by the primary itself, by a standby that streams from it, by anybody who
     * remembers. What a standby holds itself says nothing of what it lacks.
     */
    public static Optional<HeardLog> said(ClusterState state, Collection<NodeStatus> nodes) {
        return nodes.stream()
                .filter(status -> status.epoch() == state.epoch())
                .flatMap(
                        status -> Stream.of(byItself(state, status), byReceiver(state, status), byMemory(state, status))
                                .flatMap(Optional::stream))
                .max(HeardLog.ORDER);
    }

    /** A goodbye says how far it went then, and its server goes on without its agent. */
    private static Optional<HeardLog> byItself(ClusterState state, NodeStatus status) {
        DataStatus data = status.data();
        return data != null
                        && !status.leaving()
                        && state.primary().equals(data.copy())
                        && data.mode() == ServerMode.PRIMARY
                ? heard(state, data, data.receivedPosition(), Duration.ZERO)
                : Optional.empty();
    }

    private static Optional<HeardLog> byReceiver(ClusterState state, NodeStatus status) {
        DataStatus data = status.data();
        Receiver receiver = data == null || status.leaving() ? null : data.receiver();
        return data != null
                        && receiver != null
                        && receiver.streaming()
                        && state.primary().node().equals(receiver.node())
                ? heard(state, data, receiver.upstreamPosition(), receiver.lastMessageAge())
                : Optional.empty();
    }

    private static Optional<HeardLog> byMemory(ClusterState state, NodeStatus status) {
        return Optional.ofNullable(status.heard()).filter(heard -> heard.epoch() == state.epoch());
    }

    private static Optional<HeardLog> heard(ClusterState state, DataStatus data, long position, Duration age) {
        return data.timeline() > 0 && position > 0
                ? Optional.of(new HeardLog(state.epoch(), data.timeline(), position, age))
                : Optional.empty();
    }

    /** What a server lacks of it, in bytes; empty when they cannot be compared, since its log is none or another. */
    static Optional<Long> lacks(HeardLog heard, DataStatus data) {
        return data.timeline() == heard.timeline() && data.receivedPosition() > 0
                ? Optional.of(Math.max(0, heard.position() - data.receivedPosition()))
                : Optional.empty();
    }

    /** How far it went and how old that is, for people. */
    static String sentence(HeardLog heard) {
        return "its log went to " + position(heard.position()) + " when that was last heard, "
                + heard.age().toMillis() + " ms ago";
    }

    /** A log position as PostgreSQL writes it. */
    static String position(long position) {
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xffff_ffffL);
    }
}
