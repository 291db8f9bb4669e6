package io.prontuario.ha.zookeeper;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.WatchedEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store on a ZooKeeper ensemble.
 *
 * <p>The record is one znode; every write of it is checked against the version that was read, and the coordinator's against its term in
 * the same transaction. A version alone is a number that comes again when the record was deleted and made anew, or the servers were
 * restored from a backup; so under the record lies a mark with the unique id of the write that made it, which each write exchanges for
 * its own: it fails on any other record than the one that was read, however long its client has slept. A write whose answer was lost is looked for by its unique id; it is never repeated blindly. What is read through
 * the watch may be old, which costs a lost compare-and-set and nothing else; {@link #read} syncs first.
 */
public final class ZooKeeperStore implements ClusterStore {
    private static final Logger LOG = LoggerFactory.getLogger(ZooKeeperStore.class);
    private static final Duration CALL = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofSeconds(1);
    /** The watch tells of every status as it is written, and all are read after a reconnect: this is for what nobody thought of. */
    private static final int POLLS_PER_LOOK_AT_ALL = 5;

    private static final int KEPT_TRANSITIONS = 50;

    private final String connectString;
    private final Duration sessionTime;
    private final ZooKeeperAccess access;
    private final Ticker ticker = Ticker.system();
    private final Map<NodeName, NodeStatus> statuses = new ConcurrentHashMap<>();
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "prontuario-store");
        thread.setDaemon(true);
        return thread;
    });
    private volatile StoreHealth health = StoreHealth.NEVER_CONNECTED;
    private volatile @Nullable Seen seen;
    private volatile @Nullable Wiring wiring;
    private volatile boolean closed;
    private volatile boolean refused;
    /** Of the store's own thread. */
    private int polls;

    /** How often the watch has told of a status. */
    private final AtomicInteger told = new AtomicInteger();

    /** A status that is known here may be an old one. */
    private volatile boolean lookAtAll;

    /** What was read last, and where: there is a record, or why it is not understood. */
    private record Seen(
            int version, long incarnation, @Nullable Versioned record, String notUnderstood) {
        static Seen of(Versioned record) {
            return new Seen(record.version(), record.incarnation(), record, "");
        }

        Versioned orThrow() {
            if (record == null) {
                throw new StoreUnavailableException(notUnderstood);
            }
            return record;
        }
    }

    /** What exists once the store was started. */
    private record Wiring(
            Paths paths,
            NodeName self,
            StoreListener listener,
            CuratorFramework client,
            Calls calls,
            PersistentWatcher watcher,
            Presence presence,
            Election election) {}

    private ZooKeeperStore(String connectString, Duration sessionTime, ZooKeeperAccess access) {
        this.connectString = connectString;
        this.sessionTime = sessionTime;
        this.access = access;
    }

    /**
     * A store on the given servers, with sessions of two seconds.
     *
     * @param connectString as ZooKeeper has it: {@code host:port,host:port,host:port}
     */
    public static ZooKeeperStore connect(String connectString) {
        return new ZooKeeperStore(connectString, Duration.ofSeconds(2), ZooKeeperAccess.OPEN);
    }

    /** The same with another session time; the ensemble may grant less or more. */
    public ZooKeeperStore withSessionTime(Duration time) {
        return new ZooKeeperStore(connectString, time, access);
    }

    /** The same, as somebody and by TLS; everybody who uses the cluster's record does it in the same way. */
    public ZooKeeperStore withAccess(ZooKeeperAccess value) {
        return new ZooKeeperStore(connectString, sessionTime, value);
    }

    @Override
    public synchronized void start(String cluster, NodeName self, StoreListener listener) {
        if (wiring != null || closed) {
            throw new IllegalStateException("a store is started once; this one was started or closed before");
        }
        Paths paths = Paths.of(cluster);
        CuratorFramework client = access.on(CuratorFrameworkFactory.builder()
                        .connectString(connectString)
                        .sessionTimeoutMs((int) sessionTime.toMillis())
                        .connectionTimeoutMs(1000)
                        .retryPolicy(new RetryOneTime(50)))
                .build();
        Calls calls = new Calls(client);
        PersistentWatcher watcher = new PersistentWatcher(client, paths.root(), true);
        Wiring made = new Wiring(
                paths,
                self,
                listener,
                client,
                calls,
                watcher,
                new Presence(client, calls, access.permissions(), paths.node(self), worker),
                new Election(client, calls, paths, self, worker, listener));
        wiring = made;
        client.getConnectionStateListenable().addListener((any, state) -> connectionChanged(made, state));
        watcher.getListenable().addListener(event -> noticed(made, event));
        client.start();
        worker.scheduleWithFixedDelay(
                () -> contained("poll", () -> poll(made)), POLL.toMillis(), POLL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connectionChanged(Wiring made, ConnectionState state) {
        health = switch (state) {
            case CONNECTED, RECONNECTED -> StoreHealth.CONNECTED;
            case SUSPENDED, READ_ONLY -> StoreHealth.SUSPENDED;
            case LOST -> StoreHealth.LOST;
        };
        if (health == StoreHealth.CONNECTED) {
            submit("connected", () -> connected(made, state == ConnectionState.CONNECTED));
        } else {
            made.election().doubt();
        }
        tell(made);
    }

    private void connected(Wiring made, boolean first) throws Exception {
        if (first) {
            for (String parent : List.of(
                    made.paths().nodes(), made.paths().election(), made.paths().history())) {
                ensure(made, parent, new byte[0]);
            }
            ensure(made, made.paths().term(), "0".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            made.watcher().start();
            // A transaction that changes nothing: the first one that matters shall find its code loaded.
            made.calls().multi(List.of(Op.check(made.paths().term(), -1)), CALL);
        }
        made.presence().reconnected();
        made.election().connected();
        refreshState(made);
        refreshNodes(made);
    }

    private static void ensure(Wiring made, String path, byte[] data) throws Exception {
        try {
            made.client().create().creatingParentsIfNeeded().forPath(path, data);
        } catch (KeeperException.NodeExistsException e) {
            LOG.trace("{} is there", path);
        }
    }

    /** On ZooKeeper's event thread: only note what is to be read again. */
    private void noticed(Wiring made, WatchedEvent event) {
        String path = event.getPath();
        if (path == null) {
            return;
        }
        if (path.equals(made.paths().state())) {
            readInBackground(made);
        } else if (path.startsWith(made.paths().nodes() + "/")) {
            NodeName node = new NodeName(path.substring(made.paths().nodes().length() + 1));
            told.incrementAndGet();
            if (event.getType() == org.apache.zookeeper.Watcher.Event.EventType.NodeDeleted) {
                statuses.remove(node);
                tell(made);
            } else {
                statusInBackground(made, node);
            }
        }
    }

    private void readInBackground(Wiring made) {
        try {
            made.client()
                    .getData()
                    .inBackground((client, event) -> {
                        if (event.getResultCode() == 0) {
                            note(
                                    made,
                                    seen(
                                            event.getData(),
                                            event.getStat().getVersion(),
                                            event.getStat().getCzxid()));
                        } else if (event.getResultCode() == KeeperException.Code.NONODE.intValue()) {
                            note(made, null);
                        }
                    })
                    .forPath(made.paths().state());
        } catch (Exception e) {
            LOG.debug("the record could not be asked for; the poll will: {}", e.toString());
        }
    }

    private void statusInBackground(Wiring made, NodeName node) {
        try {
            made.client()
                    .getData()
                    .inBackground((client, event) -> {
                        if (event.getResultCode() == 0) {
                            StatusCodec.read(event.getData(), event.getPath())
                                    .ifPresentOrElse(status -> statuses.put(node, status), () -> statuses.remove(node));
                            tell(made);
                        } else if (event.getResultCode() != KeeperException.Code.NONODE.intValue()) {
                            lookAtAll = true;
                        }
                    })
                    .forPath(made.paths().node(node));
        } catch (Exception e) {
            lookAtAll = true;
            LOG.debug("the status of {} could not be asked for; the poll will: {}", node, e.toString());
        }
    }

    private void poll(Wiring made) throws Exception {
        if (health != StoreHealth.CONNECTED) {
            return;
        }
        refreshState(made);
        polls++;
        if (polls % POLLS_PER_LOOK_AT_ALL == 0 || lookAtAll) {
            lookAtAll = false;
            int before = told.get();
            refreshNodes(made);
            // What was read may be older than what was told meanwhile.
            if (told.get() != before) {
                lookAtAll = true;
            }
        }
        made.presence().check();
        made.election().check();
    }

    private void refreshState(Wiring made) throws KeeperException {
        note(made, get(made, CALL).orElse(null));
    }

    private void refreshNodes(Wiring made) throws KeeperException {
        Map<NodeName, NodeStatus> fresh = new HashMap<>();
        for (String name : made.calls().children(made.paths().nodes(), CALL)) {
            String path = made.paths().nodes() + "/" + name;
            try {
                StatusCodec.read(made.calls().get(path, CALL).data(), path)
                        .ifPresent(status -> fresh.put(new NodeName(name), status));
            } catch (KeeperException.NoNodeException e) {
                LOG.trace("{} has just gone", path);
            }
        }
        boolean changed = !fresh.equals(Map.copyOf(statuses));
        statuses.putAll(fresh);
        statuses.keySet().retainAll(fresh.keySet());
        if (changed) {
            tell(made);
        }
    }

    /** The newest of what was read; reads may overtake one another. */
    private synchronized void note(Wiring made, @Nullable Seen read) {
        Seen before = seen;
        boolean older = read != null
                && before != null
                && read.incarnation() == before.incarnation()
                && read.version() <= before.version();
        if (older || (read == null && before == null)) {
            return;
        }
        seen = read;
        tell(made);
    }

    private void tell(Wiring made) {
        try {
            made.listener().changed();
        } catch (RuntimeException e) {
            LOG.warn("a listener of the store failed", e);
        }
    }

    @Override
    public StoreHealth health() {
        return health;
    }

    @Override
    public Optional<Versioned> read(Duration limit) {
        Wiring made = started();
        try {
            made.calls().sync(made.paths().state(), limit);
            Optional<Seen> read = get(made, limit);
            note(made, read.orElse(null));
            return read.map(Seen::orThrow);
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the record cannot be read: " + e.getMessage(), e);
        }
    }

    private static Optional<Seen> get(Wiring made, Duration limit) throws KeeperException {
        try {
            Calls.Node node = made.calls().get(made.paths().state(), limit);
            return Optional.of(
                    seen(node.data(), node.stat().getVersion(), node.stat().getCzxid()));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        }
    }

    private static Seen seen(byte[] data, int version, long incarnation) {
        RecordCodec.Read read = RecordCodec.read(data);
        ClusterState state = read.state();
        return new Seen(
                version,
                incarnation,
                state == null ? null : new Versioned(state, version, incarnation, read.writeId()),
                read.notUnderstood());
    }

    @Override
    public Optional<Versioned> lastSeen() {
        return Optional.ofNullable(seen).map(Seen::record);
    }

    @Override
    public Optional<String> notUnderstood() {
        return Optional.ofNullable(seen).map(Seen::notUnderstood).filter(why -> !why.isEmpty());
    }

    @Override
    public WriteOutcome create(ClusterState first, Duration limit) {
        Wiring made = started();
        String writeId = UUID.randomUUID().toString();
        byte[] data = RecordCodec.bytes(writeId, first);
        ensureParents(made, limit);
        return write(
                made,
                List.of(
                        Op.create(made.paths().state(), data, access.permissions(), CreateMode.PERSISTENT),
                        mark(made, writeId)),
                null,
                writeId,
                limit);
    }

    /**
     * What a first connection makes in the background may not be there yet when somebody who was waiting for just that connection creates the
     * record; without its parent it would look as if another had been first.
     */
    private void ensureParents(Wiring made, Duration limit) {
        String path = made.paths().state();
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            try {
                made.calls()
                        .multi(
                                List.of(Op.create(
                                        path.substring(0, slash),
                                        new byte[0],
                                        access.permissions(),
                                        CreateMode.PERSISTENT)),
                                limit);
            } catch (KeeperException.NodeExistsException e) {
                LOG.trace("the parents of {} are there", path);
            } catch (KeeperException | StoreUnavailableException e) {
                // The write itself says what is wrong.
                LOG.debug("the parents of {} cannot be made: {}", path, e.toString());
                return;
            }
        }
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
        Wiring made = started();
        String writeId = UUID.randomUUID().toString();
        byte[] data = RecordCodec.bytes(writeId, next);
        List<Op> operations = new ArrayList<>();
        if (term != null) {
            operations.add(Op.check(made.paths().term(), term.version()));
        }
        operations.add(Op.delete(made.paths().mark(expected.writeId()), -1));
        operations.add(Op.setData(made.paths().state(), data, expected.version()));
        operations.add(mark(made, writeId));
        WriteOutcome outcome = write(made, operations, term, writeId, limit);
        if (outcome == WriteOutcome.DONE) {
            note(made, Seen.of(new Versioned(next, expected.version() + 1, expected.incarnation(), writeId)));
        }
        return outcome;
    }

    private Op mark(Wiring made, String writeId) {
        return Op.create(made.paths().mark(writeId), new byte[0], access.permissions(), CreateMode.PERSISTENT);
    }

    /** A record that a person has put back bears no mark, and nobody could write it any more. */
    private void markWhatIsThere(Wiring made) throws KeeperException {
        Calls.Node there = made.calls().get(made.paths().state(), CALL);
        if (made.calls().children(made.paths().state(), CALL).isEmpty()) {
            String writeId = RecordCodec.read(there.data()).writeId();
            if (writeId.isEmpty()) {
                return;
            }
            int version = there.stat().getVersion();
            made.calls().multi(List.of(Op.check(made.paths().state(), version), mark(made, writeId)), CALL);
            LOG.warn("the record bore no mark of its write: somebody has put it back by hand. It is marked now");
        }
    }

    private WriteOutcome write(Wiring made, List<Op> operations, @Nullable Term term, String writeId, Duration limit) {
        try {
            made.calls().multi(operations, limit);
            return WriteOutcome.DONE;
        } catch (KeeperException.BadVersionException
                | KeeperException.NodeExistsException
                | KeeperException.NoNodeException e) {
            readInBackground(made);
            submit("marking the record", () -> markWhatIsThere(made));
            return term != null && termIsGone(made) ? deposed(made) : WriteOutcome.CONFLICT;
        } catch (KeeperException | StoreUnavailableException e) {
            LOG.warn("a write of the record has not been answered ({}): looking whether it took effect", e.toString());
            return lookFor(writeId, limit);
        }
    }

    private static boolean termIsGone(Wiring made) {
        try {
            Calls.Node term = made.calls().get(made.paths().term(), CALL);
            return !made.election().holds(term.stat().getVersion());
        } catch (KeeperException | StoreUnavailableException e) {
            return false;
        }
    }

    private static WriteOutcome deposed(Wiring made) {
        made.election().deposed();
        return WriteOutcome.DEPOSED;
    }

    private WriteOutcome lookFor(String writeId, Duration limit) {
        return untilAnswered(
                limit,
                () -> read(limit).filter(now -> now.writeId().equals(writeId)).isPresent());
    }

    /** Whether what stands there is what was written; asked until there is an answer. */
    private interface Look {
        boolean finds() throws KeeperException;
    }

    private WriteOutcome untilAnswered(Duration limit, Look look) {
        long deadline = ticker.nanos() + limit.toNanos();
        do {
            try {
                return look.finds() ? WriteOutcome.DONE : WriteOutcome.UNKNOWN;
            } catch (KeeperException | StoreUnavailableException e) {
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        } while (ticker.nanos() - deadline < 0 && !closed);
        return WriteOutcome.UNKNOWN;
    }

    @Override
    public void publish(NodeStatus status, boolean urgent) {
        Presence presence = started().presence();
        if (status.leaving()) {
            presence.leave(Json.bytes(status));
        } else {
            presence.publish(Json.bytes(status), urgent);
        }
    }

    @Override
    public Map<NodeName, NodeStatus> nodes() {
        return Map.copyOf(statuses);
    }

    @Override
    public void campaign(boolean wanted) {
        started().election().campaign(wanted);
    }

    @Override
    public Optional<Term> leadership() {
        return started().election().term();
    }

    @Override
    public void record(String transitionId, long epoch, List<StepRecord> steps) {
        Wiring made = started();
        byte[] data = Json.bytes(steps.toArray(StepRecord[]::new));
        submit("history", () -> {
            String folder = made.paths().transition(transitionId, epoch);
            String path = folder + "/" + made.self();
            ensure(made, path, data);
            made.client().setData().forPath(path, data);
            prune(made);
        });
    }

    private static void prune(Wiring made) throws Exception {
        List<String> all = new ArrayList<>(made.calls().children(made.paths().history(), CALL));
        all.sort(Comparator.reverseOrder());
        for (String old : all.subList(Math.min(KEPT_TRANSITIONS, all.size()), all.size())) {
            made.client()
                    .delete()
                    .deletingChildrenIfNeeded()
                    .forPath(made.paths().history() + "/" + old);
        }
    }

    @Override
    public AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        return audit().append(entries, limit);
    }

    @Override
    public Optional<AuditRecord.Head> auditHead(Duration limit) {
        return audit().head(limit);
    }

    @Override
    public List<AuditRecord> auditTrail(Duration limit) {
        return audit().all(limit);
    }

    private AuditNodes audit() {
        Wiring made = started();
        return new AuditNodes(made.calls(), made.paths(), access.permissions(), ticker);
    }

    @Override
    public List<TransitionRecord> history(int most, Duration limit) {
        Wiring made = started();
        try {
            List<String> folders =
                    new ArrayList<>(made.calls().children(made.paths().history(), limit));
            folders.sort(Comparator.reverseOrder());
            List<TransitionRecord> all = new ArrayList<>();
            for (String folder : folders.subList(0, Math.min(most, folders.size()))) {
                all.add(transition(made, folder, limit));
            }
            return all;
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the history cannot be read: " + e.getMessage(), e);
        }
    }

    private static TransitionRecord transition(Wiring made, String folder, Duration limit) throws KeeperException {
        List<StepRecord> steps = new ArrayList<>();
        String path = made.paths().history() + "/" + folder;
        for (String node : made.calls().children(path, limit)) {
            String leaf = path + "/" + node;
            steps.addAll(List.of(Json.read(made.calls().get(leaf, limit).data(), StepRecord[].class, leaf)));
        }
        int dash = folder.indexOf('-');
        return new TransitionRecord(folder.substring(dash + 1), Long.parseLong(folder.substring(0, dash)), steps);
    }

    @Override
    public Optional<VersionedEmergency> emergency(Duration limit) {
        Wiring made = started();
        try {
            made.calls().sync(made.paths().emergency(), limit);
            return readEmergency(made, limit).map(Written::read);
        } catch (KeeperException e) {
            throw new StoreUnavailableException("the emergency cannot be read: " + e.getMessage(), e);
        }
    }

    private record Written(VersionedEmergency read, String writeId) {}

    private static Optional<Written> readEmergency(Wiring made, Duration limit) throws KeeperException {
        String path = made.paths().emergency();
        try {
            Calls.Node node = made.calls().get(path, limit);
            Json.EmergencyEnvelope envelope = Json.whole(node.data(), Json.EmergencyEnvelope.class, path);
            return Optional.of(new Written(
                    new VersionedEmergency(envelope.emergency(), node.stat().getVersion()), envelope.writeId()));
        } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
        }
    }

    @Override
    public WriteOutcome compareAndSetEmergency(
            @Nullable VersionedEmergency expected, Emergency next, @Nullable Term term, Duration limit) {
        Wiring made = started();
        String path = made.paths().emergency();
        String writeId = UUID.randomUUID().toString();
        byte[] data = Json.bytes(new Json.EmergencyEnvelope(writeId, next));
        List<Op> operations = new ArrayList<>();
        if (term != null) {
            operations.add(Op.check(made.paths().term(), term.version()));
        }
        operations.add(
                expected == null
                        ? Op.create(path, data, access.permissions(), CreateMode.PERSISTENT)
                        : Op.setData(path, data, expected.version()));
        try {
            made.calls().multi(operations, limit);
            return WriteOutcome.DONE;
        } catch (KeeperException.BadVersionException
                | KeeperException.NodeExistsException
                | KeeperException.NoNodeException e) {
            return term != null && termIsGone(made) ? deposed(made) : WriteOutcome.CONFLICT;
        } catch (KeeperException | StoreUnavailableException e) {
            LOG.warn(
                    "a write of the emergency has not been answered ({}): looking whether it took effect",
                    e.toString());
            return untilAnswered(limit, () -> {
                made.calls().sync(path, limit);
                return readEmergency(made, limit)
                        .filter(now -> now.writeId().equals(writeId))
                        .isPresent();
            });
        }
    }

    @Override
    public void close() {
        Wiring made = wiring;
        if (made != null) {
            // Without this object's lock, which the thread that says goodbye may need for something before it.
            made.presence().close();
        }
        end();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        Wiring made = wiring;
        if (made != null) {
            made.election().close();
            contained("closing the watch", made.watcher()::close);
        }
        worker.shutdownNow();
        if (made != null) {
            // Ends the session, and with it everything ephemeral of it, at once.
            contained("closing the session", made.client()::close);
        }
    }

    private Wiring started() {
        Wiring made = wiring;
        if (made == null) {
            throw new IllegalStateException("the store has not been started");
        }
        return made;
    }

    private void submit(String what, Task task) {
        if (!closed) {
            worker.execute(() -> contained(what, task));
        }
    }

    private void contained(String what, Task task) {
        try {
            task.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KeeperException.NoAuthException e) {
            if (!refused) {
                refused = true;
                LOG.warn(
                        "the store refuses this node, {}: {}. It needs the access that the record was made with, the same on all nodes",
                        access,
                        e.getMessage());
            }
        } catch (Exception e) {
            if (!closed) {
                LOG.debug("{}: {}", what, e.toString());
            }
        }
    }

    /** Something on the store's own thread; Curator declares Exception everywhere. */
    interface Task {
        void run() throws Exception;
    }
}
