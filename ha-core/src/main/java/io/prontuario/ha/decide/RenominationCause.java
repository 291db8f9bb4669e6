package io.prontuario.ha.decide;

/** Why a nominee may be replaced before it is active. */
public enum RenominationCause {
    /** Its agent answered that it cannot. */
    REFUSED,
    /** Its host has been silent for the suspicion time. */
    SILENT,
    /** Neither replay nor promotion has moved for the promotion time-out. */
    NO_PROGRESS
}
