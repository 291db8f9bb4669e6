package io.prontuario.ha.testing;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.Answer;
import io.prontuario.ha.model.AttachedStandby;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.Hazard;
import io.prontuario.ha.model.HeardLog;
import io.prontuario.ha.model.Hold;
import io.prontuario.ha.model.Journal;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.NodeTags;
import io.prontuario.ha.model.PauseEnd;
import io.prontuario.ha.model.Receiver;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.model.Sighting;
import io.prontuario.ha.model.StandbyHealth;
import io.prontuario.ha.model.SyncWait;
import io.prontuario.ha.model.TransitionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Views as a person would describe them: {@code views().primary("a", DOWN).standby("b", inSync()).atWitness()}. Whatever is not said is
 * well: servers run, agents live, standbys stream, names are what the record wants, everything has lasted long enough.
 *
 * <p>For tests of policies: {@code policy.decide(views().primary("studio-1", DOWN).standby("studio-2", inSync()).atWitness())}. Not
 * thread-safe.
 */
public final class ViewFixture {
    /** The cluster id of every record here. */
    public static final String CLUSTER = "cluster-0001";

    private static final String IDENTIFIER = "7300000000000000001";
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<Sighting> sightings = new ArrayList<>();
    private final List<StandbyHealth> health = new ArrayList<>();
    private final List<Copy> pausedCertification = new ArrayList<>();
    private final List<Copy> tried = new ArrayList<>();
    private @Nullable Copy primary;
    private @Nullable Copy from;
    private boolean active = true;
    private long epoch = 1;
    private int timeline = 1;
    private Durability durability = Durability.AVAILABLE;
    private int strictMinimum = 1;
    private boolean paused;
    private boolean recordRead = true;
    private @Nullable NodeMemory memory;
    private @Nullable Long openedEpoch;
    private @Nullable String inFile;
    private @Nullable String inEffect;
    private boolean observed = true;
    private boolean rejoinNeeded;
    private boolean startedAgain;
    private @Nullable Duration holdWantedFor;
    private @Nullable ClusterState seen;
    private @Nullable Copy target;
    private @Nullable String switchover;
    private boolean leading = true;
    private Answer primaryAnswers = Answer.UNKNOWN;
    private Duration storeConnectedFor = LONG;
    private Duration nomineeStalledFor = Duration.ZERO;
    private Duration downFor = Duration.ZERO;
    private Duration activeFor = LONG;
    private @Nullable PauseEnd pauseEnd;
    private Duration pausedFor = Duration.ZERO;
    private @Nullable HeardLog heard;
    private Duration notStreamingFor = Duration.ZERO;

    private ViewFixture() {}

    /** Begins with nobody. */
    public static ViewFixture views() {
        return new ViewFixture();
    }

    /** The copy that a node's data is, unless it is {@link #replaced}. */
    public static Copy copy(String node) {
        return new Copy(new NodeName(node), "0001");
    }

    /** Something about one node. */
    public interface Trait extends Consumer<Node> {}

    /** One node while it is being described. */
    public static final class Node {
        private final Copy recorded;
        private @Nullable Copy copy;
        private ServerCondition condition = ServerCondition.RUNNING;
        private @Nullable ServerMode mode;
        private int timeline;
        private long received;
        private long shutdownPosition;
        private boolean certified;
        private boolean heir;
        private boolean streams = true;
        private long obeyed;
        private int connections = 1;
        private boolean agentLives = true;
        private boolean leaving;
        private boolean standsBack;
        private Hold hold = Hold.NONE;
        private NodeTags tags = NodeTags.USUAL;
        private String refusal = "";
        private String detail = "";
        private Set<Hazard> hazards = Set.of();
        private boolean besideSlot;
        private String systemIdentifier = IDENTIFIER;

        private Node(String name) {
            this.recorded = ViewFixture.copy(name);
            this.copy = recorded;
        }
    }

