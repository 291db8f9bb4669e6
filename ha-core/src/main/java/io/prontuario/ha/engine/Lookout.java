package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Detection;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.StandbyHealth;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts everything this node knows at one moment into a {@link ClusterView}. Owned by the loop thread; keeps only for how long things
 * have been so.
 */
final class Lookout {
    /** Peers are asked this often when something is amiss, and so often when nothing is, to keep the way warm. */
    private static final Duration WHEN_AMISS = Duration.ofMillis(100);

    private static final Duration WHEN_WELL = Duration.ofSeconds(5);
    private static final Duration USABLE = Duration.ofMillis(700);

    private final EngineSettings settings;
    private final Peers peers;
    private final WordOfMouth word;
    private final Since since;
    private final NomineeProgress progress;
    private final HeardOfPrimary heard;
    private final Map<NodeName, String> addresses = new HashMap<>();

    Lookout(EngineSettings settings, Peers peers, WordOfMouth word) {
        this.settings = settings;
        this.peers = peers;
        this.word = word;
        this.since = new Since(settings.ticker());
        this.progress = new NomineeProgress(settings.ticker());
        this.heard = new HeardOfPrimary(settings.ticker());
    }

    /** What the agent and the coordinator have found out by acting; the rest is observed. */
    record Findings(
            long openedEpoch,
            boolean rejoinNeeded,
            List<Copy> pausedCertification,
            boolean startedAgain,
            String readyFor) {}

    /** Names of conditions whose duration counts. */
    private enum Condition {
        STORE_CONNECTED,
        LOCAL_DOWN,
        NOT_STREAMING,
        HOLD_WANTED
    }

    private record Gone(Copy copy) {}

    private record Stalled(Copy copy, long position) {}

    private record ActiveIn(long epoch) {}

    private record Paused(String id) {}

    private record Preparation(
            Journal journal,
            @Nullable DataStatus primary,
            @Nullable DataStatus target) {}

    ClusterView look(@Nullable Versioned record, @Nullable NodeMemory memory, DataStatus local, Findings findings) {
        ClusterState state = record == null ? null : record.state();
        Duration connectedFor =
                since.note(Condition.STORE_CONNECTED, settings.store().health() == StoreHealth.CONNECTED);
        boolean down = local.condition() == ServerCondition.DOWN || local.condition() == ServerCondition.HUNG;
        boolean follows = follows(state, local);
        boolean leading = settings.store().leadership().isPresent();
        Map<NodeName, NodeStatus> nodes = known(state, local, leading);
        List<StandbyHealth> standbys = standbys(state, local);
        return new ClusterView(
                settings.self(),
                settings.role(),
                settings.limits(),
                state,
                connectedFor,
                memory,
                local,
                since.note(Condition.LOCAL_DOWN, down),
                activeFor(state),
                since.note(Condition.NOT_STREAMING, local.runsAs(ServerMode.STANDBY) && !follows),
                findings.openedEpoch(),
                standbys,
                findings.pausedCertification(),
                findings.rejoinNeeded(),
                findings.startedAgain(),
                holdWantedFor(state, findings.readyFor()),
                observedByOther(state, nodes, standbys),
                nodes,
                sightings(state, nodes, leading),
                primaryAnswers(state, nodes, leading),
                leading,
                nomineeStalled(state, nodes),
                pausedFor(state),
                heard.by(state, nodes.values()));
    }

    /**
     * The statuses as far as they are known here, which for this node's own server and, at whoever coordinates, for the primary's is more
     * than what has come through the store.
     */
    private Map<NodeName, NodeStatus> known(@Nullable ClusterState state, DataStatus local, boolean leading) {
        Map<NodeName, NodeStatus> nodes = new TreeMap<>(settings.store().nodes());
        NodeStatus own = nodes.get(settings.self());
        if (own != null && own.data() != null && !local.equals(DataStatus.UNKNOWN)) {
            nodes.put(own.node(), own.withData(local));
        }
        NodeStatus primary = state == null ? null : nodes.get(state.primary().node());
        // Only whoever coordinates listens: the others could do nothing but be in its way.
        if (primary == null || primary.leaving() || primary.node().equals(settings.self()) || !leading) {
            word.rest();
        } else {
            word.listen(primary.node(), primary.address());
            nodes.put(primary.node(), withWordOfMouth(primary));
        }
        return nodes;
    }

