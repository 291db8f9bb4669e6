package io.prontuario.ha.examples.faults;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is done to a cluster. */
enum FaultKind {
    /** {@code kill -9} of the postmaster. */
    SERVER_KILLED(Target.PRIMARY, Target.STANDBY),
    /** {@code kill -9} of the agent; it is started again at the end. */
    AGENT_KILLED(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** SIGTERM of the agent; it is started again at the end. */
    AGENT_LEFT(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** {@code kill -9} of everything on a host, its ZooKeeper server too; connections are closed by the kernel. */
    HOST_KILLED(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** The same, and no connection is closed: first its cable is pulled. */
    HOST_LOST(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** SIGSTOP of the server and SIGCONT at the end. */
    SERVER_STOPPED(Target.PRIMARY, Target.STANDBY),
    /** SIGSTOP of the agent. */
    AGENT_STOPPED(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** SIGSTOP of everything on a host. */
    HOST_STOPPED(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** SIGSTOP of a server's checkpointer alone: new settings are shown and not obeyed. */
    CHECKPOINTER_STOPPED(Target.PRIMARY),
    /** The host is cut off from all others. */
    CUT_WHOLE(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** It receives nothing. */
    CUT_INCOMING(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** What it sends does not arrive. */
    CUT_OUTGOING(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** Its agent and its ZooKeeper server reach no ZooKeeper server. */
    CUT_STORE(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** The primary's server and the standby's do not reach each other. */
    CUT_REPLICATION(Target.PRIMARY),
    /** The two data nodes' hosts do not reach each other. */
    CUT_PEER(Target.PRIMARY),
    /** The proxy does not reach the host. */
    CUT_PROXY(Target.PRIMARY, Target.STANDBY),
    /** Nobody reaches the proxy's runtime API. */
    CUT_RUNTIME_API(Target.CLUSTER),
    /** What the host sends is late or comes a little at a time. */
    SLOW_LINK(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** A part of what it is sent is lost. */
    LOSSY_LINK(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** Nothing can be written on its disk. */
    DISK_FULL(Target.PRIMARY, Target.STANDBY),
    /** A flush of its log does not come back; questions are answered. */
    DISK_HANGS(Target.PRIMARY, Target.STANDBY),
    /** Its agent's wall clock is stepped an hour forwards, and back at the end. */
    CLOCK_STEPPED(Target.PRIMARY, Target.STANDBY, Target.WITNESS),
    /** {@code kill -9} of HAProxy; it is started again at the end. */
    PROXY_KILLED(Target.CLUSTER),
    /** HAProxy is reloaded. */
    PROXY_RELOADED(Target.CLUSTER),
    /** {@code kill -9} of the ZooKeeper server that leads. */
    STORE_LEADER_KILLED(Target.CLUSTER),
    /** {@code kill -9} of all ZooKeeper servers. */
    STORE_AWAY(Target.CLUSTER),
    /** A person asks for a switchover to the standby. */
    SWITCHOVER(Target.STANDBY),
    /** A person pauses the cluster and resumes it at the end. */
    PAUSED(Target.CLUSTER);

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<Target> targets;

    FaultKind(Target... targets) {
        this.targets = List.of(targets);
    }

    /** Whom it may be about. */
    List<Target> targets() {
        return targets;
    }

    /** Its name on the command line and in reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<FaultKind> of(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label))
                .findFirst();
    }
}
