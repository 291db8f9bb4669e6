package io.prontuario.ha.postgres;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Reaches another node's server again and again: a question on a kept connection, a new connection when that does not answer. */
final class RemoteProbe implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(200);
    /** While there is nobody to look at; whoever names a target ends it. */
    private static final Duration REST = Duration.ofSeconds(5);

    private static final int QUESTION_MILLIS = 400;
    private static final Duration NEVER = Duration.ofDays(1);

    /** What was last seen of one target. */
    private record Seen(NodeName target, Answer answer, long lastReachedNanos, boolean everReached) {}

    private final NodeName self;
    private final Map<NodeName, PostgresAddress> addresses;
    private final Credentials credentials;
    private final Ticker ticker;
    private final Thread thread;
    private volatile @Nullable NodeName target;
    private volatile @Nullable Seen seen;
    private volatile boolean closed;

    RemoteProbe(NodeName self, Map<NodeName, PostgresAddress> addresses, Credentials credentials, Ticker ticker) {
        this.self = self;
        this.addresses = addresses;
        this.credentials = credentials;
        this.ticker = ticker;
        this.thread = new Thread(this::run, "prontuario-probe");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** What this node sees of {@code wanted}; from now on that is the node it looks at. */
    Sighting sighting(NodeName wanted) {
        if (!wanted.equals(target)) {
            target = wanted;
            LockSupport.unpark(thread);
        }
        Seen last = seen;
        if (last == null || !last.target().equals(wanted)) {
            return new Sighting(self, wanted, "probe", Answer.UNKNOWN, NEVER);
        }
        Duration age = Duration.ofNanos(ticker.nanos() - last.lastReachedNanos());
        return new Sighting(self, wanted, "probe", last.answer(), age);
    }

    private void run() {
        Connection connection = null;
        NodeName connected = null;
        while (!closed) {
            NodeName wanted = target;
            PostgresAddress address = wanted == null || wanted.equals(self) ? null : addresses.get(wanted);
            if (wanted == null || address == null) {
                Sql.close(connection);
                connection = null;
                LockSupport.parkNanos(REST.toNanos());
                continue;
            }
            if (!wanted.equals(connected)) {
                Sql.close(connection);
                connection = null;
            }
            connected = wanted;
            try {
                if (connection == null) {
                    connection = Sql.connect(address, credentials, Duration.ofSeconds(1));
                    connection.setNetworkTimeout(Runnable::run, QUESTION_MILLIS);
                }
                Sql.value(connection, "select 1");
                seen = new Seen(wanted, Answer.REACHED, ticker.nanos(), true);
            } catch (SQLException e) {
                boolean kept = connection != null;
                Sql.close(connection);
                connection = null;
                note(wanted, e);
                if (kept) {
                    continue;
                }
            }
            LockSupport.parkNanos(BEAT.toNanos());
        }
        Sql.close(connection);
    }

    private void note(NodeName wanted, SQLException failure) {
        Seen before = seen;
        boolean same = before != null && before.target().equals(wanted);
        // Not reached since the first look: the count starts there, or a node that looks for the first time would call
        // it dead at once.
        long last = same && before != null ? before.lastReachedNanos() : ticker.nanos();
        Answer answer = Sql.saysNothingAboutDeath(failure) ? Answer.UNKNOWN : Answer.UNREACHED;
        seen = new Seen(wanted, answer, last, same && before != null && before.everReached());
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
