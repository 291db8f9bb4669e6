package io.prontuario.ha.postgres.pool;

import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeTags;
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
import java.util.function.Function;
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
    private final long patience;
    private final Transactions transactions;
    private final Tally tally = new Tally();
    private volatile Runnable wake = () -> {};
    private volatile Function<NodeName, NodeTags> tags = node -> NodeTags.USUAL;
    private volatile @Nullable EpochPool current;
    private volatile boolean closed;
    private volatile @Nullable Expected expected;
    private @Nullable ClusterState last;
    private volatile @Nullable StandbyReads reads;

    private FailoverDataSource(PoolSettings settings, Ticker ticker) {
        this.settings = settings;
        this.ticker = ticker;
        this.gate = new HoldGate(settings.size(), settings.holdLimit(), ticker);
        this.transactions = new Transactions(this, settings.patience(), ticker);
        this.patience = settings.patience().toNanos();
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
            if (before != null) {
                before.lending().look();
            }
            ClusterState former = last;
            if (closed || (former != null && state.epoch() < former.epoch())) {
                return false;
            }
            last = state;
            if (reads != null) {
                reads.follow(state);
            }
            PostgresAddress address =
                    state.active() ? settings.servers().get(state.primary().node()) : null;
            if (before != null && address != null && before.isFor(state.epoch(), address)) {
                return false;
            }
            if (before == null && address == null) {
                return false;
            }
            current = address == null ? null : new EpochPool(state.epoch(), address, settings, lending(), expected);
            moved.signalAll();
            if (before != null) {
                LOG.info("the pool leaves {}", before);
                before.leave();
                undertaker.execute(before::abort);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Lending lending() {
        return new Lending(ticker, tally, new Shares(settings.size(), this::givenBack));
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
        EpochPool pool = current;
        if (pool != null && !gate.isShut() && pool.shares().takeAtOnce()) {
            Connection connection = borrow(pool, false, 0);
            if (connection != null) {
                return connection;
            }
        }
        return getPatiently();
    }

    private Connection getPatiently() throws SQLException {
        // A thread that has a connection of this pool is what a hold waits for: held, it would never end.
        boolean nested = held() > 0;
        long began = ticker.nanos();
        long left = patience;
        do {
            if (gate.isShut() && !nested) {
                awaitTurn();
            }
            EpochPool pool = current == null ? awaitPrimary(began) : current;
            Connection connection = pool != null && pool.shares().take(left) ? borrow(pool, true, began) : null;
            if (connection != null) {
                return connection;
            }
            if (closed) {
                throw new SQLTransientConnectionException("this data source is closed");
            }
            left = left(began);
        } while (left > 0);
        throw noneWithinPatience(current);
    }

    private SQLTransientConnectionException noneWithinPatience(@Nullable EpochPool pool) {
        SQLException last = pool == null ? null : pool.lastFailure();
        return new SQLTransientConnectionException(
                "no connection within " + settings.patience().toMillis() + " ms: "
                        + (pool == null
                                ? "the cluster has no active primary that this node knows of"
                                : "the primary of " + pool + " has "
                                        + pool.shares().taken() + " of " + settings.size() + " connections lent")
                        + (last == null ? "" : "; " + last.getMessage()),
                last);
    }

    private long left(long began) {
        return patience - (ticker.nanos() - began);
    }

    /**
     * A connection that takes the share with it; null when it gave the share back, since it is held, the primary has moved, or there was
     * none in time.
     */
    private @Nullable Connection borrow(EpochPool pool, boolean again, long began) throws SQLException {
        boolean taken = false;
        try {
            do {
                Connection connection = pool == current && mayGoOn(0) ? pool.borrow() : null;
                taken = connection != null;
                // Asked again: whoever shut the gate in the meantime has perhaps counted without this one.
                if (connection != null && pool == current && mayGoOn(1)) {
                    return connection;
                }
                if (connection != null) {
                    connection.close();
                    return null;
                }
            } while (again && pool == current && mayGoOn(0) && left(began) > 0);
            return null;
        } finally {
            if (!taken) {
                pool.shares().giveBack();
            }
        }
    }

    /** Whether this thread is not held: nobody is, or it has more connections than these. */
    boolean mayGoOn(int connections) {
        return !gate.isHolding() || held() > connections;
    }

    /** How many connections this thread has, to the primary and to a standby. */
    private long held() {
        EpochPool pool = current;
        StandbyReads standby = reads;
        Thread self = Thread.currentThread();
        return (pool == null ? 0 : pool.lending().with(self)) + (standby == null ? 0 : standby.with(self));
    }

    private void awaitTurn() throws SQLException {
        try {
            gate.pass();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException("interrupted while held", e);
        }
    }

    private @Nullable EpochPool awaitPrimary(long began) throws SQLException {
        lock.lock();
        try {
            long left = left(began);
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

    /** Whom to tell when a hold has nothing to wait for any more. */
    void wakes(Runnable node) {
        wake = node;
    }

    /** Where what a node is good for can be asked. */
    void tags(Function<NodeName, NodeTags> published) {
        tags = published;
    }

    /** What a node is good for, as last published. */
    NodeTags tags(NodeName node) {
        return tags.apply(node);
    }

    /** A connection has come back, here or to those who read. */
    void givenBack() {
        if (gate.isHolding() && nothingIsLent()) {
            wake.run();
        }
    }

    private boolean nothingIsLent() {
        EpochPool pool = current;
        StandbyReads standby = reads;
        return (pool == null || pool.shares().taken() == 0) && (standby == null || standby.taken() == 0);
    }

    /** Lets nobody borrow who holds nothing yet; answers whether it does, see {@link HoldGate#hold}. */
    boolean hold(String why) {
        return gate.hold(why);
    }

    /** Opens connections to who is to be the primary, as many as there are to who is it now; returns at once. */
    void expect(NodeName target) {
        PostgresAddress address = settings.servers().get(target);
        EpochPool pool = current;
        Expected before = expected;
        if (address == null || pool == null || (before != null && before.isFor(address))) {
            return;
        }
        Expected next = new Expected(address, settings);
        expectNobody();
        expected = next;
        int connections = pool.connections();
        lock.lock();
        try {
            if (!closed) {
                undertaker.execute(() -> next.open(connections));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nobody is to be the primary, or it is by now and whoever waited for it has had the time to take what was opened for him. */
    void expectNobody() {
        Expected last = expected;
        expected = null;
        if (last != null) {
            last.end();
        }
    }

    /** Ends a hold, if there is one. */
    void release(boolean moved) {
        EpochPool pool = current;
        if (gate.isHolding() && !moved && pool != null) {
            // It has perhaps been stopped and started again.
            pool.refresh();
        }
        gate.release();
    }

    /** Who is still using the primary, as a sentence; empty when nobody is. */
    String inUse() {
        EpochPool pool = current;
        StandbyReads standby = reads;
        String writer = pool == null ? "" : pool.inUse();
        return writer.isEmpty() && standby != null ? standby.inUse() : writer;
    }

    /** Connections that may only read, to a standby that is fresh enough or to the primary. The same object each time. */
    public StandbyReads reads() {
        lock.lock();
        try {
            StandbyReads present = reads;
            if (present == null) {
                present = new StandbyReads(this, settings, ticker, tally, undertaker);
                reads = present;
                ClusterState state = last;
                if (state != null && !closed) {
                    present.follow(state);
                }
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody who wants to read from a standby may do so without being held first. */
    boolean mayBegin() {
        return !gate.isShut() || held() > 0;
    }

    /** Transactions whose outcome is always known. They need a table: {@link Transactions#tableSql}. */
    public Transactions transactions() {
        return transactions;
    }

    /** What it has done so far. */
    public PoolFigures figures() {
        EpochPool pool = current;
        HoldGate.Account held = gate.account();
        return new PoolFigures(
                pool == null ? 0 : pool.epoch(),
                pool == null ? 0 : pool.shares().taken(),
                held.waiting(),
                held.count(),
                held.total(),
                held.longest(),
                tally.evicted(),
                tally.doubts());
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
            expectNobody();
            EpochPool open = current;
            current = null;
            moved.signalAll();
            if (open != null) {
                open.leave();
                undertaker.execute(open::abort);
            }
            if (reads != null) {
                reads.end();
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
