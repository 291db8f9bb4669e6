package io.prontuario.ha.simulation;

import io.prontuario.ha.model.AuditRecord;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.StepRecord;
import io.prontuario.ha.model.TransitionRecord;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The store's servers: one history of writes, followers that lag behind it, sessions, one-shot watches.
 *
 * <p>A session that was heard of within the session time does not end; one that was not ends at the next tick after it (field notes 4.1 R2:
 * within [T, T+tick]; ZooKeeper's ExpiryQueue rounds up). After an outage of the whole all of them begin anew, as with a new leader.
 */
final class StoreServers {
    private static final long TICK = 200_000_000;
    private static final int KEPT_TRANSITIONS = 50;

    private final VirtualTime time;
    private final Chance chance;
    private final Life process = new Life(Network.STORE);
    private final long sessionNanos;
    private final Watcher watcher;
    private final List<Session> sessions = new ArrayList<>();
    private final List<Session> candidates = new ArrayList<>();
    private final Map<NodeName, Published> statuses = new TreeMap<>();
    private final NavigableMap<String, Map<NodeName, List<StepRecord>>> history = new TreeMap<>();
    private @Nullable Versioned record;
    private View view = new View(null, Collections.emptyMap());
    private @Nullable Session leader;
    private int terms;
    private @Nullable StoreClient raiser;
    private long ids;
    private long incarnations = 1;
    /** What was in the record before it was rolled back; null when it was not. */
    private @Nullable Versioned lost;

    private boolean available = true;
    private long audited;

    /** Told of what was written, before anybody else. */
    interface Watcher {
        void written(ClusterState before, ClusterState now);

        /** A new epoch was begun by a node that was not the coordinator any more. */
        void deposedWrote(String who);
    }

    /** What can be read at one moment. */
    record View(@Nullable Versioned record, Map<NodeName, NodeStatus> statuses) {}

    private record Published(Session by, NodeStatus status) {}

    /** One client's session, with what the server that it is connected to has got to know. */
    static final class Session {
        private final StoreClient client;
        private long heardAt;
        private boolean open = true;
        private View known;
        private boolean watched;

        private Session(StoreClient client, long now, View known) {
            this.client = client;
            this.heardAt = now;
            this.known = known;
        }
    }

    StoreServers(VirtualTime time, Chance chance, Duration sessionTime, Watcher watcher) {
        this.time = time;
        this.chance = chance;
        this.sessionNanos = sessionTime.toNanos();
        this.watcher = watcher;
    }

    void start(ClusterState first) {
        record = new Versioned(first, 0, 1, "first");
        view = new View(record, Collections.emptyMap());
        tick();
    }

    private void tick() {
        time.after(process, TICK, this::tick);
        if (available) {
            for (Session session : List.copyOf(sessions)) {
                if (time.now() - session.heardAt >= sessionNanos) {
                    end(session);
                }
            }
        }
    }

    boolean available() {
        return available;
    }

    /** No majority, or one again. */
    void setAvailable(boolean wanted) {
        available = wanted;
        sessions.forEach(session -> session.heardAt = time.now());
    }

    Life process() {
        return process;
    }

    @Nullable
    Versioned record() {
        return record;
    }

    /** The record as it would be if nobody had brought an older one back. */
    @Nullable
    Versioned truth() {
        return lost == null ? record : lost;
    }

    /** The servers come back with a former record, as from a backup. */
    void rollBack(Versioned former) {
        lost = truth();
        restore(former);
    }

    /** A person puts back what was lost. */
    void putBack() {
        Versioned right = lost;
        lost = null;
        if (right != null) {
            restore(right);
        }
    }

    private void restore(Versioned wanted) {
        record = new Versioned(wanted.state(), wanted.version(), ++incarnations, "restored-" + ids++);
        changed();
    }

    Session open(StoreClient client) {
        // A successor deletes what a former process of the same agent left.
        for (Session session : List.copyOf(sessions)) {
            if (session.client.self().equals(client.self())) {
                end(session);
            }
        }
        Session session = new Session(client, time.now(), view);
        sessions.add(session);
        return session;
    }

    /** Answers whether the session lives. */
    boolean touch(Session session) {
        session.heardAt = time.now();
        return session.open;
    }

    /** Makes sure that what lives with a session is there. */
    void keep(Session session, @Nullable NodeStatus status, boolean candidate, boolean stands) {
        if (status != null) {
            Published there = statuses.get(status.node());
            if (there == null || there.by() != session || !there.status().equals(status)) {
                publish(session, status);
            }
        }
        if (!candidate) {
            withdraw(session);
        }
        if (stands) {
            enroll(session);
            if (leader == session) {
                session.client.elected(session);
            }
        }
    }

    void end(Session session) {
        session.open = false;
        sessions.remove(session);
        statuses.values()
                .removeIf(published ->
                        published.by() == session && !published.status().leaving());
        withdraw(session);
        changed();
    }

    /** What this session's server has got to know, and a watch for the next time. */
    View read(Session session) {
        session.watched = true;
        return session.known;
    }

    private void changed() {
        Map<NodeName, NodeStatus> all = new TreeMap<>();
        statuses.forEach((node, published) -> all.put(node, published.status()));
        View next = new View(record, Collections.unmodifiableMap(all));
        view = next;
        for (Session session : sessions) {
            // A follower hears of a write a little later, now and then much later.
            long lag = chance.percent(2) ? chance.between(0, 150_000_000) : chance.between(0, 2_000_000);
            time.after(process, lag, () -> {
                session.known = view;
                if (session.watched && session.open) {
                    session.watched = false;
                    session.client.notified(session);
                }
            });
        }
    }

    void publish(Session session, NodeStatus status) {
        if (session.open) {
            statuses.put(status.node(), new Published(session, status));
            changed();
        }
    }

    void enroll(Session session) {
        if (session.open && !candidates.contains(session)) {
            candidates.add(session);
            elect();
        }
    }

    void withdraw(Session session) {
        candidates.remove(session);
        if (leader == session) {
            leader = null;
        }
        elect();
    }

    private void elect() {
        if (leader == null && !candidates.isEmpty()) {
            Session next = candidates.get(0);
            leader = next;
            next.client.elected(next);
        }
    }

    /** Raises the term in a transaction that checks that the session's own election node is there; null when it is not the first any more. */
    @Nullable
    Term raise(Session session) {
        if (!session.open || leader != session) {
            return null;
        }
        terms++;
        raiser = session.client;
        return new Term(terms, terms);
    }

    /** One transaction: checks the term and the version, and writes. */
    WriteOutcome write(StoreClient by, Versioned expected, ClusterState next, @Nullable Term term, String writeId) {
        Versioned present = record;
        if (term != null && term.version() != terms) {
            return WriteOutcome.DEPOSED;
        }
        if (present == null
                || present.version() != expected.version()
                || present.incarnation() != expected.incarnation()
                || !present.writeId().equals(expected.writeId())) {
            return WriteOutcome.CONFLICT;
        }
        record = new Versioned(next, present.version() + 1, present.incarnation(), writeId);
        if (lost == null) {
            if (next.epoch() > present.state().epoch() && by != raiser) {
                watcher.deposedWrote(by.self().value());
            }
            watcher.written(present.state(), next);
        }
        changed();
        return WriteOutcome.DONE;
    }

    /** What a person writes, on the spot. */
    void byHand(ClusterState next) {
        Versioned present = record;
        if (present != null && lost == null) {
            record = new Versioned(next, present.version() + 1, present.incarnation(), freshWriteId());
            watcher.written(present.state(), next);
            changed();
        }
    }

    String freshWriteId() {
        return "write-" + ids++;
    }

    void note(NodeName node, String transitionId, long epoch, List<StepRecord> steps) {
        String number = Long.toString(epoch);
        // Twelve digits, so that they are in their order.
        String key = "0".repeat(12 - number.length()) + number + "-" + transitionId;
        history.computeIfAbsent(key, any -> new TreeMap<>()).put(node, List.copyOf(steps));
        while (history.size() > KEPT_TRANSITIONS) {
            history.pollFirstEntry();
        }
    }

    /** The end of the audit trail, with so many entries more. */
    AuditRecord.Head append(int entries) {
        audited += entries;
        return new AuditRecord.Head(audited, "not hashed");
    }

    List<TransitionRecord> history(int most) {
        List<TransitionRecord> latest = new ArrayList<>();
        for (var entry : history.descendingMap().entrySet()) {
            if (latest.size() < most) {
                String key = entry.getKey();
                List<StepRecord> steps =
                        entry.getValue().values().stream().flatMap(List::stream).toList();
                latest.add(new TransitionRecord(key.substring(13), Long.parseLong(key.substring(0, 12)), steps));
            }
        }
        return latest;
    }
}
