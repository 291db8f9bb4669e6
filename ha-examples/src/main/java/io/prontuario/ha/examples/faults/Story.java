package io.prontuario.ha.examples.faults;

import io.prontuario.ha.examples.demo.Fault;
import io.prontuario.ha.examples.local.LocalNode;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Faults that meet in a fixed order, and what has to come of them: those rows of docs/failure-modes.md about networks, and about two faults at
 * once, that need several hosts. For a cluster of two data nodes. That nothing is lost, nothing doubly acknowledged, and all well again by
 * itself is looked at after each, as after every round.
 */
enum Story {
    /** The primary reaches the store and hears nobody else, and nobody hears it. */
    PRIMARY_WITH_STORE_ONLY {
        @Override
        String play(Stage stage) {
            stage.begin(Cut.whole(stage.scene().network(), host(stage))
                    .but(stage.scene().storePorts()));
            return tookOver(stage);
        }
    },
    /** The same, but what it sends arrives. */
    PRIMARY_WITH_STORE_ONLY_DEAF {
        @Override
        String play(Stage stage) {
            stage.begin(Cut.deaf(stage.scene().network(), host(stage))
                    .but(stage.scene().storePorts()));
            return tookOver(stage);
        }
    },
    /** The same, but it hears the others. */
    PRIMARY_WITH_STORE_ONLY_MUTE {
        @Override
        String play(Stage stage) {
            stage.begin(Cut.mute(stage.scene().network(), host(stage))
                    .but(stage.scene().storePorts()));
            return tookOver(stage);
        }
    },
    /** The primary reaches the store and the proxy, and neither of the other nodes. */
    PRIMARY_WITH_STORE_AND_PROXY {
        @Override
        String play(Stage stage) {
            Network network = stage.scene().network();
            List<Integer> store = stage.scene().storePorts();
            stage.begin(
                    Cut.between(network, host(stage), stage.standby().name()).but(store));
            stage.begin(Cut.between(
                            network,
                            host(stage),
                            stage.scene().node(Target.WITNESS).name())
                    .but(store));
            return tookOver(stage);
        }
    },
    /** No other host reaches the primary's server, as behind a firewall that somebody has changed; its agent and its host are reached. */
    PRIMARYS_SERVER_UNREACHED {
        @Override
        String play(Stage stage) {
            stage.begin(Cut.fromOthers(
                    stage.scene().network(),
                    host(stage),
                    List.of(stage.primary().server().port())));
            return tookOver(stage);
        }
    },
    /** The standby's host is lost while nobody else reaches the primary. */
    STANDBY_LOST_AND_PRIMARY_UNSEEN {
        @Override
        String play(Stage stage) {
            Network network = stage.scene().network();
            Fault unseen = stage.begin(Cut.between(
                            network,
                            host(stage),
                            stage.scene().node(Target.WITNESS).name())
                    .but(stage.scene().storePorts()));
            stage.begin(FaultKind.HOST_LOST, Target.STANDBY);
            stage.untilReason(stage.primary(), "no other node has just reached this server");
            stage.noWriteIsAcknowledgedForAWhile();
            stage.theRecordIsAsBefore();
            stage.end(unseen);
            Duration stall = stage.untilWritesGoOn();
            stage.untilTheStandbyIsTakenOut();
            return "writes went on " + millis(stall) + " after the witness reached the primary again";
        }
    },
    /** Whoever coordinates is lost, with nothing under way. */
    COORDINATOR_LOST {
        @Override
        String play(Stage stage) {
            Target coordinator = coordinator(stage);
            LocalNode lost = stage.scene().node(coordinator);
            stage.begin(FaultKind.AGENT_KILLED, coordinator);
            Duration took = stage.until(
                    "another than " + lost.name() + " coordinates",
                    () -> stage.scene().nodes().stream().anyMatch(node -> node != lost && node.coordinates()));
            stage.untilWritesGoOn();
            stage.theRecordIsAsBefore();
            return "another coordinated after " + millis(took);
        }
    },
    /** The same, and the primary's server dies before another coordinates. */
    COORDINATOR_AND_PRIMARYS_SERVER_LOST {
        @Override
        String play(Stage stage) {
            stage.begin(FaultKind.AGENT_KILLED, coordinator(stage));
            stage.killServer(stage.primary());
            return "writes went on after " + millis(stage.untilWritesGoOn());
        }
    },
    /** No ZooKeeper server is left, and the standby's server dies. */
    STORE_AND_STANDBYS_SERVER_LOST {
        @Override
        String play(Stage stage) {
            Fault away = stage.begin(FaultKind.STORE_AWAY, Target.CLUSTER);
            stage.untilSaid(stage.primary(), "the store is not reached");
            stage.untilSaid(stage.standby(), "the store is not reached");
            stage.killServer(stage.standby());
            stage.noWriteIsAcknowledgedForAWhile();
            stage.until("/primary is closed", () -> !stage.primary().servesAsPrimary());
            Stage.mustBe(
                    stage.standby().serverProcess().postmaster().isEmpty(),
                    "the standby's server was started without the store");
            stage.end(away);
            Duration stall = stage.untilWritesGoOn();
            stage.thePrimaryIsAsBefore();
            return "writes went on " + millis(stall) + " after the store was started";
        }
    },
    /** The primary's agent is killed, and the standby's server dies before anybody has taken over. */
    AGENT_AND_STANDBYS_SERVER_LOST {
        @Override
        String play(Stage stage) {
            stage.begin(FaultKind.AGENT_KILLED, Target.PRIMARY);
            stage.killServer(stage.standby());
            return tookOver(stage);
        }
    },
    /** The primary's agent is killed, and the standby's host is lost with it. */
    AGENT_AND_STANDBY_LOST {
        @Override
        String play(Stage stage) {
            Fault agent = stage.begin(FaultKind.AGENT_KILLED, Target.PRIMARY);
            stage.begin(FaultKind.HOST_LOST, Target.STANDBY);
            stage.noWriteIsAcknowledgedForAWhile();
            stage.theRecordIsAsBefore();
            stage.end(agent);
            Duration stall = stage.untilWritesGoOn();
            stage.untilTheStandbyIsTakenOut();
            return "writes went on " + millis(stall) + " after the agent was started";
        }
    },
    /** The primary's agent has left in order, and a flush of its server's log does not come back. */
    AGENT_LEFT_AND_DISK_HANGS {
        @Override
        String play(Stage stage) {
            Fault left = stage.begin(FaultKind.AGENT_LEFT, Target.PRIMARY);
            stage.begin(FaultKind.DISK_HANGS, Target.PRIMARY);
            stage.noWriteIsAcknowledgedForAWhile();
            stage.theRecordIsAsBefore();
            stage.end(left);
            return "after the agent was started " + tookOver(stage);
        }
    },
    /** The hosts of the witness and the standby are lost, and with them the majority of the store. */
    WITNESS_AND_STANDBY_LOST {
        @Override
        String play(Stage stage) {
            Fault witness = stage.begin(FaultKind.HOST_LOST, Target.WITNESS);
            stage.begin(FaultKind.HOST_LOST, Target.STANDBY);
            stage.noWriteIsAcknowledgedForAWhile();
            stage.until("/primary is closed", () -> !stage.primary().servesAsPrimary());
            stage.end(witness);
            Duration stall = stage.untilWritesGoOn();
            stage.untilTheStandbyIsTakenOut();
            return "writes went on " + millis(stall) + " after the witness was started";
        }
    },
    /** Both data nodes' hosts lose power, and only that of the certified standby comes back. */
    POWER_CUT_AND_STANDBY_BACK {
        @Override
        String play(Stage stage) {
            // First the majority of the store, so that nothing is decided between the two.
            Set.of(0, 1).forEach(stage.scene().cluster().ensemble()::kill);
            stage.begin(FaultKind.HOST_KILLED, Target.PRIMARY);
            Fault standby = stage.begin(FaultKind.HOST_KILLED, Target.STANDBY);
            stage.end(standby);
            return "after its host was started " + tookOver(stage);
        }
    },
    /** The same when the standby was not certified any more: it waits for the primary's host. */
    POWER_CUT_AND_UNCERTIFIED_STANDBY_BACK {
        @Override
        String play(Stage stage) {
            Fault standby = stage.begin(FaultKind.HOST_KILLED, Target.STANDBY);
            stage.untilTheStandbyIsTakenOut();
            Fault primary = stage.begin(FaultKind.HOST_KILLED, Target.PRIMARY);
            stage.end(standby);
            stage.untilSaid("no standby is certified");
            stage.noWriteIsAcknowledgedForAWhile();
            stage.thePrimaryIsAsBefore();
            stage.end(primary);
            Duration stall = stage.untilWritesGoOn();
            stage.thePrimaryIsAsBefore();
            return "writes went on " + millis(stall) + " after the primary's host was started";
        }
    };

    /**
     * Does it and sees what comes of it; answers that as half a sentence.
     *
     * @throws IllegalStateException when it is something else than is to come
     */
    abstract String play(Stage stage);

    /** Its name on the command line and in reports. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Story> of(String label) {
        return Arrays.stream(values())
                .filter(story -> story.label().equals(label))
                .findFirst();
    }

    private static String host(Stage stage) {
        return stage.primary().name();
    }

    private static String tookOver(Stage stage) {
        return stage.standby().name() + " took over within " + millis(stage.untilTheStandbyTakesOver());
    }

    private static Target coordinator(Stage stage) {
        stage.until(
                "a node other than the primary's coordinates",
                () -> stage.part(LocalNode::coordinates) != Target.PRIMARY);
        return stage.part(LocalNode::coordinates);
    }

    private static String millis(Duration time) {
        return time.toMillis() + " ms";
    }
}
