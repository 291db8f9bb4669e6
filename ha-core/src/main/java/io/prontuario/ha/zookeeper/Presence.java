package io.prontuario.ha.zookeeper;

import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's status in the store, for as long as its session lives. Not more than two writes a second, except urgent ones. A goodbye
 * takes its place as a node that stays, until this node is back.
 *
 * <p>A killed predecessor's status outlives it by a session time; its successor, which holds the lock of the data directory, deletes it.
 */
final class Presence {
    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
    private static final long PAUSE_MILLIS = 500;
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final CuratorFramework client;
    private final Calls calls;
    private final List<ACL> permissions;
    private final String path;
    private final ScheduledExecutorService worker;
    private final AtomicReference<byte @Nullable []> pending = new AtomicReference<>();
    private volatile byte @Nullable [] written;
    private volatile boolean closed;
    private boolean scheduled;
    private volatile @Nullable Future<?> goodbye;

    Presence(
            CuratorFramework client, Calls calls, List<ACL> permissions, String path, ScheduledExecutorService worker) {
        this.client = client;
        this.calls = calls;
        this.permissions = permissions;
        this.path = path;
        this.worker = worker;
    }

    void publish(byte[] status, boolean urgent) {
        pending.set(status);
        if (closed) {
            return;
        }
        if (urgent) {
            worker.execute(this::flush);
            return;
        }
        synchronized (this) {
            if (!scheduled) {
                scheduled = true;
                worker.schedule(this::flush, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The last status: it stays when the session ends. */
    void leave(byte[] status) {
        if (!closed) {
            pending.set(null);
            goodbye = worker.submit(() -> stay(status));
        }
    }

    private void stay(byte[] status) {
        Op stays = Op.create(path, status, permissions, CreateMode.PERSISTENT);
        written = null;
        try {
            try {
                calls.multi(List.of(Op.delete(path, -1), stays), GOODBYE);
            } catch (KeeperException.NoNodeException e) {
                calls.multi(List.of(stays), GOODBYE);
            }
        } catch (KeeperException | StoreUnavailableException e) {
            // Then its end looks like a loss, which costs a takeover at worst.
            LOG.warn("goodbye could not be said: {}", e.toString());
        }
    }

    private void flush() {
        synchronized (this) {
            scheduled = false;
        }
        byte[] status = pending.getAndSet(null);
        if (status == null || closed) {
            return;
        }
        write(status);
    }

    private void write(byte[] status) {
        written = status;
        try {
            try {
                client.setData().forPath(path, status);
            } catch (KeeperException.NoNodeException e) {
                client.create()
                        .creatingParentsIfNeeded()
                        .withMode(CreateMode.EPHEMERAL)
                        .forPath(path, status);
            }
        } catch (Exception e) {
            // The next check writes it again, unless there is a newer one by then.
            pending.compareAndSet(null, status);
            LOG.debug("status not published: {}", e.toString());
        }
    }

    /** After a reconnect, and now and then: the node must be there and belong to this session. */
    void check() throws Exception {
        if (pending.get() != null) {
            flush();
            return;
        }
        byte[] status = written;
        if (status == null || closed) {
            return;
        }
        Stat stat = client.checkExists().forPath(path);
        if (stat == null) {
            write(status);
        } else if (stat.getEphemeralOwner()
                != client.getZookeeperClient().getZooKeeper().getSessionId()) {
            client.delete().withVersion(stat.getVersion()).forPath(path);
            write(status);
        }
    }

    void reconnected() throws Exception {
        if (written == null) {
            Stat stat = client.checkExists().forPath(path);
            if (stat != null
                    && stat.getEphemeralOwner()
                            != client.getZookeeperClient().getZooKeeper().getSessionId()) {
                client.delete().withVersion(stat.getVersion()).forPath(path);
            }
            flush();
        } else {
            check();
        }
    }

    void close() {
        Future<?> last = goodbye;
        if (last != null) {
            try {
                last.get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.warn("goodbye could not be said: {}", e.toString());
            }
        }
        closed = true;
    }
}
