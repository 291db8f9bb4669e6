package io.prontuario.ha.model;

/** What the cluster does when no standby is left that holds every acknowledged commit. Its own choice, kept in the record. */
public enum Durability {
    /** Goes on alone; nobody takes over by itself until a standby is certified again. */
    AVAILABLE,
    /** Writes wait until {@code strictMinimum} standbys are certified. */
    STRICT,
    /** Never waits for a standby; a takeover needs a fencer or a person and may lose the last writes. */
    ASYNC
}
