package io.prontuario.ha.postgres.pool;

import java.sql.SQLTransactionRollbackException;

/** A transaction whose commit was not answered, and of which it is certain now that nothing remained and nothing will come of it. */
public final class NotCommittedException extends SQLTransactionRollbackException {
    /** SQLSTATE transaction_rollback, of which a repetition may succeed. */
    public static final String STATE = "40000";

    private static final long serialVersionUID = 1;

    NotCommittedException(String what, Throwable cause) {
        super(what, STATE, cause);
    }
}
