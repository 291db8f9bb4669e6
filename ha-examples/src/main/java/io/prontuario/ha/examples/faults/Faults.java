package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** How each kind of fault is done and undone. */
final class Faults {
    private static final int LOST_OF_A_HUNDRED = 15;
    private static final Duration STEP = Duration.ofHours(1);

    private final Scene scene;

    Faults(Scene scene) {
        this.scene = scene;
    }

    /** A fault whose two halves are given. */
    private record TwoHalves(String description, Runnable first, Runnable second) implements Fault {
        @Override
        public void inject() {
            first.run();
        }

        @Override
        public void restore() {
            second.run();
        }
    }

    /** Finds out whom it is about at this moment. */
    Fault of(FaultKind kind, Target target) {
        String whom = target == Target.CLUSTER ? "" : " " + scene.node(target).name();
        return switch (kind) {
            case SERVER_KILLED -> once(kind.label() + whom, () -> kill(scene.node(target)));
            case AGENT_KILLED -> agent(kind.label() + whom, scene.node(target), LocalNode::killAgent);
            case AGENT_LEFT -> agent(kind.label() + whom, scene.node(target), LocalNode::stopAgent);
            case HOST_KILLED -> hostKilled(kind.label() + whom, scene.node(target));
            case HOST_LOST -> hostLost(kind.label() + whom, scene.node(target));
            case SERVER_STOPPED -> stopped(kind.label() + whom, scene.node(target), ServerPart.ALL);
            case CHECKPOINTER_STOPPED -> stopped(kind.label() + whom, scene.node(target), ServerPart.CHECKPOINTER);
            case AGENT_STOPPED -> agentStopped(kind.label() + whom, scene.node(target));
            case HOST_STOPPED ->
                hostStopped(kind.label() + whom, scene.node(target).name());
            case CUT_WHOLE -> cut(kind.label() + whom, Cut.whole(scene.network(), host(target)));
            case CUT_INCOMING -> cut(kind.label() + whom, Cut.deaf(scene.network(), host(target)));
            case CUT_OUTGOING -> cut(kind.label() + whom, Cut.mute(scene.network(), host(target)));
            case CUT_STORE -> cut(kind.label() + whom, Cut.everywhere(host(target), scene.storePorts()));
            case CUT_REPLICATION -> cutReplication(kind.label() + whom, scene.node(target));
            case CUT_PEER -> cut(kind.label() + whom, Cut.between(scene.network(), host(target), host(Target.STANDBY)));
            case CUT_PROXY -> cut(kind.label() + whom, Cut.between(scene.network(), host(target), Scene.PROXY));
            case CUT_RUNTIME_API -> cut(kind.label(), Cut.everywhere(Scene.PROXY, List.of(runtimePort())));
            case SLOW_LINK -> slow(kind.label() + whom, host(target));
            case LOSSY_LINK -> cut(kind.label() + whom, Cut.lossy(scene.network(), host(target), LOST_OF_A_HUNDRED));
            case DISK_FULL -> diskFull(kind.label() + whom, scene.node(target));
            case DISK_HANGS -> new HungDisk(kind.label() + whom, scene.node(target), Scene.direct(scene.node(target)));
            case CLOCK_STEPPED -> clockStepped(kind.label() + whom, host(target));
            case PROXY_KILLED ->
                new TwoHalves(
                        kind.label(),
                        scene::killProxy,
                        () -> scene.cluster().proxy().startAgain());
            case PROXY_RELOADED ->
                once(kind.label(), () -> scene.cluster().proxy().reload());
            case STORE_LEADER_KILLED -> leaderKilled(kind.label());
            case STORE_AWAY -> storeAway(kind.label());
            case SWITCHOVER -> once(kind.label() + whom, () -> scene.ha("switchover", "--to", host(target)));
            case PAUSED -> new TwoHalves(kind.label(), () -> scene.ha("pause"), () -> scene.ha("resume"));
        };
    }

    private String host(Target target) {
        return scene.node(target).name();
    }

