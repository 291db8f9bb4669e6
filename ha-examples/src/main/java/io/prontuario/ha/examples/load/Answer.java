package io.prontuario.ha.examples.load;

/**
 * What came of a request.
 *
 * @param fate whether it was served
 * @param kind what it failed with, in a word or two that many requests share: an SQLSTATE, an HTTP status; empty when it was served
 */
record Answer(Fate fate, String kind) {
    static final Answer SERVED = new Answer(Fate.SERVED, "");

    /** What its user knows now. */
    enum Fate {
        /** It was done. */
        SERVED,
        /** It was not done. */
        FAILED,
        /** A write that was done, or not. */
        IN_DOUBT
    }

    static Answer failed(String kind) {
        return new Answer(Fate.FAILED, kind);
    }

    /** A failure that leaves it open, for a write, whether it was done. */
    static Answer broken(boolean write, String kind) {
        return new Answer(write ? Fate.IN_DOUBT : Fate.FAILED, kind);
    }

    boolean served() {
        return fate == Fate.SERVED;
    }
}
