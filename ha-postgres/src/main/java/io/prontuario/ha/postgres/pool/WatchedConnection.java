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
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * A connection to a server, below the pool: it says {@link InDoubtException} where PostgreSQL and its driver leave an outcome open, and
 * knows who has borrowed it.
 *
 * <p>Below the pool, so that borrowing costs nothing: the pool's own wrapper is what applications hold.
 */
final class WatchedConnection implements InvocationHandler, Borrower {
    /** The function of the server that warns; its text depends on the server's language. */
    private static final String CANCELLED_WAIT = "SyncRepWaitForLSN";

    private static final Set<String> ENDS = Set.of("close", "abort");

    private final Connection server;
    private final Lending lending;
    private final int serverProcess;
    private long sinceNanos;
    private final AtomicReference<@Nullable Holdings> holder = new AtomicReference<>();

    private WatchedConnection(Connection server, Lending lending) throws SQLException {
        this.server = server;
        this.lending = lending;
        this.serverProcess = server.unwrap(PGConnection.class).getBackendPID();
    }

    static Connection over(Connection server, Lending lending) throws SQLException {
        WatchedConnection watched = new WatchedConnection(server, lending);
        lending.made(watched);
        return (Connection) proxy(watched, Connection.class, Borrower.class);
    }

    /**
     * Who has it.
     *
     * @param thread the name of the thread that borrowed it
     * @param serverProcess the process that serves it
     * @param sinceNanos since when
     */
    record Loan(String thread, int serverProcess, long sinceNanos) {}

    Optional<Loan> loan() {
        return Optional.ofNullable(holder.get()).map(held -> new Loan(held.threadName(), serverProcess, sinceNanos));
    }

    @Override
    public void borrowed(Holdings held, long askedNanos) {
        sinceNanos = askedNanos;
        holder.setRelease(held);
        held.took();
    }

    private void givenBack() {
        // Once, though somebody may end it while its borrower gives it back.
        Holdings held = holder.getAndSet(null);
        if (held != null) {
            held.gaveBack();
            lending.shares().giveBack();
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Borrower.class && arguments != null) {
            borrowed((Holdings) arguments[0], (Long) arguments[1]);
            return null;
        }
        String name = method.getName();
        if (name.equals("commit")) {
            commit(method);
            return null;
        }
        if (name.equals("clearWarnings")) {
            // HikariCP does so with what comes back to it.
            server.clearWarnings();
            givenBack();
            return null;
        }
        if (ENDS.contains(name)) {
            lending.ended(this);
            givenBack();
        }
        Object result = call(server, method, arguments);
        return result instanceof Statement statement ? watched(statement) : result;
    }

    private void commit(Method method) throws Throwable {
        try {
            call(server, method, null);
        } catch (SQLException e) {
            if (broken(e)) {
                lending.tally().inDoubt();
                lending.tally().evicted(1);
                throw new InDoubtException("the connection broke before the commit was answered: " + e.getMessage(), e);
            }
            throw e;
        }
        refuseCancelledWait(server.getWarnings());
    }

    private Statement watched(Statement statement) {
        Class<? extends Statement> kind = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object result;
            try {
                result = call(statement, method, arguments);
            } catch (SQLException e) {
                if (broken(e) || EvictDeposed.READ_ONLY.equals(e.getSQLState())) {
                    lending.tally().evicted(1);
                }
                throw e;
            }
            if (method.getName().startsWith("execute")) {
                refuseCancelledWait(statement.getWarnings());
            }
            return result;
        };
        return (Statement) proxy(handler, kind);
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

    private static Object proxy(InvocationHandler handler, Class<?>... kinds) {
        return Proxy.newProxyInstance(WatchedConnection.class.getClassLoader(), kinds, handler);
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
