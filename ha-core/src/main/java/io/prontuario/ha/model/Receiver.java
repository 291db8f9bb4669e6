package io.prontuario.ha.model;

import java.time.Duration;

/**
 * A standby's stream from its upstream.
 *
 * @param upstream the address it receives from, as {@code host:port}
 * @param streaming whether it is streaming (PostgreSQL 15 docs, 28.2.3 pg_stat_wal_receiver: {@code status})
 * @param lastMessageAge how long ago the last message came from the upstream; the sighting of a silent host
 * @param upstreamPosition the end of the upstream's log by that message ({@code latest_end_lsn}), in bytes; 0 when unknown
 */
public record Receiver(String upstream, boolean streaming, Duration lastMessageAge, long upstreamPosition) {
    /** One of which the end of the upstream's log is not known. */
    public Receiver(String upstream, boolean streaming, Duration lastMessageAge) {
        this(upstream, streaming, lastMessageAge, 0);
    }
}
