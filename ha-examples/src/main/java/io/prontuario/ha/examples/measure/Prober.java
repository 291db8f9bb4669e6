package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tries a small write through the proxy every 10 ms. The longest time without a success is the outage.
 *
 * <p>An attempt that hangs must not keep the next one from being made, so there are several lanes with a connection each; a tick finds
 * a free lane or is let go.
 */
public final class Prober implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(10);
    private static final int LANES = 8;
    private static final int PATIENCE_MILLIS = 2000;
    private static final String WRITE =
            "insert into emr.probe values (?, ?) on conflict (lane) do update set tick = excluded.tick";

    private final Clients clients;
    private final SynchronousQueue<Long> ticks = new SynchronousQueue<>();
    private final ConcurrentLinkedQueue<Long> successes = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /** Starts probing. */
    public Prober(Clients clients) {
        this.clients = clients;
        for (int i = 0; i < LANES; i++) {
            int lane = i;
            start(new Thread(() -> lane(lane), "probe-lane-" + i));
        }
        start(new Thread(this::tick, "probe-ticks"));
    }

    private void start(Thread thread) {
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void tick() {
        long next = System.nanoTime();
        while (!stopping) {
            next += TICK.toNanos();
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            } else {
                next = System.nanoTime();
            }
            ticks.offer(next);
        }
    }

    private void lane(int lane) {
        Connection connection = null;
        while (!stopping) {
            try {
                Long tick = ticks.poll(100, TimeUnit.MILLISECONDS);
                if (tick == null) {
                    continue;
                }
                connection = attempt(connection, lane, tick);
            } catch (InterruptedException e) {
                break;
            }
        }
        close(connection);
    }

    /** One attempt; answers the connection to use next, null when it broke. */
    private @Nullable Connection attempt(@Nullable Connection kept, int lane, long tick) {
        Connection connection = kept;
        try {
            if (connection == null) {
                connection = clients.connect();
                connection.setNetworkTimeout(Runnable::run, PATIENCE_MILLIS);
            }
            try (PreparedStatement write = connection.prepareStatement(WRITE)) {
                write.setInt(1, lane);
                write.setLong(2, tick);
                write.execute();
                if (write.getWarnings() == null) {
                    successes.add(System.nanoTime());
                    return connection;
                }
            }
        } catch (SQLException e) {
            // No success at this tick; that is what is measured.
            close(connection);
            return null;
        }
        close(connection);
        return null;
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

    /** How many attempts have succeeded. */
    public int count() {
        return successes.size();
    }

    /** The first success after a moment; zero when there is none. */
    public Duration firstSuccessAfter(long nanos) {
        return successes.stream()
                .filter(success -> success - nanos > 0)
                .map(success -> Duration.ofNanos(success - nanos))
                .min(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** The longest time without a success among those that ended after the fault. */
    public Duration outage(long faultNanos) {
        long[] times = successes.stream().mapToLong(Long::longValue).sorted().toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            if (times[i] - faultNanos > 0) {
                longest = Math.max(longest, times[i] - times[i - 1]);
            }
        }
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
        try {
            for (Thread thread : threads) {
                thread.join(PATIENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
