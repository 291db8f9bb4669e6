package io.prontuario.ha.simulation;

import io.prontuario.ha.model.AuditEntry;
import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One node's store, as {@code ZooKeeperStore} makes it out of ZooKeeper: what it saw last stays seen while it is cut off, a watch fires once
 * and what happens meanwhile is missed until it is read again, a write whose answer is lost is looked for by its id and never repeated.
 */
final class StoreClient implements ClusterStore {
    private static final long COALESCE = 500_000_000;
    private static final long POLL = 1_000_000_000;
    private static final long LOOK_AGAIN = 20_000_000;

    private final VirtualTime time;
    private final Network network;
    private final StoreServers servers;
    private final Life process;
    private final NodeName self;
    private final long sessionNanos;
    private final LibraryVersion version;
    private StoreListener listener = () -> {};
    private StoreServers.@Nullable Session session;
    private StoreHealth health = StoreHealth.NEVER_CONNECTED;
    private long heardAt;
    private boolean connecting;
    private boolean reading;
    private boolean readAgain;
    private boolean campaigning;
    private boolean replyLost;
    private boolean publishing;
    private boolean closed;
    private @Nullable NodeStatus published;
    private @Nullable Term term;
    private @Nullable Versioned seen;
    private Optional<String> notUnderstood = Optional.empty();
    private Map<NodeName, NodeStatus> statuses = Collections.emptyMap();

    StoreClient(
            VirtualTime time,
            Network network,
            StoreServers servers,
            Life process,
            NodeName self,
            Duration sessionTime,
            LibraryVersion version) {
        this.time = time;
        this.network = network;
        this.servers = servers;
        this.process = process;
        this.self = self;
        this.sessionNanos = sessionTime.toNanos();
        this.version = version;
    }

    NodeName self() {
        return self;
    }

    LibraryVersion version() {
        return version;
    }

    @Override
    public void start(String cluster, NodeName node, StoreListener told) {
        listener = told;
        heardAt = time.now();
        beat();
        poll();
    }

    /** The answer to the next write gets lost after the write took effect. */
    void loseNextReply() {
        replyLost = true;
    }

    private void toServers(Runnable act) {
        network.send(self.value(), Network.STORE, servers.process(), () -> {
            if (servers.available()) {
                act.run();
            }
        });
    }

    private void back(Runnable act) {
        network.send(Network.STORE, self.value(), process, act);
    }

    private void beat() {
        if (closed) {
            return;
        }
        time.after(process, sessionNanos / 5, this::beat);
        long silent = time.now() - heardAt;
        if (health == StoreHealth.CONNECTED && silent > sessionNanos * 2 / 3) {
            become(StoreHealth.SUSPENDED);
        }
        if (health == StoreHealth.SUSPENDED && silent > sessionNanos) {
            lost();
        }
        StoreServers.Session mine = session;
        if (mine == null) {
            connect();
        } else {
            NodeStatus status = published;
            boolean candidate = campaigning;
            boolean stands = candidate && term == null;
            toServers(() -> {
                boolean lives = servers.touch(mine);
                if (lives) {
                    // What got lost on its way is made good, as by production's poll.
                    servers.keep(mine, status, candidate, stands);
                }
                back(() -> heard(mine, lives));
            });
        }
    }

    /** As production does: whatever got lost, a second later it is known. */
    private void poll() {
        if (!closed) {
            time.after(process, POLL, this::poll);
            if (health == StoreHealth.CONNECTED) {
                read();
            }
        }
    }

    private void heard(StoreServers.Session mine, boolean lives) {
        if (mine != session || closed) {
            return;
        }
        heardAt = time.now();
        if (!lives) {
            lost();
            session = null;
            connect();
        } else if (health != StoreHealth.CONNECTED) {
            become(StoreHealth.CONNECTED);
            read();
        }
    }

    private void lost() {
        term = null;
        become(StoreHealth.LOST);
    }

