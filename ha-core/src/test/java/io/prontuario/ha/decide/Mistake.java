package io.prontuario.ha.decide;

/** A rule of the protocol that the model leaves out, one at a time: the search has to find what the rule is there for. */
enum Mistake {
    /** All rules are kept. */
    NONE,
    /** A standby's name leaves the names before the standby has left the record. */
    DROP_FIRST,
    /** A standby is certified because of the position it reports; nobody reads anything on it. */
    CERTIFY_BY_POSITION,
    /** What is read on the standby is not a token committed after commits were seen waiting, but whatever the log ended with before. */
    CERTIFY_NO_CANARY,
    /** The token is committed as soon as the names are in the file: a reload is taken for a proof. */
    TOKEN_BEFORE_COMMITS_WAIT,
    /** A standby may be nominated although it is not certified. */
    NOMINATE_ANY,
    /** The nominee opens its names as soon as it is promoted. */
    OPEN_BEFORE_ACTIVATE,
    /** The former primary may take a nomination back although the nominee is active already. */
    TAKEBACK_WHEN_ACTIVE,
    /** An heir's data may be rewound as soon as the nominee is promoted. Costs no write, but possibly the last intact copy. */
    REWIND_BEFORE_ACTIVE,
    /** Heirs are the certified standbys alone. Costs no write, but the way back when they cannot take over. */
    FORGET_OLD_PRIMARY,
    /** The record names nodes: data that was rebuilt keeps the copy id of the data that was destroyed. */
    NODES_NOT_COPIES,
    /** A further nominee takes the timeline id that the nominee before it may have taken. */
    REUSE_TIMELINE,
    /** A nominee takes the very next timeline id, which a server that a person promotes takes as well. */
    NO_FREE_TIMELINE,
    /** Who could take over in a former epoch is certified again without a new proof. */
    FORMER_CERTIFICATES,
    /** A second candidate's name replaces the first one's, whose certificate may still be on its way. */
    REPLACE_CANDIDATE,
    /** A switchover that may have been nominated is undone by starting the former primary with names that wait for nobody. */
    UNDO_WITH_OPENED_NAMES,
    /** The target is nominated before it holds the shutdown checkpoint, and the former primary counts as certified all the same. */
    FORMER_PRIMARY_COUNTS_TOO_EARLY,
    /** A standby's name leaves the names although the write that takes it out of the record was not answered, and has not happened. */
    UNANSWERED_TAKEN_FOR_DONE,
    /** Names are narrowed to a record that a certificate still on its way may change. */
    NARROW_UNAFFIRMED
}
