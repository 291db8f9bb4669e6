package io.prontuario.ha.model;

/**
 * One connection of a standby to the primary's server, as the primary sees it (PostgreSQL 15 docs, 28.2.2 pg_stat_replication).
 *
 * @param copy who it says it is (its application name); a name is not an identity
 * @param pid process id of the walsender, one value for the life of the connection
 * @param streaming whether its state is {@code streaming}
 * @param flushPosition the position it reports as flushed, in bytes of the log
 * @param besideSlot it is one of several and does not stream through its slot, so that a second connection of it would count as another standby
 */
public record AttachedStandby(Copy copy, long pid, boolean streaming, long flushPosition, boolean besideSlot) {
    /** One whose connections cannot count twice. */
    public AttachedStandby(Copy copy, long pid, boolean streaming, long flushPosition) {
        this(copy, pid, streaming, flushPosition, false);
    }
}
