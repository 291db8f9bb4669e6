package io.prontuario.ha.spi;

/** The session with the store, as this node sees it. */
public enum StoreHealth {
    /** Not reached since the start. */
    NEVER_CONNECTED,
    /** The session lives. */
    CONNECTED,
    /** The connection is gone; the session may live. */
    SUSPENDED,
    /** The session is gone, or must be assumed to be. */
    LOST
}
