package io.prontuario.ha.model;

/**
 * One connection of a standby to the primary's server, as the primary sees it (PostgreSQL 15 docs, 28.2.2 pg_stat_replication).
 *
 * @param copy who it says it is (its application name); a name is not an identity
 * @param pid process id of the walsender, one value for the life of the connection
 * @param streaming whether its state is {@code streaming}
 * @param flushPosition the position it reports as flushed, in bytes of the log
 */
public record AttachedStandby(Copy copy, long pid, boolean streaming, long flushPosition) {}
