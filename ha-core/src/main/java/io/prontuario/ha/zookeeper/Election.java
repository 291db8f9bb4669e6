package io.prontuario.ha.zookeeper;

import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.spi.StoreListener;
import io.prontuario.ha.spi.Term;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.zookeeper.Op;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who coordinates. Curator's latch says who may try; the <em>term</em> says who may write.
 *
 * <p>The latch alone is no fence: after a pause it answered "leader" for 200 ms while another node had been leading for seconds
 * (measured). So the elected node raises a persistent term, in one transaction that also checks that its own election node exists, and
 * every write of a coordinator checks the term's version in its own transaction. (The version of an ephemeral election node would not
 * do: the successor's starts at zero again.)
 */
final class Election {
    private static final Logger LOG = LoggerFactory.getLogger(Election.class);
    private static final Duration CALL = Duration.ofSeconds(1);
    private static final int PATIENCE_CHECKS = 3;

    private final CuratorFramework client;
    private final Calls calls;
    private final Paths paths;
    private final NodeName self;
    private final ScheduledExecutorService worker;
    private final StoreListener listener;
    private volatile boolean wanted;
    private volatile @Nullable Term term;
    private @Nullable LeaderLatch latch;
    private int missing;
    private boolean closed;

    Election(
            CuratorFramework client,
            Calls calls,
            Paths paths,
            NodeName self,
            ScheduledExecutorService worker,
            StoreListener listener) {
        this.client = client;
        this.calls = calls;
        this.paths = paths;
        this.self = self;
        this.worker = worker;
        this.listener = listener;
    }

    Optional<Term> term() {
        return Optional.ofNullable(term);
    }

    boolean holds(int version) {
        Term present = term;
        return present != null && present.version() == version;
    }

    void campaign(boolean take) {
        if (take != wanted) {
            wanted = take;
            if (!take) {
                term = null;
            }
            worker.execute(this::align);
        }
    }

    void connected() {
        align();
    }

    /** The session may be gone: the term is not used until it has been raised or confirmed again. */
    void doubt() {
        // Every write checks the term by itself, so an old one can do no harm; keeping it lets a short break pass
        // without an election.
        LOG.debug("connection in doubt");
    }

    /** A write found another term: somebody else coordinates. */
    void deposed() {
        term = null;
        worker.execute(() -> {
            drop();
            align();
        });
        listener.changed();
    }

    private synchronized void align() {
        if (closed) {
            return;
        }
        LeaderLatch present = latch;
        if (wanted && present == null) {
            LeaderLatch fresh = new LeaderLatch(client, paths.election(), self.value());
            fresh.addListener(
                    new LeaderLatchListener() {
                        @Override
                        public void isLeader() {
                            raise(fresh);
                        }

                        @Override
                        public void notLeader() {
                            lost(fresh);
                        }
                    },
                    worker);
            latch = fresh;
            missing = 0;
            try {
                fresh.start();
            } catch (Exception e) {
                LOG.warn("the election could not be joined: {}", e.toString());
                latch = null;
            }
        } else if (wanted && present != null && term == null && present.hasLeadership()) {
            // It did not want to lead for a moment, too short for the latch to be left.
            raise(present);
        } else if (!wanted && present != null) {
            term = null;
            drop();
            listener.changed();
        }
    }

    private synchronized void drop() {
        LeaderLatch old = latch;
        latch = null;
        if (old != null) {
            try {
                old.close(LeaderLatch.CloseMode.SILENT);
            } catch (IOException e) {
                LOG.debug("election left: {}", e.toString());
            }
        }
    }

    private void raise(LeaderLatch elected) {
        synchronized (this) {
            if (closed || elected != latch) {
                return;
            }
        }
        try {
            String ours = elected.getOurPath();
            Calls.Node node = calls.get(ours, CALL);
            if (node.stat().getEphemeralOwner() != calls.sessionId()) {
                throw new IllegalStateException(ours + " belongs to a former session");
            }
            Calls.Node present = calls.get(paths.term(), CALL);
            long number = Long.parseLong(new String(present.data(), StandardCharsets.UTF_8)) + 1;
            calls.multi(
                    List.of(
                            Op.check(ours, -1),
                            Op.setData(
                                    paths.term(),
                                    Long.toString(number).getBytes(StandardCharsets.UTF_8),
                                    present.stat().getVersion())),
                    CALL);
            term = new Term(number, present.stat().getVersion() + 1);
            LOG.info("coordinating in term {}", number);
            listener.changed();
        } catch (Exception e) {
            LOG.warn("elected, but the term could not be raised ({}): joining the election again", e.toString());
            deposed();
        }
    }

    private void lost(LeaderLatch latchThatLost) {
        synchronized (this) {
            if (latchThatLost != latch) {
                return;
            }
        }
        term = null;
        listener.changed();
    }

    /** A latch whose node has gone (its parent was removed, or it missed a reconnect) waits for ever: make a new one. */
    void check() throws Exception {
        LeaderLatch present;
        synchronized (this) {
            present = latch;
        }
        if (!wanted || present == null) {
            align();
            return;
        }
        String ours = present.getOurPath();
        boolean there = ours != null && client.checkExists().forPath(ours) != null;
        boolean idle = there && present.hasLeadership() && term == null;
        missing = there && !idle ? 0 : missing + 1;
        if (missing >= PATIENCE_CHECKS) {
            LOG.warn("the election node of {} is {}: joining again", self, there ? "leading without a term" : "gone");
            drop();
            align();
        }
    }

    synchronized void close() {
        closed = true;
        term = null;
        drop();
    }
}