    private void connect() {
        if (connecting) {
            return;
        }
        connecting = true;
        time.after(process, sessionNanos / 2, () -> connecting = false);
        toServers(() -> {
            StoreServers.Session fresh = servers.open(this);
            back(() -> connected(fresh));
        });
    }

    private void connected(StoreServers.Session fresh) {
        if (closed) {
            return;
        }
        session = fresh;
        heardAt = time.now();
        connecting = false;
        become(StoreHealth.CONNECTED);
        read();
        if (campaigning) {
            toServers(() -> servers.enroll(fresh));
        }
        NodeStatus status = published;
        if (status != null) {
            toServers(() -> servers.publish(fresh, status));
        }
    }

    private void become(StoreHealth now) {
        if (health != now) {
            health = now;
            listener.changed();
        }
    }

    /** A watch has fired. Called by the servers. */
    void notified(StoreServers.Session which) {
        back(() -> {
            if (which == session) {
                read();
            }
        });
    }

    private void read() {
        StoreServers.Session mine = session;
        if (mine == null || closed) {
            return;
        }
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        // An answer that does not come is asked for again: production polls.
        VirtualTime.Event poll = time.after(process, POLL, () -> {
            reading = false;
            read();
        });
        toServers(() -> {
            StoreServers.View view = servers.read(mine);
            back(() -> {
                poll.cancel();
                reading = false;
                boolean newer = note(view.record());
                boolean others = !view.statuses().equals(statuses);
                statuses = view.statuses();
                if (newer || others) {
                    // As production does: what reads as before is no news.
                    listener.changed();
                }
                if (readAgain) {
                    readAgain = false;
                    read();
                }
            });
        });
    }

    /** The newest of what was read; reads may overtake one another. Answers whether it is news. */
    private boolean note(@Nullable Versioned read) {
        Versioned before = seen;
        boolean older = read != null
                && before != null
                && read.incarnation() == before.incarnation()
                && read.version() <= before.version();
        if (older || (read == null && before == null)) {
            return false;
        }
        seen = read == null ? null : version.read(read);
        notUnderstood = read == null ? Optional.empty() : version.doesNotUnderstand(read.state());
        return true;
    }

    @Override
    public Optional<String> notUnderstood() {
        return notUnderstood;
    }

    @Override
    public StoreHealth health() {
        return health;
    }

