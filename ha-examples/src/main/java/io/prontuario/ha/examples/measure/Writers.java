package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Clients that insert one row a transaction, all the while, and keep every acknowledgement. */
public final class Writers implements AutoCloseable {
    /** Who answers is read in the same transaction, so that it cannot be another server than the one that commits. */
    private static final String INSERT =
            "insert into emr.entry (id, writer) values (?, ?) returning inet_server_port(),"
                    + " (select system_identifier from pg_control_system()),"
                    + " ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int,"
                    + " (select epoch from prontuario.epoch)";

    private final Clients clients;
    private final Ledger ledger;
    private final Load load;
    private final AtomicLong nextId;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicIntegerArray lostConnections;
    private volatile boolean stopping;

    /** Starts them. */
    public Writers(Clients clients, Ledger ledger, Load load) {
        int count = load.writers();
        this.clients = clients;
        this.ledger = ledger;
        this.load = load;
        this.nextId = new AtomicLong(load.firstId());
        this.lostConnections = new AtomicIntegerArray(count);
        for (int i = 0; i < count; i++) {
            int number = i;
            Thread thread = new Thread(() -> run(number), "writer-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** How many writes have been sent and not answered at this moment. */
    public int inFlight() {
        return inFlight.get();
    }

    /** How many connections that had been made the unluckiest writer has lost, and had to make anew. */
    public int mostReconnects() {
        return IntStream.range(0, lostConnections.length())
                .map(lostConnections::get)
                .max()
                .orElse(0);
    }

    private void run(int number) {
        Connection connection = null;
        while (!stopping) {
            try {
                if (connection == null) {
                    connection = clients.connect();
                    connection.setNetworkTimeout(
                            Runnable::run, Math.toIntExact(load.patience().toMillis()));
                }
            } catch (SQLException e) {
                // Nothing was sent: nobody serves at this moment.
                connection = null;
                LockSupport.parkNanos(load.reconnect().toNanos());
                continue;
            }
            if (!write(connection, number)) {
                lostConnections.incrementAndGet(number);
                close(connection);
                connection = null;
                LockSupport.parkNanos(load.reconnect().toNanos());
            } else {
                LockSupport.parkNanos(load.pause().toNanos());
            }
        }
        close(connection);
    }

    /** Answers whether the connection can be used on. */
    private boolean write(Connection connection, int number) {
        long id = nextId.incrementAndGet();
        inFlight.incrementAndGet();
        long sent = System.nanoTime();
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, id);
            insert.setInt(2, number);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                long now = System.nanoTime();
                if (insert.getWarnings() != null) {
                    // "canceling wait for synchronous replication": committed here, perhaps nowhere else.
                    ledger.inDoubt(id);
                    return false;
                }
                ledger.acknowledged(new Acknowledgement(
                        id, row.getInt(1), row.getString(2), row.getInt(3), row.getLong(4), sent, now));
                return true;
            }
        } catch (SQLException e) {
            if (!surelyNotDone(e)) {
                ledger.inDoubt(id);
            }
            return false;
        } finally {
            inFlight.decrementAndGet();
        }
    }

    /** An ERROR from the server ends the statement; anything else (a broken connection, FATAL) leaves it open what became of it. */
    public static boolean surelyNotDone(SQLException failure) {
        ServerErrorMessage message = failure instanceof PSQLException answer ? answer.getServerErrorMessage() : null;
        return message != null && "ERROR".equals(message.getSeverity());
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // Gone already.
                return;
            }
        }
    }

    /** Lets each writer finish its write, up to a bound. */
    @Override
    public void close() {
        stopping = true;
        threads.forEach(LockSupport::unpark);
        try {
            for (Thread thread : threads) {
                thread.join(5000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
