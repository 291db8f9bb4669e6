package io.prontuario.ha.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that write one row after another and remember which were acknowledged. A commit that is answered with a warning or an error is
 * in doubt, never acknowledged.
 */
public final class Writers implements AutoCloseable {
    private static final String TABLE =
            "create table if not exists lab_entry (id bigint primary key, note text not null)";

    /** One acknowledged commit. */
    private record Commit(long beganAt, long endedAt) {}

    private final AtomicLong next = new AtomicLong();
    private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final ConcurrentLinkedQueue<Commit> commits = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private volatile boolean stopped;

    private Writers() {}

    /** Creates the table that they write to. */
    public static void table(LabServer server) {
        server.execute(TABLE);
    }

    public static Writers start(LabServer server, int clients) {
        Writers writers = new Writers();
        for (int client = 0; client < clients; client++) {
            Connection connection = server.connect();
            Thread thread = new Thread(() -> writers.write(connection), "writer-" + client);
            thread.setDaemon(true);
            writers.connections.add(connection);
            writers.threads.add(thread);
            thread.start();
        }
        return writers;
    }

    private void write(Connection connection) {
        try (PreparedStatement insert = connection.prepareStatement("insert into lab_entry values (?, ?)")) {
            while (!stopped) {
                long id = next.incrementAndGet();
                insert.setLong(1, id);
                insert.setString(2, "entry " + id);
                insert.clearWarnings();
                long began = System.nanoTime();
                insert.executeUpdate();
                if (insert.getWarnings() == null) {
                    acknowledged.add(id);
                    commits.add(new Commit(began, System.nanoTime()));
                }
            }
        } catch (SQLException e) {
            // Its server or its session has gone; what it had not been answered is in doubt.
            return;
        }
    }

    public int acknowledgedCount() {
        return acknowledged.size();
    }

    /** Until so many more were acknowledged. */
    void awaitMore(int count) {
        int from = acknowledgedCount();
        LabServer.await(count + " more commits").until(() -> acknowledgedCount() >= from + count);
    }

    /** The longest time that a commit took which was under way at some moment between the two. */
    long worstMillis(long from, long to) {
        return commits.stream()
                        .filter(commit -> commit.endedAt() - from >= 0 && to - commit.beganAt() >= 0)
                        .mapToLong(commit -> commit.endedAt() - commit.beganAt())
                        .max()
                        .orElse(0)
                / 1_000_000;
    }

    /** Acknowledged to a client and not on {@code server}: what must never be when that may take over. */
    public Set<Long> absentOn(LabServer server) {
        Set<Long> absent = new TreeSet<>(acknowledged);
        try {
            for (String[] row : Sql.rows(server.connect(), "select id from lab_entry", 1)) {
                absent.remove(Long.valueOf(row[0]));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return absent;
    }

    /** They write no more; whoever waits goes on waiting until its session is ended. */
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        stopped = true;
        connections.forEach(Sql::abort);
    }
}