    /** Asks the leader, after a sync. */
    private <T> T ask(Function<StoreServers, T> question, Duration limit, boolean loseReply) {
        if (session == null) {
            time.sleep(limit.toNanos());
            throw new StoreUnavailableException("there is no session with the store");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        toServers(() -> {
            T said = question.apply(servers);
            if (!loseReply) {
                back(() -> {
                    heardAt = time.now();
                    answer.complete(said);
                });
            }
        });
        VirtualTime.Event late =
                time.after(process, limit.toNanos(), () -> answer.completeExceptionally(new TimeoutException("late")));
        try {
            T said = time.await(answer);
            late.cancel();
            return said;
        } catch (java.util.concurrent.CompletionException e) {
            throw new StoreUnavailableException("the store has not answered within " + limit.toMillis() + " ms", e);
        }
    }

    @Override
    public Optional<Versioned> read(Duration limit) {
        Optional<Versioned> read = ask(all -> Optional.ofNullable(all.record()), limit, false);
        note(read.orElse(null));
        read.flatMap(record -> version.doesNotUnderstand(record.state())).ifPresent(why -> {
            throw new StoreUnavailableException(why);
        });
        return read.map(version::read);
    }

    @Override
    public Optional<Versioned> lastSeen() {
        return notUnderstood.isPresent() ? Optional.empty() : Optional.ofNullable(seen);
    }

    @Override
    public WriteOutcome create(ClusterState first, Duration limit) {
        return WriteOutcome.CONFLICT;
    }

    @Override
    public WriteOutcome compareAndSet(Versioned expected, ClusterState wanted, @Nullable Term guard, Duration limit) {
        ClusterState next = version.written(wanted);
        String writeId = servers.freshWriteId();
        boolean loseReply = replyLost;
        replyLost = false;
        WriteOutcome outcome;
        try {
            outcome = ask(all -> all.write(this, expected, next, guard, writeId), limit, loseReply);
        } catch (StoreUnavailableException e) {
            return lookFor(writeId, limit);
        }
        switch (outcome) {
            case DONE -> note(new Versioned(next, expected.version() + 1, expected.incarnation(), writeId));
            case CONFLICT -> readAnew();
            case DEPOSED -> deposed(guard);
            case UNKNOWN -> {}
        }
        return outcome;
    }

    private void deposed(@Nullable Term guard) {
        if (guard != null && guard.equals(term)) {
            term = null;
        }
        readAnew();
    }

    /** Without waiting for an answer that may have got lost. */
    private void readAnew() {
        reading = false;
        read();
    }

    /** As production does: until there is an answer, or the time is over. */
    private WriteOutcome lookFor(String writeId, Duration limit) {
        long deadline = time.now() + limit.toNanos();
        do {
            try {
                return read(limit).filter(now -> now.writeId().equals(writeId)).isPresent()
                        ? WriteOutcome.DONE
                        : WriteOutcome.UNKNOWN;
            } catch (StoreUnavailableException e) {
                time.sleep(LOOK_AGAIN);
            }
        } while (time.now() < deadline && !closed);
        return WriteOutcome.UNKNOWN;
    }

    @Override
    public void publish(NodeStatus status, boolean urgent) {
        published = status;
        if (urgent) {
            publishNow();
        } else if (!publishing) {
            publishing = true;
            time.after(process, COALESCE, () -> {
                publishing = false;
                publishNow();
            });
        }
    }

    private void publishNow() {
        StoreServers.Session mine = session;
        NodeStatus status = published;
        if (mine != null && status != null) {
            toServers(() -> servers.publish(mine, status));
        }
    }

    @Override
    public Map<NodeName, NodeStatus> nodes() {
        return statuses;
    }

    @Override
    public void campaign(boolean wanted) {
        if (campaigning == wanted) {
            return;
        }
        campaigning = wanted;
        StoreServers.Session mine = session;
        if (!wanted) {
            term = null;
        }
        if (mine != null) {
            toServers(() -> {
                if (wanted) {
                    servers.enroll(mine);
                } else {
                    servers.withdraw(mine);
                }
            });
        }
    }

    /** It is its turn. Called by the servers. */
    void elected(StoreServers.Session which) {
        back(() -> {
            if (which != session || !campaigning || closed) {
                return;
            }
            toServers(() -> {
                Term raised = servers.raise(which);
                back(() -> {
                    if (which == session && campaigning && raised != null) {
                        term = raised;
                        listener.changed();
                    }
                });
            });
        });
    }

    @Override
    public Optional<Term> leadership() {
        return Optional.ofNullable(term);
    }

    @Override
    public void record(String transitionId, long epoch, List<StepRecord> steps) {
        toServers(() -> servers.note(self, transitionId, epoch, steps));
    }

    @Override
    public List<TransitionRecord> history(int most, Duration limit) {
        return ask(all -> all.history(most), limit, false);
    }

    /** Only how long the trail is: nothing is decided by what stands in it. */
    @Override
    public AuditRecord.Head append(List<AuditEntry> entries, Duration limit) {
        return ask(all -> all.append(entries.size()), limit, false);
    }

    @Override
    public Optional<AuditRecord.Head> auditHead(Duration limit) {
        return Optional.of(ask(all -> all.append(0), limit, false));
    }

    @Override
    public void close() {
        closed = true;
        term = null;
        StoreServers.Session mine = session;
        if (mine != null) {
            // After what was published last.
            time.after(process, 2_000_000, () -> toServers(() -> servers.end(mine)));
        }
    }
}