    private int runtimePort() {
        String address = scene.cluster().proxy().runtimeAddress();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static Fault once(String description, Runnable what) {
        return new TwoHalves(description, what, () -> {});
    }

    private static void kill(LocalNode node) {
        node.serverProcess().postmaster().ifPresent(ProcessHandle::destroyForcibly);
    }

    private Fault agent(String description, LocalNode node, java.util.function.Consumer<LocalNode> end) {
        return new TwoHalves(description, () -> end.accept(node), () -> scene.startAgent(node));
    }

    private Fault hostKilled(String description, LocalNode node) {
        return new TwoHalves(description, () -> scene.killHost(node), () -> scene.startHost(node));
    }

    private Fault hostLost(String description, LocalNode node) {
        Cut cable = Cut.whole(scene.network(), node.name());
        return new TwoHalves(
                description,
                () -> {
                    scene.network().cut(cable);
                    scene.killHost(node);
                },
                () -> {
                    scene.network().mend(cable);
                    scene.startHost(node);
                });
    }

    /** Which processes of a server. */
    private enum ServerPart {
        ALL,
        CHECKPOINTER
    }

    private static Fault stopped(String description, LocalNode node, ServerPart part) {
        List<Long> pids = new CopyOnWriteArrayList<>();
        return new TwoHalves(
                description,
                () -> node.serverProcess().postmaster().ifPresent(postmaster -> {
                    if (part == ServerPart.ALL) {
                        // The one that makes the others first, so that none is missed.
                        Signals.freeze(List.of(postmaster.pid()));
                        pids.add(postmaster.pid());
                    }
                    List<Long> children = postmaster
                            .children()
                            .map(ProcessHandle::pid)
                            .filter(pid ->
                                    part == ServerPart.ALL || Signals.title(pid).contains("checkpointer"))
                            .toList();
                    if (!children.isEmpty()) {
                        Signals.freeze(children);
                        pids.addAll(children);
                    }
                }),
                () -> {
                    if (!pids.isEmpty()) {
                        Signals.thaw(pids);
                    }
                });
    }

    private static Fault agentStopped(String description, LocalNode node) {
        List<Long> pids = new CopyOnWriteArrayList<>();
        return new TwoHalves(
                description,
                () -> node.agentPid().ifPresent(pid -> {
                    pids.add(pid);
                    Signals.freeze(pids);
                }),
                () -> {
                    if (!pids.isEmpty()) {
                        Signals.thaw(pids);
                    }
                });
    }

    private Fault hostStopped(String description, String host) {
        return new TwoHalves(description, () -> scene.stopAll(host), () -> scene.continueAll(host));
    }

    private Fault cut(String description, Cut cut) {
        return new TwoHalves(
                description,
                () -> scene.network().cut(cut),
                () -> scene.network().mend(cut));
    }

    private Fault cutReplication(String description, LocalNode primary) {
        LocalNode standby = scene.cluster().standby();
        List<Cut> cuts = List.of(serverPort(primary, standby.name()), serverPort(standby, primary.name()));
        return new TwoHalves(
                description, () -> cuts.forEach(scene.network()::cut), () -> cuts.forEach(scene.network()::mend));
    }

    private Cut serverPort(LocalNode server, String client) {
        return Cut.ports(
                scene.network(), server.name(), client, List.of(server.server().port()));
    }

    private Fault slow(String description, String host) {
        return new TwoHalves(
                description,
                () -> scene.network().slow(host),
                () -> scene.network().asUsual(host));
    }

    private Fault diskFull(String description, LocalNode node) {
        return new TwoHalves(description, () -> scene.fillDisk(node), () -> scene.freeDisk(node));
    }

    private Fault clockStepped(String description, String host) {
        return new TwoHalves(
                description, () -> scene.stepClock(host, STEP), () -> scene.stepClock(host, Duration.ZERO));
    }

    private Fault leaderKilled(String description) {
        List<Integer> killed = new ArrayList<>();
        return new TwoHalves(
                description,
                () -> scene.cluster().ensemble().leader().ifPresent(leader -> {
                    scene.cluster().ensemble().kill(leader);
                    killed.add(leader);
                }),
                () -> killed.forEach(scene::startVoter));
    }

    private Fault storeAway(String description) {
        Set<Integer> all = Set.of(0, 1, 2);
        return new TwoHalves(
                description, () -> all.forEach(scene.cluster().ensemble()::kill), () -> all.forEach(scene::startVoter));
    }
}