    /** Streams and is certified. */
    public static Trait inSync() {
        return node -> node.certified = true;
    }

    /** Streams, and not through its slot. */
    public static Trait besideSlot() {
        return node -> node.besideSlot = true;
    }

    /** Somebody has set its server so. */
    public static Trait hazard(Hazard hazard) {
        return node -> {
            node.hazards = Set.of(hazard);
            node.detail = "set by hand";
        };
    }

    /** There are pools on its node, and this is what they say. */
    public static Trait pools(String drained, String waitsFor) {
        return node -> node.hold = new Hold(true, "", drained, waitsFor);
    }

    /** Its server is ready to be stopped for this switchover. */
    public static Trait wantsHold(String switchover) {
        return node -> node.hold = new Hold(false, switchover, "", "");
    }

    /** Streams and is not certified. */
    public static Trait uncertified() {
        return node -> node.certified = false;
    }

    /** May be nominated after the nominee. */
    public static Trait heir() {
        return node -> node.heir = true;
    }

    /** How its server is. */
    public static Trait is(ServerCondition condition) {
        return node -> node.condition = condition;
    }

    /** As what its server runs, when it is not what one would expect. */
    public static Trait runsAs(ServerMode mode) {
        return node -> node.mode = mode;
    }

    /** On another timeline than the record's. */
    public static Trait onTimeline(int timeline) {
        return node -> node.timeline = timeline;
    }

    /** How far it has the log. */
    public static Trait hasReceived(long position) {
        return node -> node.received = position;
    }

    /** Down, with its shutdown checkpoint there. */
    public static Trait stoppedCleanlyAt(long position) {
        return node -> node.shutdownPosition = position;
    }

    /** Runs as a standby, without a stream. */
    public static Trait notStreaming() {
        return node -> node.streams = false;
    }

    /** So many connections under its name. */
    public static Trait connectedTimes(int connections) {
        return node -> node.connections = connections;
    }

    /** Its agent has obeyed this epoch. */
    public static Trait hasObeyed(long epoch) {
        return node -> node.obeyed = epoch;
    }

    /** Its settings say that it is never to take over. */
    public static Trait noFailover() {
        return node -> node.tags = new NodeTags(true, node.tags.priority(), node.tags.noReads());
    }

    /** How gladly it takes over, by its settings. */
    public static Trait priority(int priority) {
        return node -> node.tags = new NodeTags(node.tags.noFailover(), priority, node.tags.noReads());
    }

    /** Its session is gone, and with it whatever it published. */
    public static Trait agentGone() {
        return node -> node.agentLives = false;
    }

    /** Its agent has said goodbye. */
    public static Trait leaving() {
        return node -> node.leaving = true;
    }

    /** It cannot coordinate. */
    public static Trait standsBack() {
        return node -> node.standsBack = true;
    }

    /** Its agent refuses to promote. */
    public static Trait refuses(String why) {
        return node -> node.refusal = why;
    }

    /** What it says about its server. */
    public static Trait says(String detail) {
        return node -> node.detail = detail;
    }

    /** There is other data than the record knows of. */
    public static Trait replaced() {
        return node -> node.copy = new Copy(node.recorded.node(), "0002");
    }

    /** There is no data that could be trusted. */
    public static Trait dataGone() {
        return node -> {
            node.copy = null;
            node.mode = ServerMode.NONE;
            node.condition = ServerCondition.DOWN;
        };
    }

    /** Its data belongs to another cluster. */
    public static Trait ofAnotherCluster() {
        return node -> node.systemIdentifier = "7300000000000000002";
    }

    /** The record's active primary. */
    public ViewFixture primary(String name, ServerCondition condition, Trait... traits) {
        Node node = describe(name, ServerMode.PRIMARY, List.of(traits));
        node.condition = condition;
        primary = node.recorded;
        return this;
    }

