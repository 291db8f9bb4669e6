package io.prontuario.ha.zookeeper;

import io.prontuario.ha.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/**
 * Bounded calls on the present session, without Curator's retries: an operation that failed has failed, and what became of it is looked
 * into by whoever knows what it meant.
 */
final class Calls {
    private final CuratorFramework client;

    Calls(CuratorFramework client) {
        this.client = client;
    }

    /** Data with its stat. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and ZooKeeper hands out arrays
    record Node(byte[] data, Stat stat) {}

    Node get(String path, Duration limit) throws KeeperException {
        CompletableFuture<Node> result = new CompletableFuture<>();
        session()
                .getData(
                        path,
                        false,
                        (code, where, context, data, stat) ->
                                complete(result, code, where, code == 0 ? new Node(data, stat) : null),
                        null);
        return await(result, limit, path);
    }

    /** Waits until the server that this session talks to has seen every write finished before now. */
    void sync(String path, Duration limit) throws KeeperException {
        CompletableFuture<String> result = new CompletableFuture<>();
        session().sync(path, (code, where, context) -> complete(result, code, path, path), null);
        await(result, limit, path);
    }

    void multi(List<Op> operations, Duration limit) throws KeeperException {
        CompletableFuture<String> result = new CompletableFuture<>();
        session()
                .multi(
                        operations,
                        (code, where, context, results) -> complete(result, code, String.valueOf(where), ""),
                        null);
        await(result, limit, "transaction");
    }

    List<String> children(String path, Duration limit) throws KeeperException {
        CompletableFuture<List<String>> result = new CompletableFuture<>();
        session().getChildren(path, false, (code, where, context, names) -> complete(result, code, where, names), null);
        return await(result, limit, path);
    }

    long sessionId() {
        return session().getSessionId();
    }

    private ZooKeeper session() {
        if (!client.getZookeeperClient().isConnected()) {
            throw new StoreUnavailableException("no connection to ZooKeeper");
        }
        try {
            return client.getZookeeperClient().getZooKeeper();
        } catch (Exception e) {
            // Curator declares Exception; whatever it is, there is no session to use.
            throw new StoreUnavailableException("no session with ZooKeeper: " + e.getMessage(), e);
        }
    }

    private static <T> void complete(
            CompletableFuture<T> result, int code, String path, @org.jspecify.annotations.Nullable T value) {
        if (code == 0 && value != null) {
            result.complete(value);
        } else {
            result.completeExceptionally(KeeperException.create(Code.get(code), path));
        }
    }

    private static <T> T await(CompletableFuture<T> result, Duration limit, String path) throws KeeperException {
        try {
            return result.get(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KeeperException failure) {
                throw failure;
            }
            throw new StoreUnavailableException("ZooKeeper call on " + path + " failed: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StoreUnavailableException(
                    "ZooKeeper has not answered about " + path + " within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while waiting for ZooKeeper", e);
        }
    }
}
