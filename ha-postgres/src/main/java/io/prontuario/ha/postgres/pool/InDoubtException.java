package io.prontuario.ha.postgres.pool;

import java.sql.SQLException;

/**
 * It is not known whether a transaction was committed for good. It must not be repeated blindly: it may be there already, and it may
 * still vanish with a primary that is deposed.
 *
 * <p>Either the connection broke before the commit was answered, or the wait for a standby was cancelled: PostgreSQL then answers success
 * with a warning (measured on 15.18, for {@code pg_cancel_backend}, {@code Statement.cancel} and {@code setQueryTimeout} alike), although
 * the commit may exist on one server only.
 */
public final class InDoubtException extends SQLException {
    /** SQLSTATE transaction_resolution_unknown; of class 08, so that pools let go of the connection. */
    public static final String STATE = "08007";

    private static final long serialVersionUID = 1;

    InDoubtException(String what, Throwable cause) {
        super(what, STATE, cause);
    }
}
