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
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
    private final AtomicInteger lent;
    private volatile @Nullable Holdings holder;

    private WatchedConnection(Connection server, AtomicInteger lent) {
        this.server = server;
        this.lent = lent;
    }

    static Connection over(Connection server, AtomicInteger lent) {
        return (Connection) proxy(new WatchedConnection(server, lent), Connection.class, Borrower.class);
    }

    @Override
    public void borrowed(Holdings held) {
        holder = held;
        held.took();
        lent.incrementAndGet();
    }

    private void givenBack() {
        Holdings held = holder;
        if (held != null) {
            holder = null;
            held.gaveBack();
            lent.decrementAndGet();
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getDeclaringClass() == Borrower.class) {
            return call(this, method, arguments);
        }
        String name = method.getName();
        if (name.equals("commit")) {
            commit(method);
            return null;
        }
        if (name.equals("clearWarnings") || ENDS.contains(name)) {
            // HikariCP clears the warnings of what comes back to it, and ends what it does not want any more.
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
            Object result = call(statement, method, arguments);
            if (method.getName().startsWith("execute")) {
                refuseCancelledWait(statement.getWarnings());
            }
            return result;
        };
        return (Statement) proxy(handler, kind);
    }

    private static void refuseCancelledWait(@Nullable SQLWarning first) throws InDoubtException {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            ServerErrorMessage message = warning instanceof PSQLWarning said ? said.getServerErrorMessage() : null;
            if (message != null && CANCELLED_WAIT.equals(message.getRoutine())) {
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