    /** The record's primary, nominated and not active: epoch 2, for timeline 3. */
    public ViewFixture nominee(String name, ServerCondition condition, Trait... traits) {
        Node node = describe(name, ServerMode.STANDBY, List.of(traits));
        node.condition = condition;
        node.heir = true;
        primary = node.recorded;
        active = false;
        return tried.isEmpty() ? epoch(2, 3) : this;
    }

    /** The primary before the transition that is under way; the last of the heirs as long as the nominee is not active. */
    public ViewFixture formerPrimary(String name, ServerCondition condition, Trait... traits) {
        Node node = describe(name, ServerMode.PRIMARY, List.of(traits));
        node.condition = condition;
        node.heir = true;
        from = node.recorded;
        return this;
    }

    /** Another data node. */
    public ViewFixture standby(String name, Trait... traits) {
        describe(name, ServerMode.STANDBY, List.of(traits));
        return this;
    }

    private Node describe(String name, ServerMode usual, List<Trait> traits) {
        Node node = new Node(name);
        traits.forEach(trait -> trait.accept(node));
        if (node.mode == null) {
            node.mode = usual;
        }
        nodes.put(name, node);
        return node;
    }

    /** The nominees so far, the present one last; without this it is the first. */
    public ViewFixture tried(String... names) {
        List.of(names).forEach(name -> tried.add(copy(name)));
        return epoch(1 + names.length, 1 + 2 * names.length);
    }

    /** A planned switchover is asked for. */
    public ViewFixture switchoverTo(String name) {
        target = copy(name);
        switchover = "maintenance";
        return this;
    }

    /** A planned switchover is being undone. */
    public ViewFixture switchoverUndone(String reason) {
        switchover = reason;
        return this;
    }

    /** The record is this one, whatever the nodes have published. */
    public ViewFixture seeing(ClusterState record) {
        seen = record;
        return this;
    }

    /** This node's server is ready to be stopped, and everybody has been asked to hold for so long. */
    public ViewFixture holdWantedFor(long millis) {
        holdWantedFor = Duration.ofMillis(millis);
        return this;
    }

    /** The agent of the node that looks has started its server again. */
    public ViewFixture startedAgain() {
        startedAgain = true;
        return this;
    }

    /** Another epoch and timeline than 1 and 1. */
    public ViewFixture epoch(long number, int onTimeline) {
        epoch = number;
        timeline = onTimeline;
        return this;
    }

    /** Another durability than AVAILABLE. */
    public ViewFixture durability(Durability wanted) {
        durability = wanted;
        return this;
    }

    /** STRICT, with so many standbys that have to be certified. */
    public ViewFixture strict(int minimum) {
        strictMinimum = minimum;
        return durability(Durability.STRICT);
    }

    /** Somebody has paused the cluster. */
    public ViewFixture paused() {
        paused = true;
        return this;
    }

    /** Somebody has paused it for a time, of which so much has passed. */
    public ViewFixture pausedFor(Duration time, Duration passed) {
        pauseEnd = new PauseEnd("pause-1", time, Instant.EPOCH);
        pausedFor = passed;
        return paused();
    }

    /** The node that looks has not read the record. */
    public ViewFixture noRecordRead() {
        recordRead = false;
        return this;
    }

    /** The node has obeyed this before. */
    public ViewFixture remembers(String cluster, long rememberedEpoch, String transitionId) {
        memory = new NodeMemory(cluster, rememberedEpoch, transitionId, IDENTIFIER);
        return this;
    }

    /** Somebody looked at the record's primary. */
    public ViewFixture sighted(String observer, Answer answer, long millisAgo) {
        NodeName target = Objects.requireNonNull(primary).node();
        sightings.add(new Sighting(new NodeName(observer), target, "probe", answer, Duration.ofMillis(millisAgo)));
        return this;
    }

