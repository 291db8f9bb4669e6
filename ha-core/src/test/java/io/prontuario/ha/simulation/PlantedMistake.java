package io.prontuario.ha.simulation;

import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.RecordFormat;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.ServerNames;
import io.prontuario.ha.simulation.Fault.Kind;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.Term;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import io.prontuario.ha.testing.ForwardingClusterStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A rule of the protocol that is broken between the engine and what surrounds it; the engine itself is the production one. */
enum PlantedMistake implements Tampering {
    /** A standby's name leaves the names before the standby has left the record. */
    TAKE_THE_NAME_OUT_FIRST {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                @Override
                public WriteOutcome compareAndSet(
                        Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
                    Set<Copy> before = expected.state().inSync();
                    boolean decertifies = term == null
                            && next.active()
                            && next.primary().node().equals(node)
                            && before.size() > next.inSync().size();
                    if (decertifies) {
                        Set<Copy> left = new TreeSet<>(next.inSync());
                        postgres.setNames(ServerNames.waitingFor(List.copyOf(left)), limit);
                    }
                    return super.compareAndSet(expected, next, term, limit);
                }
            };
        }
    },
    /** A node of the former version writes what it knows of the record, and nothing else. */
    DROP_WHAT_IT_DOES_NOT_KNOW(Kind.ROLLING_UPGRADE, Kind.SERVER_CRASHES) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                @Override
                public WriteOutcome compareAndSet(
                        Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
                    return super.compareAndSet(expected, next.withFormat(RecordFormat.PRESENT), term, limit);
                }
            };
        }
    },
    /** A standby is certified because of the position that it reports. */
    CERTIFY_BY_POSITION {
        @Override
        public Set<ModelPostgres.Guard> guards() {
            return EnumSet.of(ModelPostgres.Guard.SEE_COMMITS_WAIT);
        }
    },
    /** The commit that was seen waiting is taken for the proof. */
    CERTIFY_WITHOUT_THE_SECOND_TOKEN {
        @Override
        List<Fault> faults(long seed) {
            // The canary's backend loses the processor between its flush and its question, in which others are let go
            // by the names as they
            // were before; the standby gets the canary, and later what was let go behind it.
            Chance chance = new Chance(seed);
            List<Fault> faults = new ArrayList<>();
            for (long at = 2_500; at < 30_000; at += 5_500) {
                faults.add(new Fault(at, Kind.CHECKPOINTER_IS_BUSY, 0, 1, 5_000));
                faults.add(new Fault(at, Kind.BACKENDS_ARE_STARVED, 0, 1, 5_000));
                faults.add(new Fault(at + chance.between(0, 500), Kind.SERVER_CRASHES, 1, 0, 200));
                faults.add(new Fault(at + chance.between(0, 500), Kind.SERVER_CRASHES, 2, 0, 200));
                faults.add(new Fault(at + 600, Kind.DISK_IS_SLOW, 1, 0, 4_000));
            }
            return faults;
        }

        @Override
        public Set<ModelPostgres.Guard> guards() {
            return EnumSet.complementOf(EnumSet.of(ModelPostgres.Guard.SECOND_TOKEN));
        }
    },
    /** Names that are shown are taken for obeyed. */
    TAKE_A_RELOAD_FOR_A_PROOF {
        @Override
        public Set<ModelPostgres.Guard> guards() {
            return EnumSet.complementOf(EnumSet.of(ModelPostgres.Guard.SEE_COMMITS_WAIT));
        }
    },
    /** Whoever coordinates takes every standby that runs for certified. */
    NOMINATE_OUTSIDE_THE_SET {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new Reinterpreting(store) {
                @Override
                ClusterState seen(ClusterState state) {
                    if (!state.active() || state.primary().node().equals(node)) {
                        return state;
                    }
                    Set<Copy> all = new TreeSet<>(state.inSync());
                    nodes().values().stream()
                            .map(NodeStatus::data)
                            .filter(data -> data != null && data.runsAs(ServerMode.STANDBY) && data.copy() != null)
                            .forEach(data -> all.add(Objects.requireNonNull(data.copy())));
                    all.remove(state.primary());
                    return state.withInSync(all);
                }
            };
        }
    },
    /** A nominee opens as soon as it is promoted. */
    OPEN_BEFORE_ACTIVATION(Kind.SERVER_CRASHES) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new LateActivation(store);
        }

        @Override
        public FailoverStrategy postgres(ModelPostgres postgres, ClusterStore store) {
            return new ForwardingPostgres(postgres) {
                @Override
                public Outcome promote(ClusterState state, Duration limit) {
                    Outcome promoted = super.promote(state, limit);
                    if (promoted.holds()) {
                        postgres.setNames(ServerNames.none(), limit);
                    }
                    return promoted;
                }
            };
        }
    },
    /** An heir is brought in line as soon as somebody is nominated. */
    REWIND_AN_HEIR_TOO_EARLY(Kind.SERVER_CRASHES) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new Reinterpreting(new LateActivation(store)) {
                @Override
                ClusterState seen(ClusterState state) {
                    boolean heir = !state.active() && !state.primary().node().equals(node);
                    return heir && leadership().isEmpty() ? asActive(state) : state;
                }
            };
        }
    },
    /** A coordinator's writes are not checked against the term. */
    IGNORE_A_DEPOSED_COORDINATOR(Kind.STORE_IS_CUT, Kind.AGENT_STOPS, Kind.SERVER_CRASHES, Kind.STORE_HEARS_ONLY) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                private @Nullable Term last;

                @Override
                public Optional<Term> leadership() {
                    last = super.leadership().orElse(last);
                    return Optional.ofNullable(last);
                }

                @Override
                public WriteOutcome compareAndSet(
                        Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
                    return super.compareAndSet(expected, next, null, limit);
                }
            };
        }
    },
    /** A write that was not answered is taken for done. */
    FORGET_TO_READ_AGAIN_AFTER_A_LOST_REPLY(
            Kind.STORE_IS_SLOW, Kind.STORE_IS_AWAY, Kind.SERVER_CRASHES, Kind.SERVER_HANGS) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                @Override
                public WriteOutcome compareAndSet(
                        Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
                    WriteOutcome outcome = super.compareAndSet(expected, next, term, limit);
                    return outcome == WriteOutcome.UNKNOWN ? WriteOutcome.DONE : outcome;
                }
            };
        }
    },
    /** The target of a switchover is nominated while the former primary still runs. */
    NOMINATE_BEFORE_THE_OLD_ONE_STOPPED(Kind.SWITCHOVER) {
        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                @Override
                public Map<NodeName, NodeStatus> nodes() {
                    Map<NodeName, NodeStatus> all = new TreeMap<>(super.nodes());
                    lastSeen()
                            .map(Versioned::state)
                            .filter(state -> state.switchingTo().isPresent())
                            .map(state -> state.primary().node())
                            .ifPresent(primary -> all.computeIfPresent(primary, (name, status) -> stopped(status)));
                    return all;
                }
            };
        }
    },
    /** What a node has obeyed before it does not remember. */
    OBEY_AN_OLDER_EPOCH {
        @Override
        List<Fault> faults(long seed) {
            // Somebody takes over while a node is away, and it comes back to a store that does not know of it.
            Chance chance = new Chance(seed);
            return List.of(
                    new Fault(3_000, Kind.NODE_IS_LOST, 0, 1, chance.between(6_000, 10_000)),
                    new Fault(chance.between(7_500, 8_500), Kind.STORE_IS_ROLLED_BACK, 0, 1, 8_000));
        }

        @Override
        public Machine.Memory memory(Machine.Memory memory) {
            return new Machine.Memory() {
                @Override
                public @Nullable NodeMemory remembered() {
                    return null;
                }

                @Override
                public void remember(ClusterState state) {
                    memory.remember(state);
                }
            };
        }
    },
    /** Before a server is started or its data touched the record is not read again. */
    ACT_ON_A_STALE_VIEW {
        @Override
        List<Fault> faults(long seed) {
            // A certificate is on its way to the store when whoever sent it is killed; its successor reads the record,
            // and sets the names
            // by it, before the certificate lands.
            Chance chance = new Chance(seed);
            List<Fault> faults = new ArrayList<>();
            for (long at = 2_500; at < 30_000; at += 6_500) {
                faults.add(new Fault(at, Kind.SERVER_CRASHES, 1, 0, 200));
                faults.add(new Fault(at + 450, Kind.STORE_IS_SLOW, 0, 1, 300));
                faults.add(new Fault(at + chance.between(550, 1_000), Kind.AGENT_IS_KILLED, 0, 1, 100));
            }
            return faults;
        }

        @Override
        public ClusterStore store(NodeName node, ClusterStore store, ModelPostgres postgres) {
            return new ForwardingClusterStore(store) {
                @Override
                public Optional<Versioned> read(Duration limit) {
                    return lastSeen();
                }

                @Override
                public WriteOutcome compareAndSet(
                        Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
                    // Written again as it was, to see that it still is: left out as well.
                    return next.equals(expected.state())
                            ? WriteOutcome.DONE
                            : super.compareAndSet(expected, next, term, limit);
                }
            };
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // List.of() is
    private final List<Kind> provokedBy;

    /** @param provokedBy what brings it to light; anything when nothing is said */
    PlantedMistake(Kind... provokedBy) {
        this.provokedBy = provokedBy.length == 0 ? List.of(Kind.values()) : List.of(provokedBy);
    }

    /** Faults that have something to do with it. */
    List<Fault> faults(long seed) {
        Chance chance = new Chance(seed);
        return Fault.draw(chance, 3).stream()
                .map(fault -> new Fault(
                        fault.atMillis(), chance.oneOf(provokedBy), fault.node(), fault.other(), fault.lastsMillis()))
                .toList();
    }

    private static NodeStatus stopped(NodeStatus status) {
        DataStatus data = status.data();
        return data == null ? status : status.withData(data.withCondition(ServerCondition.DOWN, 1));
    }

    private static ClusterState asActive(ClusterState state) {
        return new ClusterState(
                state.clusterId(),
                state.systemIdentifier(),
                state.epoch(),
                state.transitionId(),
                state.timeline(),
                state.primary(),
                true,
                Set.of(),
                List.of(),
                state.durability(),
                state.strictMinimum(),
                state.paused(),
                state.pauseEnd(),
                null);
    }

    /** A store that for a while does not take a nominee's activation, so that there is a time in which mistakes before it matter. */
    private static final class LateActivation extends ForwardingClusterStore {
        private static final int TIMES = 20;

        private int unanswered;

        LateActivation(ClusterStore store) {
            super(store);
        }

        @Override
        public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
            boolean activates = next.active() && !expected.state().active();
            return activates && unanswered++ < TIMES
                    ? WriteOutcome.UNKNOWN
                    : super.compareAndSet(expected, next, term, limit);
        }
    }

    /** A store whose record is taken for something else. */
    private abstract static class Reinterpreting extends ForwardingClusterStore {
        Reinterpreting(ClusterStore store) {
            super(store);
        }

        private @Nullable Versioned truth;

        abstract ClusterState seen(ClusterState state);

        private Versioned seen(Versioned read) {
            truth = read;
            return new Versioned(seen(read.state()), read.version(), read.incarnation(), read.writeId());
        }

        @Override
        public Optional<Versioned> lastSeen() {
            return super.lastSeen().map(this::seen);
        }

        @Override
        public Optional<Versioned> read(Duration limit) {
            return super.read(limit).map(this::seen);
        }

        /** Who writes what he has read as it is, does so: it is the reading that is mistaken. */
        @Override
        public WriteOutcome compareAndSet(Versioned expected, ClusterState next, @Nullable Term term, Duration limit) {
            Versioned last = truth;
            boolean asItIs = last != null && last.version() == expected.version() && next.equals(expected.state());
            return super.compareAndSet(expected, asItIs ? last.state() : next, term, limit);
        }
    }
}
