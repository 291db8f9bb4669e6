package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.Layout;
import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.OwnNamespaces;
import io.prontuario.ha.examples.local.Waiting;
import io.prontuario.ha.examples.measure.Account;
import io.prontuario.ha.examples.measure.Acknowledgement;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.examples.measure.Load;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.testing.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One run: a cluster with a host for each node, faults from a seed, the account. Runs in {@link OwnNamespaces}, which also means that it
 * need not clean up.
 */
final class FaultRun {
    private static final String DISK = "1536m";
    private static final Load THROUGH_THE_PROXY =
            new Load(4, 0, Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(2));
    private static final Load BESIDE_A_SERVER =
            new Load(2, 0, Duration.ofMillis(10), Duration.ofMillis(300), Duration.ofSeconds(30));
    private static final long IDS_APART = 1_000_000_000_000L;

    /** Bounds that tell a hang from a machine that is busy with other work; what really passed is in the report. */
    private static final Duration WARM_UP = Duration.ofMinutes(4);

    private static final int WARM_UP_WRITES = 200;
    private static final Duration SERVICE = Duration.ofMinutes(4);
    private static final Duration REJOIN = Duration.ofMinutes(4);
    private static final Duration CATCH_UP = Duration.ofMinutes(1);
    private static final int WRITES_AFTERWARDS = 50;
    private static final Duration LONGEST_UNDOING = Duration.ofSeconds(90);

    private final long seed;
    private final List<String> dataHosts;
    private final Duration length;
    private final int mostRounds;
    private final List<Story> stories;
    private final Schedule schedule;
    private final Path folder = OwnNamespaces.HOME.resolve("cluster");
    private final Consumer<String> out;
    private final long began = System.nanoTime();
    private final List<FaultResult> results = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<ClientGroup> groups = new CopyOnWriteArrayList<>();
    private int checked;

    /**
     * @param dataNodes how many hosts have a server, 2 or 3
     * @param length no round begins after it
     * @param mostRounds nor after so many
     * @param stories played before the first round
     * @param kinds which faults may come
     * @param hold how long every fault is held; null for as the seed has it
     * @param out told the progress
     */
    FaultRun(
            long seed,
            int dataNodes,
            Duration length,
            int mostRounds,
            List<Story> stories,
            List<FaultKind> kinds,
            @Nullable Duration hold,
            Consumer<String> out) {
        this.seed = seed;
        this.dataHosts = Layout.names(dataNodes);
        this.length = length;
        this.mostRounds = mostRounds;
        this.stories = List.copyOf(stories);
        this.schedule = new Schedule(seed, dataNodes > 2, kinds, hold);
        this.out = out;
    }

    /** Everything lies there: logs, ledgers, data. */
    Path folder() {
        return folder;
    }

    /** Runs it to its end. */
    FaultRunReport run() throws SQLException {
        Network network = hosts();
        if (!network.delays()) {
            remarks.add(
                    "this kernel has no netem: a slow link is a narrow one (tbf), and nothing is delayed by a fixed time");
        }
        makeDisks();
        LocalCluster cluster = LocalCluster.startOn(layout(network), SteppedNode.program(folder), folder, out);
        Scene scene = new Scene(
                cluster, network, () -> groups.stream().map(ClientGroup::pid).collect(Collectors.toSet()));
        Clients office = new Clients(cluster.proxy().address(), cluster.proxy().port(), "postgres", Scene.PASSWORD);
        office.createTables();
        startClients(scene, office);
        Waiting.until(
                WARM_UP,
                WARM_UP_WRITES + " writes are acknowledged",
                () -> throughTheProxy().size() >= WARM_UP_WRITES);
        int round = 0;
        long first = System.nanoTime();
        try {
            for (Story story : stories) {
                round++;
                int number = round;
                round(scene, number, false, () -> List.of(play(scene, number, story)));
            }
            int last = round + mostRounds;
            while (round < last && System.nanoTime() - first < length.toNanos() && violations.isEmpty()) {
                round++;
                int number = round;
                List<PlannedFault> planned = schedule.next();
                boolean agentsMayHaveEnded = planned.stream().anyMatch(one -> one.kind() == FaultKind.DISK_FULL);
                round(scene, number, agentsMayHaveEnded, () -> injectAll(scene, number, planned));
            }
        } catch (IllegalStateException | SQLException e) {
            violation("round " + round + ": " + e.getMessage());
        }
        return account(scene, round, Duration.ofNanos(System.nanoTime() - first));
    }

    private Network hosts() {
        List<String> hosts = new ArrayList<>(dataHosts);
        hosts.addAll(List.of(LocalCluster.WITNESS, Scene.PROXY, Scene.OFFICE));
        return new Network(hosts);
    }

    private Layout layout(Network network) {
        Map<String, Place> nodes = new LinkedHashMap<>();
        dataHosts.forEach(host -> nodes.put(host, network.place(host)));
        nodes.put(LocalCluster.WITNESS, network.place(LocalCluster.WITNESS));
        List<Place> voters =
                Scene.voters(dataHosts).stream().map(network::place).toList();
        return new Layout(dataHosts, nodes, voters, network.place(Scene.PROXY), Network.range(), Scene.PASSWORD);
    }

