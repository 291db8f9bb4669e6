package io.prontuario.ha.decide;

/** What a node's agent does next with its own server. One at a time; after each it looks again. */
public enum Duty {
    /** All is as the record wants it. */
    REST,
    /** Something is wrong or missing, and the right thing is to change nothing. */
    HOLD,
    /** Start the stopped server out of recovery, behind the gate. */
    START_PRIMARY,
    /** Start the stopped server as a standby of the active primary. */
    START_STANDBY,
    /** Start it as it was: an heir's crash recovery. */
    START_AS_IT_WAS,
    /** Stop it: it is a standby here and should be primary by the record, or the other way round. */
    STOP,
    /** A planned switchover: get the server ready to be stopped, while it serves; then everybody is asked to hold. */
    PREPARE_STOP,
    /** A planned switchover: stop the server cleanly, so that the target has all of its log. */
    STOP_CLEANLY,
    /** A planned switchover is undone: start the server again as it was, under its old names. */
    START_AGAIN,
    /** Open it under its old names without the store's word: nothing is narrowed by that. */
    OPEN_AGAIN,
    /** Write into the record that the switchover is undone. */
    UNDO,
    /** The target of a planned switchover: look at the own server all the time, what it has received is waited for. */
    ATTEND,
    /** Nominated: be promoted behind the gate, then write {@code active}, then open. */
    PROMOTE,
    /** Bring the names to what the table says and see a commit acknowledged. */
    OPEN,
    /** Prove a standby and put it into the record. */
    CERTIFY,
    /** Take a standby out of the record, then out of the names. */
    DECERTIFY,
    /** Bring the names in line, with the server already open. */
    SET_NAMES,
    /** Put a setting right that the safety rule rests on and that somebody has changed by hand. */
    MEND_SETTINGS,
    /** Take this node's own copy out of the record before its data is touched. */
    WITHDRAW,
    /** Become a standby of the active primary: follow, rewind or rebuild. */
    REJOIN,
    /** Write into the record that the copy which a person wanted replaced is gone. */
    REPLACED,
    /** A standby's server is stopped and started again because a person wants it so; then that is written into the record. */
    RESTART
}
