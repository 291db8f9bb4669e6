package io.prontuario.ha.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A standby's stream from its upstream.
 *
 * @param upstream the address it receives from, as {@code host:port}
 * @param streaming whether it is streaming (PostgreSQL 15 docs, 28.2.3 pg_stat_wal_receiver: {@code status})
 * @param lastMessageAge how long ago the last message came from the upstream; the sighting of a silent host
 * @param upstreamPosition the end of the upstream's log by that message ({@code latest_end_lsn}), in bytes; 0 when unknown
 * @param node whose server has that address; null when it is nobody's that is known here
 */
public record Receiver(
        String upstream,
        boolean streaming,
        Duration lastMessageAge,
        long upstreamPosition,
        @Nullable NodeName node) {
    /** One of which neither the end of the upstream's log is known, nor whose server that is. */
    public Receiver(String upstream, boolean streaming, Duration lastMessageAge) {
        this(upstream, streaming, lastMessageAge, 0, null);
    }

    /** The same with the last message of so long ago. */
    public Receiver withLastMessageAge(Duration age) {
        return new Receiver(upstream, streaming, age, upstreamPosition, node);
    }

    /** The part that others decide by, without position and age. */
    Receiver coarse() {
        return new Receiver(upstream, streaming, Duration.ZERO, 0, node);
    }

    /** The same with the position. */
    Receiver coarseWithPosition() {
        return withLastMessageAge(Duration.ZERO);
    }

    /**
     * Whether what it streams is that node's log. A stream from a server that is not the primary, such as a former one that lives on, looks
     * as well as any. Where it is not known whose server it is, it gets the benefit of the doubt.
     */
    public boolean streamsFrom(NodeName primary) {
        return streaming && (node == null || node.equals(primary));
    }
}
