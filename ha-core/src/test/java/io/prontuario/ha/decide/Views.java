package io.prontuario.ha.decide;

import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Hold;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.StandbyHealth;
import io.prontuario.ha.model.SyncWait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node of the model would see, as the {@link ClusterView} that the product decides on. The model has no clock: whatever takes a
 * while has either just begun or has lasted long enough for anything, and both are asked.
 */
final class Views {
    private static final Duration LONG = Duration.ofHours(1);

    private final Names names;
    private final Records records;
    private final Bounds bounds;
    private final Map<Long, List<AgentDecision>> agents = new HashMap<>();
    private final Map<Long, CoordinatorDecision> coordinators = new HashMap<>();

    Views(Names names, Records records, Bounds bounds) {
        this.bounds = bounds;
        this.names = names;
        this.records = records;
    }

    /** Everything that the policy may decide for a node's agent here, sooner or later. */
    List<AgentDecision> decisions(World world, int node) {
        return agents.computeIfAbsent(key(world, node), key -> ask(world, node));
    }

    /** All that a decision depends on. */
    private static long key(World world, int node) {
        long key = world.number(node);
        for (int other = 0; other < world.nodes(); other++) {
            if (other != node) {
                Server server = world.server(other);
                key = key << 6 | published(server);
                key = key << 1 | (server.receivesFrom(node) ? 1 : 0);
                key = key << 1 | (streams(world, other) ? 1 : 0);
            }
        }
        return key << 3 | (streams(world, node) ? 4 : 0) | node;
    }

    private static int published(Server server) {
        return server.generation() << 3
                | (server.usable() ? 4 : 0)
                | (server.primary() ? 2 : 0)
                | (server.up() ? 1 : 0);
    }

    private List<AgentDecision> ask(World world, int node) {
        ClusterState seen = records.value(world.server(node).seen());
        Map<String, AgentDecision> found = new LinkedHashMap<>();
        List<StandbyHealth> allWell = List.of();
        List<Copy> nobody = List.of();
        add(found, view(world, node, Duration.ZERO, allWell, nobody));
        if (seen.preparing().isPresent()) {
            add(found, view(world, node, SwitchoverPolicy.nominationPatience(Limits.DEFAULT), allWell, nobody));
            add(found, view(world, node, Duration.ZERO, Duration.ZERO, allWell, nobody));
            add(found, view(world, node, LONG, Duration.ZERO, allWell, nobody));
        }
        if (seen.preparing().isPresent()) {
            add(found, undrained(view(world, node, LONG, allWell, nobody)));
        }
        add(found, view(world, node, LONG, allWell, nobody));
        add(found, view(world, node, LONG, allWell, candidates(world, node)));
        for (Copy copy : seen.inSync()) {
            StandbyHealth lost = new StandbyHealth(copy, LONG, LONG);
            add(found, view(world, node, LONG, List.of(lost), nobody));
        }
        if (world.server(node).up()) {
            // Whatever it is, its agent may take it for hung for a while.
            add(found, hung(view(world, node, LONG, allWell, nobody)));
        }
        return List.copyOf(found.values());
    }

    /** Somewhere a transaction does not end. */
    private static ClusterView undrained(ClusterView view) {
        NodeName client = new NodeName("client");
        Map<NodeName, NodeStatus> nodes = new HashMap<>(view.nodes());
        nodes.put(
                client,
                new NodeStatus(
                        client,
                        NodeRole.CLIENT,
                        "",
                        false,
                        null,
                        0,
                        "",
                        "",
                        false,
                        new Hold(true, "", "", "a report"),
                        NodeTags.USUAL));
        return new ClusterView(
                view.self(),
                view.role(),
                view.limits(),
                view.state(),
                view.storeConnectedFor(),
                view.memory(),
                view.local(),
                view.localDownFor(),
                view.activeFor(),
                view.notStreamingFor(),
                view.openedEpoch(),
                view.standbys(),
                view.pausedCertification(),
                view.rejoinNeeded(),
                view.startedAgain(),
                LONG,
                view.observedByOther(),
                nodes,
                view.sightings(),
                view.primaryAnswers(),
                view.leading(),
                view.nomineeStalledFor(),
                view.pausedFor(),
                null);
    }

    private static ClusterView hung(ClusterView view) {
        return new ClusterView(
                view.self(),
                view.role(),
                view.limits(),
                view.state(),
                view.storeConnectedFor(),
                view.memory(),
                view.local().withCondition(ServerCondition.HUNG, 0),
                LONG,
                view.activeFor(),
                Duration.ZERO,
                view.openedEpoch(),
                view.standbys(),
                view.pausedCertification(),
                view.rejoinNeeded(),
                view.startedAgain(),
                view.holdWantedFor(),
                view.observedByOther(),
                view.nodes(),
                view.sightings(),
                view.primaryAnswers(),
                view.leading(),
                view.nomineeStalledFor(),
                view.pausedFor(),
                null);
    }

    private static void add(Map<String, AgentDecision> found, ClusterView view) {
        AgentDecision decision = AgentPolicy.decide(view);
        found.putIfAbsent(decision.duty() + " " + decision.subject() + " " + decision.names(), decision);
    }

    private List<Copy> candidates(World world, int node) {
        List<Copy> all = new ArrayList<>();
        for (int other = 0; other < world.nodes(); other++) {
            if (other != node) {
                all.add(names.copy(world.copy(other)));
            }
        }
        return all;
    }

