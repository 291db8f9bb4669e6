package io.prontuario.ha.gcp;

/** What the emergency environment may do with data. */
public enum EmergencyMode {
    /** It shows what its replica holds; nothing is written. What is lost: nothing. What is old: by the replica's lag. */
    READ_ONLY("reads what the replica holds; nothing is written in the cloud"),
    /** Like READ_ONLY, and new notes are kept in an outbox that is reconciled on the way back. They are never primary data. */
    APPEND_ONLY("reads what the replica holds; new notes wait in an outbox until they are reconciled on site"),
    /**
     * It holds the primary. Never a setting: it follows from a record that names the environment as the primary, with nobody left who
     * could be nominated instead.
     */
    WRITER("holds the primary: the record names it and no node on site can be nominated");

    private final String meaning;

    EmergencyMode(String meaning) {
        this.meaning = meaning;
    }

    /** What it means, as a clause for a person. */
    public String meaning() {
        return meaning;
    }
}
