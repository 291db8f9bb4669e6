package io.prontuario.ha.examples.demo;

import io.prontuario.ha.examples.local.LocalCluster;
import io.prontuario.ha.examples.local.LocalNode;
import io.prontuario.ha.examples.local.Signals;
import io.prontuario.ha.examples.local.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Something bad that happens to a node of the cluster. */
public enum Scenario implements Trial {
    /** The primary's postmaster is killed; its agent lives. */
    SERVER_KILLED("server-killed", "kill -9 of the primary's server; its agent lives", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return killServer(cluster.primary());
        }
    },
    /** The primary's machine: postmaster, its children and the agent at once. */
    NODE_KILLED("node-killed", "kill -9 of the primary's server and agent together", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return killNode(cluster.primary());
        }
    },
    /** The primary's machine stops and wakes up later, when another one has taken over. */
    NODE_FROZEN(
            "node-frozen",
            "kill -STOP of the primary's server and agent; they wake up when another has taken over",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return freezeNode(cluster.primary());
        }
    },
    /** The primary's machine, and on it the ZooKeeper server that leads: it falls silent without closing a connection. */
    HOST_LOST("host-lost", "kill -9 of the primary's server and agent while the ZooKeeper leader falls silent", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            int leader = cluster.ensemble()
                    .leader()
                    .orElseThrow(() -> new IllegalStateException("no ZooKeeper server leads at this moment"));
            Fault node = killNode(cluster.primary());
            return new Fault() {
                @Override
                public String description() {
                    return node.description() + "; ZooKeeper server " + (leader + 1) + ", the leader, falls silent";
                }

                @Override
                public void inject() {
                    cluster.ensemble().freeze(leader);
                    node.inject();
                }

                @Override
                public void restore() {
                    cluster.ensemble().thaw(leader);
                    node.restore();
                }
            };
        }
    },
    /** Nothing breaks: a person asks for it. */
    SWITCHOVER("switchover", "ha switchover --to the standby: planned, nothing may be lost", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            LocalNode target = cluster.standby();
            return new Fault() {
                @Override
                public String description() {
                    return "ha switchover --to " + target.name();
                }

                @Override
                public void inject() {
                    cluster.switchover(target);
                }
            };
        }

        @Override
        public int mostReconnects() {
            return 1;
        }
    },
    /** The primary's server stops without dying, under an agent that lives. */
    SERVER_HUNG("server-hung", "kill -STOP of the primary's server; it goes on when another has taken over", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new HungServer(cluster.primary());
        }
    },
    /** The primary's agent is killed; its server lives. */
    AGENT_KILLED("agent-killed", "kill -9 of the primary's agent; its server lives", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new KilledAgent(cluster.primary());
        }
    },
    /** The primary's agent is ended in order, as by an update of the application that it lives in. */
    AGENT_STOPPED("agent-stopped", "SIGTERM of the primary's agent; its server goes on and nobody takes over", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new StoppedAgent(cluster.primary());
        }
    },
    /** The primary's server dies while its agent is away in order: nobody is there to see it from nearby. */
    AGENT_STOPPED_SERVER_KILLED(
            "agent-stopped-server-killed", "SIGTERM of the primary's agent, later kill -9 of its server", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new LeftAndKilled(cluster.primary());
        }
    },
    /** No ZooKeeper server is left for a while; the pair is healthy. */
    STORE_AWAY("store-away", "kill -9 of all ZooKeeper servers; the pair is healthy and goes on", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new LostStore(cluster, LostStore.USUAL);
        }

        @Override
        public int mostReconnects() {
            return 0;
        }
    },
    /** The primary's agent has no session for a while, and its server serves. */
    PRIMARY_WITHOUT_STORE(
            "primary-without-store", "the primary's node is cut off from ZooKeeper alone: it goes on", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new WithoutStore(cluster, cluster.primary(), false);
        }

        @Override
        public boolean cutsWaysToTheStore() {
            return true;
        }
    },
    /** The standby's agent has no session for a while, and its server streams. */
    STANDBY_WITHOUT_STORE(
            "standby-without-store", "the standby's node is cut off from ZooKeeper alone: writes go on", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new WithoutStore(cluster, cluster.standby(), false);
        }

        @Override
        public boolean cutsWaysToTheStore() {
            return true;
        }
    },
    /** The witness, which coordinates as a rule, has no session for a while. */
    WITNESS_WITHOUT_STORE(
            "witness-without-store", "the witness is cut off from ZooKeeper alone: another coordinates", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new WithoutStore(cluster, cluster.witness(), false);
        }

        @Override
        public boolean cutsWaysToTheStore() {
            return true;
        }
    },
    /** The primary's server dies while its agent can tell nobody through the store. */
    WITHOUT_STORE_SERVER_KILLED(
            "without-store-server-killed",
            "the primary's node is cut off from ZooKeeper, later kill -9 of its server",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new WithoutStore(cluster, cluster.primary(), true);
        }

        @Override
        public boolean cutsWaysToTheStore() {
            return true;
        }
    },
    /** The primary's server dies while nobody else is certified: only it can go on. */
    ALONE_KILLED(
            "alone-killed", "kill -9 of the primary's server when the standby's machine has been lost before", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new KilledAlone(cluster);
        }
    },
    /** Both machines at once, and the former primary's comes back first. */
    POWER_CYCLE("power-cycle", "both machines are switched off and on, the primary's first", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new PowerCut(cluster, true, false);
        }

        @Override
        public boolean primaryMayStay() {
            return true;
        }
    },
    /** Both machines at once, and the former standby's comes back first. */
    POWER_CYCLE_STANDBY_FIRST(
            "power-cycle-standby-first", "both machines are switched off and on, the standby's first", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new PowerCut(cluster, false, false);
        }
    },
    /** Both machines while the standby is nominated and not active, and the former primary's comes back first. */
    POWER_CYCLE_MIDWAY(
            "power-cycle-midway",
            "both machines are switched off and on in the middle of a takeover, the former primary's first",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new PowerCut(cluster, true, true);
        }
    },
    /** Both machines while the standby is nominated and not active, and the nominee's comes back first. */
    POWER_CYCLE_NOMINEE_FIRST(
            "power-cycle-nominee-first",
            "both machines are switched off and on in the middle of a takeover, the nominee's first",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new PowerCut(cluster, false, true);
        }
    },
    /** The nominee ends whenever it is promoted; the former primary is taken back. */
    NOMINEE_CANNOT(
            "nominee-cannot", "kill -9 of the primary's server, and the nominee ends whenever it is promoted", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new NomineeThatCannot(cluster);
        }
    },
    /** The standby's server stops without dying; it goes on when writes do. */
    STANDBY_HUNG("standby-hung", "kill -STOP of the standby's server; it goes on when writes go on without it", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new HungServer(cluster.standby());
        }
    },
    /** The standby's postmaster is killed; its agent lives. */
    STANDBY_KILLED("standby-killed", "kill -9 of the standby's server; its agent lives", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return killServer(cluster.standby());
        }
    },
    /** The standby's machine stops without closing a connection, and wakes up later. */
    STANDBY_FROZEN(
            "standby-frozen",
            "kill -STOP of the standby's server and agent; they wake up when writes go on without them",
            false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return freezeNode(cluster.standby());
        }
    },
    /** Nothing breaks: a person asks for it, and nobody waits for the standby meanwhile. */
    STANDBY_RESTARTED("standby-restarted", "ha restart of the standby: no commit waits for it meanwhile", false) {
        @Override
        public Fault arm(LocalCluster cluster) {
            LocalNode standby = cluster.standby();
            return new Fault() {
                @Override
                public String description() {
                    return "ha restart " + standby.name();
                }

                @Override
                public void inject() {
                    cluster.restart(standby);
                }
            };
        }

        @Override
        public int mostReconnects() {
            return 0;
        }
    },
    /** One after the other of three data nodes. */
    THREE_NODES(
            "three-nodes",
            "of three data nodes the primary's is lost, and before it is back the one that has taken over",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new TwoLosses(cluster);
        }

        @Override
        public int dataNodes() {
            return 3;
        }
    },
    /** The primary's agent alone, of three data nodes: the other standby's stream goes on, from a server that is not the primary any more. */
    THREE_NODES_AGENT_KILLED(
            "three-nodes-agent-killed",
            "kill -9 of the primary's agent, with three data nodes; its server lives, and the other standby streams from it",
            true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new KilledAgent(cluster.primary());
        }

        @Override
        public int dataNodes() {
            return 3;
        }
    },
    /** Planned, with three data nodes: the other standby has to leave the former primary. */
    THREE_NODES_SWITCHOVER("three-nodes-switchover", "ha switchover --to a standby, with another one beside it", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return SWITCHOVER.arm(cluster);
        }

        @Override
        public int mostReconnects() {
            return 1;
        }

        @Override
        public int dataNodes() {
            return 3;
        }
    },
    /** Both machines for good: the reduced service in the cloud, and the way back. */
    EMERGENCY("emergency", "both machines are lost, the cloud serves; they come back and clients are led home", true) {
        @Override
        public Fault arm(LocalCluster cluster) {
            return new SiteLost(cluster);
        }

        @Override
        public boolean primaryMayStay() {
            return true;
        }

        @Override
        public boolean wakesTheCloud() {
            return true;
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

    @Override
    public String label() {
        return label;
    }

    @Override
    public String story() {
        return story;
    }

    @Override
    public boolean takeover() {
        return takeover;
    }

    /** The scenario of that name. */
    public static Optional<Scenario> of(String label) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.label.equals(label))
                .findFirst();
    }

    private static Fault killServer(LocalNode node) {
        return killing(
                node,
                "kill -9 of the server of " + node.name(),
                () -> node.serverProcess().killPostmaster(),
                () -> {});
    }

    private static Fault killNode(LocalNode node) {
        return killing(
                node,
                "kill -9 of the agent and the server of " + node.name(),
                () -> {
                    node.killAgent();
                    node.serverProcess().kill();
                },
                node::start);
    }

    private static Fault freezeNode(LocalNode node) {
        ProcessHandle server = node.serverProcess()
                .postmaster()
                .orElseThrow(() -> new IllegalStateException("no server runs on " + node.name()));
        List<Long> pids = new ArrayList<>();
        node.agentPid().ifPresent(pids::add);
        pids.add(server.pid());
        return new Fault() {
            @Override
            public String description() {
                return "kill -STOP of the agent and the server of " + node.name() + " (processes " + pids
                        + " and theirs)";
            }

            @Override
            public void inject() {
                server.children().map(ProcessHandle::pid).forEach(pids::add);
                Signals.freeze(pids);
                Waiting.until(
                        Duration.ofSeconds(5),
                        "process " + server.pid() + " is stopped",
                        () -> Signals.frozen(server.pid()));
            }

            @Override
            public void restore() {
                Signals.thaw(pids);
            }
        };
    }

    private static Fault killing(LocalNode node, String what, Runnable kill, Runnable restore) {
        long pid = node.serverProcess()
                .postmaster()
                .map(ProcessHandle::pid)
                .orElseThrow(() -> new IllegalStateException("no server runs on " + node.name()));
        return new Fault() {
            @Override
            public String description() {
                return what + " (process " + pid + ")";
            }

            @Override
            public void inject() {
                kill.run();
                awaitGone(pid);
            }

            @Override
            public void restore() {
                restore.run();
            }
        };
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
