package io.prontuario.ha.zookeeper;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit trail as znodes: the parent holds the end of the chain, a child each entry. Whoever appends does both in one transaction that
 * checks the parent's version, so two who append at once never take the same number.
 */
final class AuditNodes {
    private static final int TRIES = 50;
    private static final long PAUSE_NANOS = 5_000_000;
    /** Old ones are removed that many at a time. */
    private static final int PRUNED = 100;

    private static final int MOST_PRUNED = 2 * PRUNED;
    private static final Logger LOG = LoggerFactory.getLogger(AuditNodes.class);

    private final Calls calls;
    private final Paths paths;
    private final List<ACL> permissions;
    private final Ticker ticker;

    AuditNodes(Calls calls, Paths paths, List<ACL> permissions, Ticker ticker) {
        this.ticker = ticker;
        this.calls = calls;
        this.paths = paths;
        this.permissions = permissions;
    }

    private record End(Optional<AuditRecord.Head> head, Stat stat) {}

    AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        long deadline = ticker.nanos() + limit.toNanos();
        try {
            for (int attempt = 0; attempt < TRIES && ticker.nanos() - deadline < 0; attempt++) {
                Optional<AuditRecord.Head> done = attempt(entries, limit);
                if (done.isPresent()) {
                    return done.get();
                }
                LockSupport.parkNanos(PAUSE_NANOS * (attempt + 1));
            }
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the audit trail cannot be written: " + e.getMessage(), e);
        }
        throw new StoreUnavailableException(
                "the audit trail was not written within " + limit.toSeconds() + " s: others wrote to it all the time");
    }

    /** Empty when another was quicker. */
    private Optional<AuditRecord.Head> attempt(List<AuditEntry> entries, Duration limit) throws KeeperException {
        End end = end(limit, true);
        List<AuditRecord> records = new ArrayList<>();
        Optional<AuditRecord.Head> head = end.head();
        for (AuditEntry entry : entries) {
            AuditRecord next = AuditRecord.after(head, entry);
            records.add(next);
            head = Optional.of(next.head());
        }
        if (head.isEmpty() || records.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to append");
        }
        List<Op> operations = new ArrayList<>();
        operations.add(
                Op.setData(paths.audit(), Json.bytes(head.get()), end.stat().getVersion()));
        records.forEach(one -> operations.add(
                Op.create(paths.audit(one.number()), Json.bytes(one), permissions, CreateMode.PERSISTENT)));
        try {
            calls.multi(operations, limit);
        } catch (KeeperException.BadVersionException | KeeperException.NodeExistsException e) {
            return Optional.empty();
        } catch (KeeperException.ConnectionLossException | StoreUnavailableException e) {
            // It may have been written: what stands at its number says so.
            AuditRecord last = records.get(records.size() - 1);
            if (read(last.number(), limit).filter(last::equals).isEmpty()) {
                throw e;
            }
        }
        prune(records.get(0).number(), head.get().number(), limit);
        return head;
    }

    private End end(Duration limit, boolean create) throws KeeperException {
        try {
            Calls.Node node = calls.get(paths.audit(), limit);
            return new End(
                    node.data().length == 0
                            ? Optional.empty()
                            : Optional.of(Json.read(node.data(), AuditRecord.Head.class, paths.audit())),
                    node.stat());
        } catch (KeeperException.NoNodeException e) {
            if (!create) {
                return new End(Optional.empty(), new Stat());
            }
            try {
                calls.multi(List.of(Op.create(paths.audit(), new byte[0], permissions, CreateMode.PERSISTENT)), limit);
            } catch (KeeperException.NodeExistsException another) {
                // Then it is there.
            }
            return end(limit, false);
        }
    }

    private Optional<AuditRecord> read(long number, Duration limit) throws KeeperException {
        String path = paths.audit(number);
        try {
            return Optional.of(Json.read(calls.get(path, limit).data(), AuditRecord.class, path));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        }
    }

    /** Now and then. Best effort: what was appended is appended, and what is left over is taken away the next time. */
    private void prune(long first, long last, Duration limit) {
        if ((first - 1) / PRUNED == last / PRUNED || last <= ClusterStore.KEPT_AUDIT) {
            return;
        }
        try {
            List<Op> old = calls.children(paths.audit(), limit).stream()
                    .filter(name -> Long.parseLong(name) <= last - ClusterStore.KEPT_AUDIT)
                    .sorted()
                    .limit(MOST_PRUNED)
                    .map(name -> Op.delete(paths.audit() + "/" + name, -1))
                    .toList();
            if (!old.isEmpty()) {
                calls.multi(old, limit);
            }
        } catch (KeeperException | StoreUnavailableException e) {
            LOG.debug("the beginning of the audit trail was not taken away: {}", e.toString());
        }
    }

    Optional<AuditRecord.Head> head(Duration limit) {
        try {
            calls.sync(paths.audit(), limit);
            return end(limit, false).head();
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the audit trail cannot be read: " + e.getMessage(), e);
        }
    }

    List<AuditRecord> all(Duration limit) {
        try {
            // Another's last entry may not have reached the server that this client is connected to.
            calls.sync(paths.audit(), limit);
            List<String> names = new ArrayList<>(calls.children(paths.audit(), limit));
            names.sort(null);
            List<AuditRecord> all = new ArrayList<>();
            for (String name : names) {
                // Whoever appends meanwhile takes the oldest away.
                read(Long.parseLong(name), limit).ifPresent(all::add);
            }
            return all;
        } catch (KeeperException.NoNodeException e) {
            return List.of();
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the audit trail cannot be read: " + e.getMessage(), e);
        }
    }
}