    /** A proxy's check of the record's primary, as somebody has read it. */
    public ViewFixture sightedByProxy(String observer, Answer answer, long millisAgo) {
        NodeName target = Objects.requireNonNull(primary).node();
        sightings.add(new Sighting(
                new NodeName(observer), target, "proxy check", answer, Duration.ofMillis(millisAgo), true));
        return this;
    }

    /** What the primary's agent answers on {@code /primary}. */
    public ViewFixture primaryAnswers(Answer answer) {
        primaryAnswers = answer;
        return this;
    }

    /** How long the node that looks has had its session. */
    public ViewFixture storeConnectedFor(long millis) {
        storeConnectedFor = Duration.ofMillis(millis);
        return this;
    }

    /** How long the nominee has shown no progress. */
    public ViewFixture nomineeStalledFor(Duration time) {
        nomineeStalledFor = time;
        return this;
    }

    /** The node that looks remembers that the primary's log went so far, and has heard that so long ago. */
    public ViewFixture heard(long position, long millisAgo) {
        heard = new HeardLog(epoch, timeline, position, Duration.ofMillis(millisAgo));
        return this;
    }

    /** The node that looks does not coordinate. */
    public ViewFixture notLeading() {
        leading = false;
        return this;
    }

    /** The server of the node that looks is not open. */
    public ViewFixture notOpened() {
        openedEpoch = 0L;
        return this;
    }

    /** The names of the node that looks, in file and in effect. */
    public ViewFixture names(String setting) {
        return names(setting, setting);
    }

    /** The same, when they differ. */
    public ViewFixture names(String file, String effect) {
        inFile = file;
        inEffect = effect;
        return this;
    }

    /** What the primary's agent noticed of a certified standby while a commit waited. */
    public ViewFixture noticed(String name, long goneMillis, long stalledMillis) {
        health.add(new StandbyHealth(copy(name), Duration.ofMillis(goneMillis), Duration.ofMillis(stalledMillis)));
        return this;
    }

    /** No other node reaches this one's server. */
    public ViewFixture observedByNobody() {
        observed = false;
        return this;
    }

    /** A proof of that one has failed just now. */
    public ViewFixture certificationPaused(String name) {
        pausedCertification.add(copy(name));
        return this;
    }

    /** The server of the node that looks refused to follow. */
    public ViewFixture rejoinNeeded() {
        rejoinNeeded = true;
        return this;
    }

    /** How long the server of the node that looks has been down. */
    public ViewFixture downFor(long millis) {
        downFor = Duration.ofMillis(millis);
        return this;
    }

    /** How long the primary has been seen active. */
    public ViewFixture activeFor(long millis) {
        activeFor = Duration.ofMillis(millis);
        return this;
    }

    /** How long the standby that looks has had no stream. */
    public ViewFixture notStreamingFor(long millis) {
        notStreamingFor = Duration.ofMillis(millis);
        return this;
    }

