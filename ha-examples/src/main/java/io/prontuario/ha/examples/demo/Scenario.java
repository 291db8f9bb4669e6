package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Something bad that happens to a node of the cluster. */
public enum Scenario {
    /** The primary's postmaster is killed; its agent lives. */
    SERVER_KILLED("server-killed", "kill -9 of the primary's server; its agent lives", true) {
        @Override
        String inject(LocalNode primary, LocalNode standby) {
            long pid = primary.serverProcess().killPostmaster();
            awaitGone(pid);
            return "server of " + primary.name() + " (process " + pid + ") is gone";
        }
    },
    /** The primary's machine: postmaster, its children and the agent at once. */
    NODE_KILLED("node-killed", "kill -9 of the primary's server and agent together", true) {
        @Override
        String inject(LocalNode primary, LocalNode standby) {
            long pid = primary.serverProcess()
                    .postmaster()
                    .map(ProcessHandle::pid)
                    .orElseThrow(() -> new IllegalStateException("no server runs on " + primary.name()));
            primary.killAgent();
            primary.serverProcess().kill();
            awaitGone(pid);
            return "server of " + primary.name() + " (process " + pid + ") and its agent are gone";
        }

        @Override
        void restore(LocalCluster cluster, LocalNode broken) {
            broken.start();
        }
    },
    /** The standby's postmaster is killed; its agent lives. */
    STANDBY_KILLED("standby-killed", "kill -9 of the standby's server; its agent lives", false) {
        @Override
        String inject(LocalNode primary, LocalNode standby) {
            long pid = standby.serverProcess().killPostmaster();
            awaitGone(pid);
            return "server of " + standby.name() + " (process " + pid + ") is gone";
        }
    };

    private final String label;
    private final String story;
    private final boolean takeover;

    Scenario(String label, String story, boolean takeover) {
        this.label = label;
        this.story = story;
        this.takeover = takeover;
    }

    /** Its name on the command line and in reports. */
    public String label() {
        return label;
    }

    /** What happens, for people. */
    public String story() {
        return story;
    }

    /** Whether another node must take over. */
    boolean takeover() {
        return takeover;
    }

    /** Does it, sees that it has happened, and says so. */
    abstract String inject(LocalNode primary, LocalNode standby);

    /** Gives back what does not come back by itself: a machine that is switched on again. */
    void restore(LocalCluster cluster, LocalNode broken) {}

    /** The scenario of that name. */
    public static Optional<Scenario> of(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label.equals(label))
                .findFirst();
    }

    private static void awaitGone(long pid) {
        Waiting.until(
                Duration.ofSeconds(5),
                "process " + pid + " is gone",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Override
    public String toString() {
        return label;
    }
}
