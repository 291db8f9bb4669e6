package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.measure.Clients;
import io.prontuario.ha.zookeeper.PrescribedEnsemble.Member;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The hosts of a run with what lives on them, and what can be done to a host as a whole. */
final class Scene {
    /** Of servers that live as long as the run, where only its own processes reach them. */
    static final String PASSWORD = "for-this-run-only";

    static final String PROXY = "proxy";
    /** Where clients are who know the proxy only. */
    static final String OFFICE = "office";

    private static final Duration COMMAND = Duration.ofSeconds(60);
    private static final int FILL_BYTES = 1 << 16;
    private static final int MOST_SWEEPS = 5;

    private final LocalCluster cluster;
    private final Network network;
    /** Clients on a host are no part of it: they see what becomes of it. */
    private final Supplier<Set<Long>> clients;

    Scene(LocalCluster cluster, Network network, Supplier<Set<Long>> clients) {
        this.cluster = cluster;
        this.network = network;
        this.clients = clients;
    }

    /** How a superuser reaches a node's server. */
    static Clients direct(LocalNode node) {
        return new Clients(node.server().host(), node.server().port(), "postgres", PASSWORD);
    }

    LocalCluster cluster() {
        return cluster;
    }

    Network network() {
        return network;
    }

    /** The node that plays a part by the record as it is known now. */
    LocalNode node(Target target) {
        return switch (target) {
            case PRIMARY -> cluster.primary();
            case STANDBY -> cluster.standby();
            case OTHER_STANDBY -> cluster.standbys().get(cluster.standbys().size() - 1);
            case WITNESS -> cluster.witness();
            case CLUSTER -> throw new IllegalArgumentException("the cluster is no node");
        };
    }

    List<LocalNode> nodes() {
        return cluster.nodes();
    }

    /** The hosts of the three ZooKeeper servers: the first two with data, and the witness. A third with data has none. */
    static List<String> voters(List<String> dataHosts) {
        return List.of(dataHosts.get(0), dataHosts.get(1), LocalCluster.WITNESS);
    }

    /** The ZooKeeper server on a node's host; empty when there is none. */
    private OptionalInt voter(LocalNode node) {
        int index = voters(cluster.dataNodes().stream().map(LocalNode::name).toList())
                .indexOf(node.name());
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
    }

    /** Every port of every ZooKeeper server. */
    List<Integer> storePorts() {
        return cluster.ensemble().prescription().members().stream()
                .flatMap(member -> Stream.of(member.clientPort(), member.peerPort(), member.electionPort()))
                .toList();
    }

    /** The same without the ports among the servers themselves. */
    List<Integer> storeClientPorts() {
        return cluster.ensemble().prescription().members().stream()
                .map(Member::clientPort)
                .toList();
    }

    private List<Long> processes(String host) {
        Set<Long> spared = clients.get();
        return network.processes(host).stream()
                .filter(pid -> !spared.contains(pid))
                .toList();
    }

    /** SIGSTOP of all that runs there, and of what was started meanwhile. Answers whom. */
    Set<Long> stopAll(String host) {
        Set<Long> stopped = new HashSet<>();
        for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
            List<Long> fresh = processes(host).stream()
                    .filter(pid -> !stopped.contains(pid))
                    .toList();
            if (fresh.isEmpty()) {
                break;
            }
            Signals.freeze(fresh);
            stopped.addAll(fresh);
        }
        return stopped;
    }

    /** SIGCONT of all that runs there. */
    void continueAll(String host) {
        List<Long> all = processes(host);
        if (!all.isEmpty()) {
            Signals.thaw(all);
        }
    }

    /** Ends all that runs on a node's host at the same moment, as far as signals can. */
    void killHost(LocalNode node) {
        // Stopped first, so that nobody sees another end and acts on it.
        Set<Long> all = stopAll(node.name());
        all.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        voter(node).ifPresent(cluster.ensemble()::kill);
        node.killAgent();
    }

    /** Ends HAProxy, the processes too that a reload has left to their connections. */
    void killProxy() {
        processes(PROXY).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        cluster.proxy().kill();
    }

    /** Starts on a node's host what runs there and does not now. */
    void startHost(LocalNode node) {
        voter(node).ifPresent(this::startVoter);
        startAgent(node);
    }

    void startAgent(LocalNode node) {
        if (!node.agentRuns()) {
            node.start();
        }
    }

    void startVoter(int voter) {
        boolean runs = cluster.ensemble()
                .pidOf(voter)
                .flatMap(ProcessHandle::of)
                .filter(ProcessHandle::isAlive)
                .isPresent();
        if (!runs) {
            cluster.ensemble().kill(voter);
            cluster.ensemble().restart(voter);
        }
    }

    private Path filler(LocalNode node) {
        return node.configuration().resolveSibling("filler");
    }

    /** Writes until the disk of a node is full. */
    void fillDisk(LocalNode node) {
        byte[] bytes = new byte[FILL_BYTES];
        try (OutputStream file = Files.newOutputStream(filler(node))) {
            while (true) {
                file.write(bytes);
            }
        } catch (IOException e) {
            // Full, which is what was wanted.
            return;
        }
    }

    void freeDisk(LocalNode node) {
        try {
            Files.deleteIfExists(filler(node));
        } catch (IOException e) {
            throw new UncheckedIOException("the disk of " + node.name() + " stays full", e);
        }
    }

    /** That node's wall clock is so far off from now on. */
    void stepClock(String node, Duration off) {
        SteppedNode.step(cluster.folder(), node, off);
    }

    /** A command of {@code ha} on the witness's host. */
    String ha(String... words) {
        LocalNode witness = cluster.witness();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", witness.configuration().toString()));
        return witness.run(COMMAND, all.toArray(String[]::new));
    }

    /** Gives everything back that any fault has taken, whether its own end has done so or not. */
    void heal() {
        network.mendAll();
        for (LocalNode node : nodes()) {
            continueAll(node.name());
            freeDisk(node);
            stepClock(node.name(), Duration.ZERO);
            voter(node).ifPresent(this::startVoter);
        }
        continueAll(PROXY);
        cluster.proxy().startAgain();
    }
}