    /** The record that all this is about. */
    public ClusterState state() {
        Copy named = Objects.requireNonNull(primary, "say who is primary or nominee");
        List<Copy> inSync = new ArrayList<>();
        List<Copy> heirs = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (node.certified) {
                inSync.add(node.recorded);
            }
            if (node.heir && !node.recorded.equals(from)) {
                heirs.add(node.recorded);
            }
        }
        if (from != null) {
            heirs.add(from);
        }
        return new ClusterState(
                CLUSTER,
                IDENTIFIER,
                epoch,
                "transition-" + epoch,
                timeline,
                named,
                active,
                active ? new TreeSet<>(inSync) : new TreeSet<>(),
                active ? List.of() : heirs,
                durability,
                strictMinimum,
                paused,
                pauseEnd,
                journal(named));
    }

    private @Nullable Journal journal(Copy named) {
        if (switchover != null) {
            return new Journal(
                    "transition-2", TransitionKind.SWITCHOVER, named, target, List.of(), switchover, Instant.EPOCH);
        }
        if (active && from == null) {
            return null;
        }
        return new Journal(
                "transition-2",
                TransitionKind.FAILOVER,
                from == null ? copy("former") : from,
                null,
                tried.isEmpty() ? List.of(named) : tried,
                "lost",
                Instant.EPOCH);
    }

    /** How a witness sees it that coordinates. */
    public ClusterView atWitness() {
        return view(new NodeName("witness"), NodeRole.WITNESS, DataStatus.UNKNOWN);
    }

    /** How the agent of a node sees it. */
    public ClusterView at(String name) {
        return view(new NodeName(name), NodeRole.DATA, status(node(name)));
    }

    private Node node(String name) {
        return Objects.requireNonNull(nodes.get(name), name + " was not described");
    }

    private ClusterView view(NodeName self, NodeRole role, DataStatus local) {
        return new ClusterView(
                self,
                role,
                Limits.DEFAULT,
                !recordRead ? null : seen == null ? state() : seen,
                storeConnectedFor,
                memory,
                local,
                downFor,
                active ? activeFor : Duration.ZERO,
                notStreamingFor,
                openedEpoch == null ? epoch : openedEpoch,
                health,
                pausedCertification,
                rejoinNeeded,
                startedAgain,
                holdWantedFor,
                observed,
                published(),
                sightings,
                primaryAnswers,
                leading,
                nomineeStalledFor,
                pausedFor,
                heard == null ? saidByPrimary() : heard);
    }

    private @Nullable HeardLog saidByPrimary() {
        Node node = primary == null ? null : nodes.get(primary.node().value());
        return node == null || !node.agentLives || node.received == 0
                ? null
                : new HeardLog(epoch, timeline, node.received, Duration.ZERO);
    }

    private Map<NodeName, NodeStatus> published() {
        Map<NodeName, NodeStatus> all = new HashMap<>();
        for (Node node : nodes.values()) {
            if (node.agentLives) {
                NodeName name = node.recorded.node();
                all.put(
                        name,
                        new NodeStatus(
                                name,
                                NodeRole.DATA,
                                name + ":8080",
                                node.leaving,
                                status(node).coarseWithPositions(),
                                Math.max(epoch, node.obeyed),
                                node.refusal,
                                "",
                                node.standsBack,
                                node.hold,
                                node.tags));
            }
        }
        return all;
    }

    private DataStatus status(Node node) {
        ServerMode mode = Objects.requireNonNull(node.mode);
        boolean answers = node.condition == ServerCondition.RUNNING;
        String usual = usualNames(node, mode);
        return new DataStatus(
                node.copy,
                answers ? node.systemIdentifier : "",
                node.condition,
                mode,
                node.timeline > 0 ? node.timeline : active ? timeline : 1,
                node.received,
                node.received,
                node.shutdownPosition,
                streams(node) ? new Receiver("primary:5432", true, Duration.ZERO) : null,
                answers && mode == ServerMode.PRIMARY ? attached() : List.of(),
                inFile == null ? usual : inFile,
                !answers ? "" : inEffect == null ? usual : inEffect,
                SyncWait.NONE,
                node.detail,
                node.hazards);
    }

    private String usualNames(Node node, ServerMode mode) {
        boolean serves = active && node.recorded.equals(primary) && mode == ServerMode.PRIMARY;
        return serves
                ? Protocol.namesWhenActive(state(), List.of()).setting()
                : ServerNames.gate().setting();
    }

    private static boolean streams(Node node) {
        return node.condition == ServerCondition.RUNNING && node.mode == ServerMode.STANDBY && node.streams;
    }

    private List<AttachedStandby> attached() {
        List<AttachedStandby> all = new ArrayList<>();
        for (Node node : nodes.values()) {
            Copy standby = node.copy;
            for (int connection = 0; standby != null && streams(node) && connection < node.connections; connection++) {
                all.add(new AttachedStandby(standby, 100 + all.size(), true, node.received, node.besideSlot));
            }
        }
        return all;
    }
}
