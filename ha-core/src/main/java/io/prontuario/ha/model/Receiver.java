package io.prontuario.ha.model;

import java.time.Duration;

/**
 * A standby's stream from its upstream.
 *
 * @param upstream the address it receives from, as {@code host:port}
 * @param streaming whether it is streaming (PostgreSQL 15 docs, 28.2.3 pg_stat_wal_receiver: {@code status})
 * @param lastMessageAge how long ago the last message came from the upstream; the sighting of a silent host
 */
public record Receiver(String upstream, boolean streaming, Duration lastMessageAge) {}
