package io.prontuario.ha.examples.bench;

import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.ReadingDoor;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Users who write as fast as they can and read what they wrote, for as long as it takes. What is kept of each is one number and the few
 * requests that were not answered, so that an hour of them does not look like a leak; yet every acknowledged row is accounted for.
 */
final class SoakUsers implements AutoCloseable {
    /** A user's rows are this far from the next one's. */
    private static final long STRIDE = 1_000_000_000_000L;
    /** So many of his own rows later, one that he wrote is old enough to be looked for on a standby. */
    private static final long OLD = 1000;

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int PATIENCE_MILLIS = 300_000;
    private static final String RANGE = "select count(*) from emr.entry where id >= ? and id < ?";
    private static final String AMONG = "select count(*) from emr.entry where id = any (?)";

    private final List<User> users = new ArrayList<>();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private final AtomicLong missing = new AtomicLong();
    private volatile boolean stopping;

    /**
     * How a user comes in.
     *
     * @param name of the way
     * @param door to the primary
     * @param reads to a standby; null for who has none
     */
    record Doors(String name, ReadingDoor door, @Nullable ReadingDoor reads) {}

    /** Starts so many. */
    SoakUsers(int count, IntFunction<Doors> doors) {
        for (int i = 0; i < count; i++) {
            users.add(new User(i, doors.apply(i)));
        }
        users.forEach(user -> user.thread.start());
    }

    /** One of them; used by his own thread until that has ended, but for the counts. */
    private final class User {
        private final int number;
        private final Doors doors;
        private final Thread thread;
        private final List<Long> unanswered = new ArrayList<>();
        private final AtomicLong acknowledged = new AtomicLong();

        User(int number, Doors doors) {
            this.number = number;
            this.doors = doors;
            this.thread = new Thread(this::run, "soak-" + number);
            thread.setDaemon(true);
        }

        private void run() {
            try (ReadingDoor door = doors.door()) {
                for (long sent = 0; !stopping; sent++) {
                    long id = number * STRIDE + sent;
                    if (written(door, id)) {
                        acknowledged.incrementAndGet();
                        lookFor(door, id);
                        ReadingDoor reads = doors.reads();
                        if (reads != null && sent >= OLD && !unanswered.contains(id - OLD)) {
                            lookFor(reads, id - OLD);
                        }
                    } else {
                        unanswered.add(id);
                        LockSupport.parkNanos(PAUSE.toNanos());
                    }
                }
            }
        }

        private boolean written(ReadingDoor door, long id) {
            try {
                door.write(id, number);
                return true;
            } catch (SQLException e) {
                failed("write", e);
                return false;
            }
        }

        /** What was acknowledged before is there for whoever asks now. */
        private void lookFor(ReadingDoor door, long id) {
            try {
                if (!door.has(id)) {
                    missing.incrementAndGet();
                }
            } catch (SQLException e) {
                failed("read", e);
            }
        }

        private void failed(String what, SQLException e) {
            failures.computeIfAbsent(doors.name() + " " + what + " " + e.getSQLState(), state -> new AtomicLong())
                    .incrementAndGet();
        }
    }

    /** How many writes were acknowledged. */
    long acknowledged() {
        return users.stream().mapToLong(user -> user.acknowledged.get()).sum();
    }

    /** How many requests failed, by the way, what they were and SQLSTATE. */
    Map<String, Long> failures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((what, count) -> counts.put(what, count.get()));
        return counts;
    }

    /** How many reads did not find what had been acknowledged before. */
    long missing() {
        return missing.get();
    }

    /**
     * How many acknowledged rows are missing on a server, after {@link #close}. Whoever was acknowledged so many rows and finds fewer, those that
     * were not answered taken off, has lost the difference.
     */
    long lostOn(Clients server) throws SQLException {
        long lost = 0;
        try (Connection connection = server.connect()) {
            connection.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
            for (User user : users) {
                long answered = count(connection, RANGE, user.number * STRIDE, (user.number + 1) * STRIDE)
                        - count(connection, AMONG, (Object) user.unanswered.toArray(new Long[0]));
                lost += Math.max(0, user.acknowledged.get() - answered);
            }
        }
        return lost;
    }

    private static long count(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement question = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                question.setObject(i + 1, values[i]);
            }
            try (ResultSet row = question.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Lets each finish what he does. */
    @Override
    public void close() {
        stopping = true;
        try {
            for (User user : users) {
                user.thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
