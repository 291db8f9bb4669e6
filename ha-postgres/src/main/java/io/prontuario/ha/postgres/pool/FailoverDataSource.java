package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.postgres.PostgresAddress;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Ticker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pooled data source, on HikariCP, that follows the primary.
 *
 * <p>Hand its {@link #strategy} to the node's builder; from then on it knows the record. It hands out connections to the active primary of
 * the current epoch only: each new one is asked, and a new epoch has new connections. When the primary is deposed, connections to it are
 * ended in the middle of what they do, and borrowers wait for the next one, up to {@link PoolSettings#patience}.
 *
 * <p>Where an outcome is open it throws {@link InDoubtException}, and never answers success for a commit whose wait was cancelled.
 *
 * <p>Thread-safe. {@link #close} ends everything; the node does not close it.
 */
public final class FailoverDataSource extends PlainDataSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailoverDataSource.class);
    private static final Duration CLOSE = Duration.ofSeconds(15);

    private final PoolSettings settings;
    private final Ticker ticker;
    private final HoldGate gate;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final ExecutorService undertaker = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "prontuario-pool-end");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable EpochPool current;
    private volatile boolean closed;
    private long followed;

    private FailoverDataSource(PoolSettings settings, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
        this.gate = new HoldGate(settings.size());
    }

    /** A data source that knows of no primary yet: borrowers wait until its strategy's node has read the record. */
    public static FailoverDataSource of(PoolSettings settings) {
        return new FailoverDataSource(settings, Ticker.system());
    }

    /** What tells it about the primary. Hand it to {@code HaNode.builder().strategy(…)}. */
    public FailoverStrategy strategy() {
        return new PoolStrategy(this);
    }

    /** Brings the pool in line with the record; an older one than before is not followed. Answers whether something changed. */
    boolean follow(ClusterState state) {
        lock.lock();
        try {
            EpochPool before = current;
            if (closed || state.epoch() < followed) {
                return false;
            }
            followed = state.epoch();
            PostgresAddress address =
                    state.active() ? settings.servers().get(state.primary().node()) : null;
            if (before != null && address != null && before.isFor(state.epoch(), address)) {
                return false;
            }
            if (before == null && address == null) {
                return false;
            }
            current = address == null ? null : new EpochPool(state.epoch(), address, settings);
            moved.signalAll();
            if (before != null) {
                LOG.info("the pool leaves {}", before);
                undertaker.execute(before::abort);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is an address for this record's primary. */
    boolean knows(ClusterState state) {
        return settings.servers().containsKey(state.primary().node());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Waits up to {@link PoolSettings#patience}; interruptible, with the interrupt status kept.
     *
     * @throws SQLTransientConnectionException when there was no connection within the patience, saying why
     */
    @Override
    public Connection getConnection() throws SQLException {
        Holdings holdings = Holdings.ofThisThread();
        long began = ticker.nanos();
        SQLException last = null;
        do {
            // A thread that has a connection of this pool is what the hold waits for: held, it would never end.
            if (gate.isShut() && !holdings.any()) {
                hold();
            }
            EpochPool pool = current == null ? awaitPrimary(began) : current;
            try {
                if (pool != null) {
                    Connection connection = pool.borrow(holdings);
                    if (pool == current) {
                        return connection;
                    }
                    connection.close();
                }
            } catch (SQLTransientConnectionException e) {
                last = e;
            }
            if (closed) {
                throw new SQLTransientConnectionException("this data source is closed");
            }
        } while (ticker.nanos() - began < settings.patience().toNanos());
        EpochPool pool = current;
        throw new SQLTransientConnectionException(
                "no connection within " + settings.patience().toMillis() + " ms: "
                        + (pool == null
                                ? "the cluster has no active primary that this node knows of"
                                : "the primary of " + pool + " has " + pool.lent() + " of " + settings.size()
                                        + " connections lent")
                        + (last == null ? "" : "; " + last.getMessage()),
                last);
    }

    private void hold() throws SQLException {
        try {
            if (!gate.pass(settings.holdLimit())) {
                throw new SQLTransientConnectionException("held for "
                        + settings.holdLimit().toMillis() + " ms while the primary moves, and it has not ended");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while held", e);
        }
    }

    private @Nullable EpochPool awaitPrimary(long began) throws SQLException {
        lock.lock();
        try {
            long left = settings.patience().toNanos() - (ticker.nanos() - began);
            while (current == null && left > 0 && !closed) {
                left = moved.awaitNanos(left);
            }
            return current;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while waiting for a primary", e);
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody borrow who holds nothing yet while {@code wanted}. */
    void hold(boolean wanted) {
        if (wanted) {
            gate.hold();
        } else {
            gate.release();
        }
    }

    /** Connections that are lent at this moment. */
    int lent() {
        EpochPool pool = current;
        return pool == null ? 0 : pool.lent();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException("set PoolSettings.patience, or connectTimeout of the driver");
    }

    @Override
    public int getLoginTimeout() {
        return (int) settings.patience().toSeconds();
    }

    /** Ends all connections. Waits up to some seconds; idempotent; never throws. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            EpochPool last = current;
            current = null;
            moved.signalAll();
            if (last != null) {
                undertaker.execute(last::abort);
            }
        } finally {
            lock.unlock();
        }
        gate.release();
        undertaker.shutdown();
        try {
            if (!undertaker.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("connections were still ending {} s after the data source was closed", CLOSE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
