package io.prontuario.ha.model;

/**
 * What the sightings together say of the primary.
 *
 * @param kind what
 * @param reason why, as a sentence for a person
 */
public record Verdict(Kind kind, String reason) {
    /** What sightings can say. */
    public enum Kind {
        /** It serves, or somebody has just reached it. */
        ALIVE,
        /** It is reached, but its agent has no session with the store: it can neither certify nor decertify. A person should know. */
        CUT_OFF,
        /** Not enough is known, or not for long enough. */
        UNCERTAIN,
        /** It counts as dead: whoever is certified may take over. */
        DEAD
    }
}