    /** With what the primary's own agent has said directly since: that its server is down, and how it ended, or hangs. */
    private NodeStatus withWordOfMouth(NodeStatus status) {
        DataStatus data = status.data();
        if (data == null) {
            return status;
        }
        return word.of(status.node(), data.copy())
                .filter(said -> said.condition() == ServerCondition.DOWN || said.condition() == ServerCondition.HUNG)
                .map(said -> status.withData(data.withCondition(said.condition(), said.shutdownPosition())))
                .orElse(status);
    }

    /** Whether a stream comes in, and from the primary: a former one that lives on sends its log to whoever stays with it. */
    private static boolean follows(@Nullable ClusterState state, DataStatus local) {
        Receiver receiver = local.receiver();
        return receiver != null
                && (state == null
                        ? receiver.streaming()
                        : receiver.streamsFrom(state.primary().node()));
    }

    private @Nullable Duration holdWantedFor(@Nullable ClusterState state, String readyFor) {
        boolean wanted = state != null
                && state.preparing()
                        .filter(journal -> journal.transitionId().equals(readyFor))
                        .isPresent();
        Duration wantedFor = since.note(Condition.HOLD_WANTED, wanted);
        return wanted ? wantedFor : null;
    }

    private Duration activeFor(@Nullable ClusterState state) {
        if (state == null || !state.active()) {
            since.retain(ActiveIn.class, Set.of());
            return Duration.ZERO;
        }
        return since.noteOnly(new ActiveIn(state.epoch()));
    }

    private Duration pausedFor(@Nullable ClusterState state) {
        PauseEnd end = state == null ? null : state.pauseEnd();
        if (end == null) {
            since.retain(Paused.class, Set.of());
            return Duration.ZERO;
        }
        return since.noteOnly(new Paused(end.id()));
    }

    /** For each certified standby: gone, or holding a commit up? Counts only while a commit waits. */
    private List<StandbyHealth> standbys(@Nullable ClusterState state, DataStatus local) {
        if (state == null || !local.runsAs(ServerMode.PRIMARY)) {
            since.retain(Gone.class, Set.of());
            since.retain(Stalled.class, Set.of());
            return List.of();
        }
        boolean waiting = local.syncWait().waiting() > 0;
        List<StandbyHealth> all = new ArrayList<>();
        List<Object> keep = new ArrayList<>();
        for (Copy copy : state.inSync()) {
            AttachedStandby attached = attached(local, copy);
            Duration goneFor = Duration.ZERO;
            Duration stalledFor = Duration.ZERO;
            // What does not hold is forgotten below.
            if (attached == null) {
                Gone gone = new Gone(copy);
                keep.add(gone);
                goneFor = since.note(gone, true);
            } else if (waiting) {
                Stalled stalled = new Stalled(copy, attached.flushPosition());
                keep.add(stalled);
                stalledFor = since.note(stalled, true);
            }
            all.add(new StandbyHealth(copy, waiting ? goneFor : Duration.ZERO, stalledFor));
        }
        Set<Object> kept = Set.copyOf(keep);
        since.retain(Gone.class, kept);
        since.retain(Stalled.class, kept);
        return all;
    }

    private static @Nullable AttachedStandby attached(DataStatus local, Copy copy) {
        for (AttachedStandby standby : local.attached()) {
            if (standby.copy().equals(copy)) {
                return standby;
            }
        }
        return null;
    }

