package io.prontuario.ha.postgres.pool;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** A connection whose server says that it is a standby is of no use any more; HikariCP knows the broken ones (08*, 57P01) by itself. */
public final class EvictDeposed implements SQLExceptionOverride {
    /** SQLSTATE read_only_sql_transaction. */
    static final String READ_ONLY = "25006";

    /** Made by HikariCP, from its name. */
    public EvictDeposed() {}

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
        return READ_ONLY.equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
}