    /** A small one for each server, so that it can be filled. */
    private void makeDisks() {
        try {
            for (String host : dataHosts) {
                Path home = Files.createDirectories(folder.resolve(host));
                Shell.run("mount", "-t", "tmpfs", "-o", "mode=0777,size=" + DISK, "disk-of-" + host, home.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no folders under " + folder, e);
        }
    }

    private void startClients(Scene scene, Clients office) {
        groups.add(ClientGroup.start(
                Scene.OFFICE, scene.network().place(Scene.OFFICE), office, THROUGH_THE_PROXY, folder));
        for (LocalNode node : scene.cluster().dataNodes()) {
            groups.add(ClientGroup.start(
                    node.name(),
                    scene.network().place(node.name()),
                    Scene.direct(node),
                    new Load(
                            BESIDE_A_SERVER.writers(),
                            groups.size() * IDS_APART,
                            BESIDE_A_SERVER.pause(),
                            BESIDE_A_SERVER.reconnect(),
                            BESIDE_A_SERVER.patience()),
                    folder));
        }
    }

    private List<Acknowledgement> throughTheProxy() {
        return groups.get(0).acknowledged();
    }

    private List<Acknowledgement> all() {
        return groups.stream().flatMap(group -> group.acknowledged().stream()).toList();
    }

    private Duration sinceBegin() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void violation(String text) {
        String faults = results.stream()
                .skip(Math.max(0, results.size() - 4))
                .map(FaultResult::line)
                .collect(Collectors.joining("; "));
        String whole = String.format(
                "seed %d, second %.0f: %s. The last faults: %s",
                seed, sinceBegin().toMillis() / 1e3, text, faults);
        violations.add(whole);
        out.accept("VIOLATION: " + whole);
    }

    private List<FaultResult> injectAll(Scene scene, int round, List<PlannedFault> planned) {
        List<FaultResult> done = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (PlannedFault one : planned) {
            Thread thread = new Thread(() -> done.add(inject(scene, round, one)), "fault");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        join(threads);
        return done;
    }

    private FaultResult play(Scene scene, int round, Story story) {
        Duration begin = sinceBegin();
        String what;
        try (Stage stage = new Stage(scene, this::all)) {
            what = story.play(stage);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("story " + story.label() + ": " + e.getMessage(), e);
        }
        return new FaultResult(
                round,
                story.label(),
                Target.CLUSTER,
                story.label() + ": " + what,
                begin,
                sinceBegin(),
                "",
                Duration.ZERO,
                Duration.ZERO);
    }

    private void round(Scene scene, int round, boolean agentsMayHaveEnded, Supplier<List<FaultResult>> doing)
            throws SQLException {
        long from = System.nanoTime();
        List<FaultResult> done = doing.get();
        results.addAll(done);
        scene.heal();
        long healed = System.nanoTime();
        resume(scene);
        seeThatAgentsLive(scene, agentsMayHaveEnded);
        awaitWell(scene);
        long well = System.nanoTime();
        int soFar = throughTheProxy().size();
        Waiting.until(
                SERVICE,
                "writes through the proxy go on",
                () -> throughTheProxy().size() >= soFar + WRITES_AFTERWARDS);
        Duration outage = Outage.longest(throughTheProxy(), from, System.nanoTime());
        Duration rejoin = Duration.ofNanos(well - healed);
        results.subList(results.size() - done.size(), results.size())
                .replaceAll(result -> result.measured(outage, rejoin));
        check(scene);
        out.accept(String.format(
                "[%4.0f s] round %d: %s → outage %.2f s, all well %.1f s after; %d acknowledged, epoch %d",
                sinceBegin().toMillis() / 1e3,
                round,
                done.stream().map(FaultResult::line).collect(Collectors.joining(" + ")),
                outage.toMillis() / 1e3,
                rejoin.toMillis() / 1e3,
                all().size(),
                state(scene.cluster()).epoch()));
    }

    /** This process is one more client of the store, and no part of what is tested: its own session may end at any moment. */
    private static ClusterState state(LocalCluster cluster) {
        AtomicReference<ClusterState> read = new AtomicReference<>();
        Waiting.until(REJOIN, "the store answers this process", () -> {
            read.set(cluster.readState());
            return true;
        });
        return Objects.requireNonNull(read.get());
    }

    private static void join(Collection<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during a round", e);
        }
    }

    private FaultResult inject(Scene scene, int round, PlannedFault planned) {
        sleep(planned.after());
        Duration begin = sinceBegin();
        String description = planned.kind().label();
        List<String> trouble = new ArrayList<>();
        try {
            Fault fault = new Faults(scene).of(planned.kind(), planned.target());
            description = fault.description() + " (" + planned.target() + ")";
            try {
                fault.inject();
                sleep(planned.hold());
            } finally {
                fault.restore();
            }
        } catch (IllegalStateException | UncheckedIOException e) {
            // A switchover may be refused in the middle of another fault, and a process be gone already.
            trouble.add(String.valueOf(e.getMessage()));
        }
        return new FaultResult(
                round,
                planned.kind().label(),
                planned.target(),
                description,
                begin,
                sinceBegin(),
                String.join("; ", trouble),
                Duration.ZERO,
                Duration.ZERO);
    }

    private static void sleep(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** A pause that could not be ended while the store was away. */
    private static void resume(Scene scene) {
        Waiting.until(LONGEST_UNDOING, "the cluster is not paused", () -> {
            if (scene.cluster().readState().paused()) {
                scene.ha("resume");
            }
            return true;
        });
    }

    private void seeThatAgentsLive(Scene scene, boolean mayHaveEnded) {
        for (LocalNode node : scene.nodes()) {
            if (!node.agentRuns()) {
                String text = "the agent of " + node.name() + " ended by itself, exit status " + node.agentExit();
                if (mayHaveEnded) {
                    remarks.add(text + ", its disk was full; started again");
                } else {
                    violation(text);
                }
                node.start();
            }
        }
    }

    /** A primary serves, the other data nodes are certified and stream, everybody's agent and ZooKeeper server is there. */
    private void awaitWell(Scene scene) {
        LocalCluster cluster = scene.cluster();
        cluster.awaitRedundant(REJOIN);
        Waiting.until(REJOIN, "each certified standby streams", () -> {
            ClusterState state = cluster.readState();
            LocalNode primary = cluster.node(state.primary().node().value());
            return state.inSync().stream()
                    .map(Copy::applicationName)
                    .allMatch(name -> Scene.direct(primary).seesStreaming(name));
        });
        cluster.awaitRedundant(REJOIN);
        Waiting.until(
                REJOIN,
                "the primary's agent answers 200 on /primary",
                () -> cluster.node(cluster.readState().primary().node().value()).servesAsPrimary());
        cluster.ensemble().awaitServing(3, REJOIN);
    }

    /** Looks up what was acknowledged since the last time, on the primary. */
    private void check(Scene scene) throws SQLException {
        List<Acknowledgement> all = all();
        LocalCluster cluster = scene.cluster();
        LocalNode primary = cluster.node(state(cluster).primary().node().value());
        if (all.size() == checked) {
            violation("nothing was acknowledged in this round");
        }
        checked = all.size();
        List<Long> lost = Account.lost(all, List.of(Scene.direct(primary)));
        if (!lost.isEmpty()) {
            violation(
                    lost.size() + " acknowledged writes are missing on " + primary.name() + ": " + details(all, lost));
        }
        List<Acknowledgement> twice = Account.sentToADeposedServer(all);
        if (!twice.isEmpty()) {
            violation(twice.size() + " writes were acknowledged by a deposed server, the first: " + twice.get(0));
        }
    }

    private static String details(List<Acknowledgement> all, List<Long> lost) {
        Set<Long> ids = new HashSet<>(lost);
        return all.stream()
                .filter(one -> ids.contains(one.id()))
                .limit(5)
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    private FaultRunReport account(Scene scene, int rounds, Duration lasted) {
        int doubts = 0;
        int reconnects = 0;
        for (ClientGroup group : groups) {
            try {
                if (!group.alive()) {
                    violation("clients ended by themselves: the run says less than it should");
                }
                ClientGroup.Ending ending = group.end();
                doubts += ending.doubts();
                if (group == groups.get(0)) {
                    reconnects = ending.reconnects();
                }
            } catch (IllegalStateException | UncheckedIOException e) {
                violation(String.valueOf(e.getMessage()));
            }
        }
        List<Acknowledgement> all = all();
        List<Long> lost = List.of();
        List<Clients> servers =
                scene.cluster().dataNodes().stream().map(Scene::direct).toList();
        long end = System.nanoTime() + CATCH_UP.toNanos();
        boolean again = true;
        while (again) {
            try {
                lost = Account.lost(all, servers);
                again = !lost.isEmpty() && System.nanoTime() - end < 0;
            } catch (SQLException e) {
                again = System.nanoTime() - end < 0;
                if (!again) {
                    violation("a server cannot be read afterwards: " + e.getMessage());
                }
            }
        }
        if (!lost.isEmpty()) {
            violation(lost.size() + " acknowledged writes are missing in the end: " + details(all, lost));
        }
        List<Acknowledgement> twice = Account.sentToADeposedServer(all);
        if (!twice.isEmpty() && violations.isEmpty()) {
            violation(twice.size() + " writes were acknowledged by a deposed server, the first: " + twice.get(0));
        }
        if (all.size() < Account.LEAST_ACKNOWLEDGED) {
            violation("only " + all.size() + " writes were acknowledged");
        }
        return new FaultRunReport(
                seed, lasted, rounds, results, all.size(), lost, twice.size(), doubts, reconnects, violations, remarks);
    }

    /** Every kind there is. */
    static List<FaultKind> everyKind() {
        return Arrays.asList(FaultKind.values());
    }
}
