package io.prontuario.ha.postgres.pool;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * A connection to a server, below the pool: it says {@link InDoubtException} where PostgreSQL and its driver leave an outcome open, and
 * knows who has borrowed it.
 *
 * <p>Below the pool, so that a borrow makes nothing new: the pool's own wrapper is what applications hold.
 */
final class WatchedConnection extends ForwardingConnection {
    /** The function of the server that warns; its text depends on the server's language. */
    private static final String CANCELLED_WAIT = "SyncRepWaitForLSN";

    /** Threads are numbered from 1. */
    private static final long NOBODY = 0;

    private final Lending lending;
    private final int serverProcess;
    /**
     * The id of the thread that has it; {@link #NOBODY}. A reference to the thread would cost every borrow a fence: the collector's, for a
     * reference from an old object into another region.
     */
    private final AtomicLong borrower = new AtomicLong(NOBODY);

    private long sinceNanos;
    /** Plain: of its borrower while it is lent, and of the pool's own thread that ends it once it is not. */
    private boolean share;

    WatchedConnection(Connection server, Lending lending) throws SQLException {
        super(server);
        this.lending = lending;
        this.serverProcess = server.unwrap(PGConnection.class).getBackendPID();
        lending.made(this);
    }

    /**
     * Who has it.
     *
     * @param thread the id of the thread that borrowed it
     * @param serverProcess the process that serves it
     * @param sinceNanos since when, see {@link Lending#look}
     */
    record Loan(long thread, int serverProcess, long sinceNanos) {}

    Optional<Loan> loan() {
        long thread = borrower.getAcquire();
        return thread == NOBODY ? Optional.empty() : Optional.of(new Loan(thread, serverProcess, sinceNanos));
    }

    boolean isWith(Thread thread) {
        return borrower.getAcquire() == thread.getId();
    }

    /** Notes who has it now, and with it a share of the pool. */
    void lentTo(Thread thread) {
        sinceNanos = lending.seen();
        share = true;
        // No fence: who is to see it for certain, a hold, goes by the shares.
        borrower.setRelease(thread.getId());
    }

    private void givenBack() {
        borrower.setRelease(NOBODY);
        if (share) {
            share = false;
            lending.shares().giveBack();
        }
    }

    /** HikariCP does so with what comes back to it, and with nothing else. */
    @Override
    public void clearWarnings() throws SQLException {
        super.clearWarnings();
        givenBack();
    }

    @Override
    public void close() throws SQLException {
        lending.ended(this);
        givenBack();
        super.close();
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        lending.ended(this);
        givenBack();
        super.abort(executor);
    }

    @Override
    public void commit() throws SQLException {
        try {
            super.commit();
        } catch (SQLException e) {
            if (broken(e)) {
                lending.tally().inDoubt();
                lending.broke();
                throw new InDoubtException("the connection broke before the commit was answered: " + e.getMessage(), e);
            }
            throw e;
        }
        refuseCancelledWait(server.getWarnings());
    }

    @Override
    public Statement createStatement() throws SQLException {
        return watched(super.createStatement(), Statement.class);
    }

    @Override
    public Statement createStatement(int type, int concurrency) throws SQLException {
        return watched(super.createStatement(type, concurrency), Statement.class);
    }

    @Override
    public Statement createStatement(int type, int concurrency, int holdability) throws SQLException {
        return watched(super.createStatement(type, concurrency, holdability), Statement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql) throws SQLException {
        return watched(super.prepareStatement(sql), PreparedStatement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency) throws SQLException {
        return watched(super.prepareStatement(sql, type, concurrency), PreparedStatement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int type, int concurrency, int holdability)
            throws SQLException {
        return watched(super.prepareStatement(sql, type, concurrency, holdability), PreparedStatement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int autoGeneratedKeys) throws SQLException {
        return watched(super.prepareStatement(sql, autoGeneratedKeys), PreparedStatement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, int[] columns) throws SQLException {
        return watched(super.prepareStatement(sql, columns), PreparedStatement.class);
    }

    @Override
    public PreparedStatement prepareStatement(String sql, String[] columns) throws SQLException {
        return watched(super.prepareStatement(sql, columns), PreparedStatement.class);
    }

    @Override
    public CallableStatement prepareCall(String sql) throws SQLException {
        return watched(super.prepareCall(sql), CallableStatement.class);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency) throws SQLException {
        return watched(super.prepareCall(sql, type, concurrency), CallableStatement.class);
    }

    @Override
    public CallableStatement prepareCall(String sql, int type, int concurrency, int holdability) throws SQLException {
        return watched(super.prepareCall(sql, type, concurrency, holdability), CallableStatement.class);
    }

    private <T extends Statement> T watched(T statement, Class<T> kind) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object result;
            try {
                result = call(statement, method, arguments);
            } catch (SQLException e) {
                if (broken(e) || EvictDeposed.READ_ONLY.equals(e.getSQLState())) {
                    lending.broke();
                }
                throw e;
            }
            if (method.getName().startsWith("execute")) {
                refuseCancelledWait(statement.getWarnings());
            }
            return result;
        };
        return kind.cast(
                Proxy.newProxyInstance(WatchedConnection.class.getClassLoader(), new Class<?>[] {kind}, handler));
    }

    private void refuseCancelledWait(@Nullable SQLWarning first) throws InDoubtException {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            ServerErrorMessage message = warning instanceof PSQLWarning said ? said.getServerErrorMessage() : null;
            if (message != null && CANCELLED_WAIT.equals(message.getRoutine())) {
                lending.tally().inDoubt();
                throw new InDoubtException(
                        "committed on one server, and perhaps on no other: " + warning.getMessage(), warning);
            }
        }
    }

    /** Whether the server may have gone on without being able to say so. */
    private static boolean broken(SQLException failure) {
        String state = failure.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