    private boolean observedByOther(
            @Nullable ClusterState state, Map<NodeName, NodeStatus> nodes, List<StandbyHealth> standbys) {
        boolean doubtful = false;
        for (StandbyHealth standby : standbys) {
            doubtful |= !standby.goneFor().isZero() || !standby.stalledFor().isZero();
        }
        if (state == null || !doubtful) {
            return false;
        }
        others(nodes).forEach(status -> peers.askSightings(status.node(), status.address(), Duration.ofMillis(50)));
        Duration suspicionTime = settings.limits().suspicionTime();
        List<Sighting> ofThisServer = peers.heard(suspicionTime).stream()
                .filter(sighting -> sighting.target().equals(settings.self()))
                .toList();
        return Detection.reached(ofThisServer, suspicionTime);
    }

    private List<Sighting> sightings(@Nullable ClusterState state, Map<NodeName, NodeStatus> nodes, boolean leading) {
        if (state == null) {
            return List.of();
        }
        NodeName target = state.primary().node();
        List<Sighting> all = new ArrayList<>(own(target));
        if (leading) {
            Duration fresh = Detection.fresh(settings.limits());
            boolean reached = false;
            for (Sighting sighting : all) {
                reached |= sighting.answer() == Answer.REACHED
                        && sighting.lastReachedAge().compareTo(fresh) < 0;
            }
            boolean well = reached && nodes.containsKey(target) && state.active();
            for (NodeStatus status : others(nodes)) {
                if (!status.node().equals(target)) {
                    peers.askSightings(status.node(), status.address(), well ? WHEN_WELL : WHEN_AMISS);
                }
            }
            all.addAll(peers.heard(USABLE));
        }
        return all;
    }

    /** What this node's own strategies see of a node. */
    List<Sighting> own(NodeName target) {
        List<Sighting> all = new ArrayList<>();
        for (FailoverStrategy strategy : settings.strategies()) {
            all.addAll(strategy.sightings(target));
        }
        return all;
    }

    private Answer primaryAnswers(@Nullable ClusterState state, Map<NodeName, NodeStatus> nodes, boolean leading) {
        // Whoever comes to lead when an agent has gone already must know where to ask for it.
        for (NodeStatus status : nodes.values()) {
            addresses.put(status.node(), status.address());
        }
        if (state == null || !leading) {
            return Answer.UNKNOWN;
        }
        NodeName primary = state.primary().node();
        if (nodes.containsKey(primary)) {
            peers.forgetPrimaryAnswers();
            return Answer.UNKNOWN;
        }
        String address = addresses.get(primary);
        if (address == null) {
            // Its agent was never seen by this node: there is no address to ask, and nobody who would answer.
            return Answer.UNREACHED;
        }
        peers.askPrimary(primary, address, Duration.ofMillis(200));
        return peers.primaryAnswer(primary);
    }

    private Duration nomineeStalled(@Nullable ClusterState state, Map<NodeName, NodeStatus> nodes) {
        Optional<Journal> journal = state == null ? Optional.empty() : state.preparing();
        if (state != null && journal.isPresent()) {
            return preparationStalled(state, journal.get(), nodes);
        }
        since.retain(Preparation.class, Set.of());
        NodeStatus status = state == null ? null : nodes.get(state.primary().node());
        return progress.stalledFor(state, status == null ? null : status.data());
    }

    private Duration preparationStalled(ClusterState state, Journal journal, Map<NodeName, NodeStatus> nodes) {
        Copy target = journal.target();
        Preparation key = new Preparation(
                journal,
                published(nodes.get(state.primary().node())),
                published(target == null ? null : nodes.get(target.node())));
        return since.noteOnly(key);
    }

    private static @Nullable DataStatus published(@Nullable NodeStatus status) {
        DataStatus data = status == null ? null : status.data();
        return data == null ? null : data.coarseWithPositions();
    }

    private List<NodeStatus> others(Map<NodeName, NodeStatus> nodes) {
        List<NodeStatus> all = new ArrayList<>();
        for (NodeStatus status : nodes.values()) {
            if (!status.node().equals(settings.self()) && status.role() != NodeRole.CLIENT && !status.leaving()) {
                all.add(status);
            }
        }
        return all;
    }
}
