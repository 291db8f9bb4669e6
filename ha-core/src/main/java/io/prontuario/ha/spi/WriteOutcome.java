package io.prontuario.ha.spi;

/** How a write of the record ended. */
public enum WriteOutcome {
    /** It is in the record. */
    DONE,
    /** Somebody else wrote first: read again and decide again. */
    CONFLICT,
    /** The term is no longer this node's: it is not the coordinator any more. Nothing was written. */
    DEPOSED,
    /** The store did not answer, and reading back did not tell. Read again before anything else; never repeat blindly. */
    UNKNOWN
}