    private ClusterView view(
            World world, int node, Duration lasting, List<StandbyHealth> standbys, List<Copy> pausedCertification) {
        return view(world, node, lasting, LONG, standbys, pausedCertification);
    }

    private ClusterView view(
            World world,
            int node,
            Duration lasting,
            Duration storeConnectedFor,
            List<StandbyHealth> standbys,
            List<Copy> pausedCertification) {
        Server server = world.server(node);
        DataStatus local = status(world, node);
        boolean streaming = streams(world, node);
        return new ClusterView(
                Names.nodeName(node),
                NodeRole.DATA,
                Limits.DEFAULT,
                records.value(server.seen()),
                storeConnectedFor,
                null,
                local,
                server.up() ? Duration.ZERO : lasting,
                lasting,
                server.runsAsStandby() && !streaming ? lasting : Duration.ZERO,
                server.opened(),
                standbys,
                pausedCertification,
                server.rejoinNeeded(),
                server.again() && records.target(server.seen()) >= 0,
                lasting,
                true,
                statuses(world, records.value(server.seen()).epoch(), -1),
                List.of(),
                Answer.UNKNOWN,
                false,
                Duration.ZERO,
                Duration.ZERO,
                null);
    }

    private static boolean streams(World world, int node) {
        Server server = world.server(node);
        if (!server.runsAsStandby() || !server.linked() || server.source() < 0) {
            return false;
        }
        Server source = world.server(server.source());
        return source.servesAsPrimary() && server.log().looksLikeBeginningOf(source.log());
    }

    private DataStatus status(World world, int node) {
        Server server = world.server(node);
        List<AttachedStandby> attached = new ArrayList<>();
        for (int other = 0; other < world.nodes(); other++) {
            if (server.servesAsPrimary() && world.server(other).receivesFrom(node)) {
                attached.add(new AttachedStandby(names.copy(world.copy(other)), 100 + other, streams(world, other), 0));
            }
        }
        ServerMode mode =
                !server.usable() ? ServerMode.NONE : server.primary() ? ServerMode.PRIMARY : ServerMode.STANDBY;
        return new DataStatus(
                server.usable() ? names.copy(world.copy(node)) : null,
                server.up() ? "7" : "",
                server.up() ? ServerCondition.RUNNING : ServerCondition.DOWN,
                mode,
                server.log().timeline(),
                2L * server.log().length() + 2,
                0,
                // Before the position of whoever has as much of the log, behind that of whoever has less.
                server.clean() ? 2L * server.log().length() + 1 : 0,
                server.runsAsStandby() ? new Receiver("upstream", streams(world, node), Duration.ZERO) : null,
                attached,
                names.value(server.file()).setting(),
                server.up() ? names.value(server.effect()).setting() : "",
                SyncWait.NONE,
                "");
    }

    private Map<NodeName, NodeStatus> statuses(World world, long epoch, int lost) {
        Map<NodeName, NodeStatus> all = new HashMap<>();
        for (int node = 0; node < world.nodes(); node++) {
            if (node != lost) {
                NodeName name = Names.nodeName(node);
                all.put(
                        name,
                        new NodeStatus(
                                name,
                                NodeRole.DATA,
                                name + ":80",
                                false,
                                bounds.switchovers()
                                        ? status(world, node).coarseWithPositions()
                                        : status(world, node).coarse(),
                                epoch,
                                "",
                                ""));
            }
        }
        return all;
    }

    /** What a witness that coordinates decides when a node is lost for good, or none (-1); it knows the record as it is. */
    CoordinatorDecision coordinators(World world, int lost, boolean nomineeIsAble, boolean stalled) {
        long key = world.record();
        for (int node = 0; node < world.nodes(); node++) {
            key = key << 6 | published(world.server(node));
            key = key << 5 | (bounds.switchovers() ? position(world.server(node)) : 0);
        }
        return coordinators.computeIfAbsent(
                key << 4 | (stalled ? 8 : 0) | (nomineeIsAble ? 4 : 0) | lost + 1,
                any -> askCoordinator(world, lost, nomineeIsAble, stalled));
    }

    private static int position(Server server) {
        return (server.clean() ? 16 : 0) | Math.min(server.log().length(), 15);
    }

    private CoordinatorDecision askCoordinator(World world, int lost, boolean nomineeIsAble, boolean stalled) {
        ClusterState state = records.value(world.record());
        NodeName primary = state.primary().node();
        int primaryNode = Names.nodeOf(Names.number(state.primary()));
        boolean silent = primaryNode == lost;
        Sighting sighting = new Sighting(
                new NodeName("w"),
                primary,
                "probe",
                silent ? Answer.UNREACHED : Answer.REACHED,
                silent ? LONG : Duration.ZERO);
        ClusterView view = new ClusterView(
                new NodeName("w"),
                NodeRole.WITNESS,
                Limits.DEFAULT,
                state,
                LONG,
                null,
                DataStatus.UNKNOWN,
                Duration.ZERO,
                LONG,
                Duration.ZERO,
                0,
                List.of(),
                List.of(),
                false,
                false,
                null,
                false,
                statuses(world, state.epoch(), lost),
                List.of(sighting),
                silent ? Answer.UNREACHED : Answer.REACHED,
                true,
                stalled || !(state.active() || nomineeIsAble) ? LONG : Duration.ZERO,
                Duration.ZERO,
                null);
        return CoordinatorPolicy.decide(view, StandardPolicy.decide(view));
    }
}
