package io.prontuario.ha.simulation;

import io.prontuario.ha.decide.FencedPolicy;
import io.prontuario.ha.decide.StandardPolicy;
import io.prontuario.ha.engine.EmergencySettings;
import io.prontuario.ha.engine.Engine;
import io.prontuario.ha.engine.EngineSettings;
import io.prontuario.ha.engine.Machine;
import io.prontuario.ha.model.ClusterView;
import io.prontuario.ha.model.DataSize;
import io.prontuario.ha.model.Limits;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeName;
import io.prontuario.ha.model.NodeRole;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.HaEvent;
import io.prontuario.ha.spi.Versioned;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One node: what outlives its agent, and the agent's engine while there is one. */
final class SimulatedNode {
    /** Longer than a pooled client waits between two rows. */
    private static final long ANSWERED = 1_000_000_000;

    /** Of what is not counted in bytes here but in entries. */
    private static final DataSize MAX_LAG = new DataSize(100);

    private static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final World world;
    private final NodeName name;
    private final NodeRole role;
    private final DurableMemory memory = new DurableMemory();
    private @Nullable Life process;
    private @Nullable Engine engine;
    private @Nullable StoreClient store;
    private @Nullable ModelPostgres postgres;
    private @Nullable ModelPool pool;
    private long wallStepMillis;
    private int lives;
    private LibraryVersion version = LibraryVersion.FORMER;
    private boolean closing;
    /** It is to be started again as soon as it has closed. */
    private boolean again;

    SimulatedNode(World world, NodeName name, NodeRole role) {
        this.world = world;
        this.name = name;
        this.role = role;
    }

    NodeName name() {
        return name;
    }

    boolean alive() {
        return process != null;
    }

    @Nullable
    StoreClient store() {
        return store;
    }

    @Nullable
    Life process() {
        return process;
    }

    @Nullable
    ModelPostgres postgres() {
        return postgres;
    }

    /** What its agent saw when it last looked; null when it has not. */
    @Nullable
    ClusterView view() {
        return engine == null ? null : engine.view();
    }

    @Nullable
    NodeMemory remembered() {
        return memory.remembered();
    }

    /** The clock on the wall jumps; durations do not. */
    void stepWallClock(long millis) {
        wallStepMillis += millis;
    }

    /** Whether its agent is at work and has seen this record. */
    boolean knows(Versioned record) {
        return process != null
                && process.stoppedUntil() <= world.time().now()
                && store != null
                && store.lastSeen()
                        .filter(seen -> seen.version() == record.version())
                        .isPresent();
    }

    /** Started with the later version of the library, now or as soon as it has closed. */
    void startLater() {
        version = LibraryVersion.later(world::nobodyFormerIsAtWork);
        if (runsFormer()) {
            // It was away when its turn to be closed came, and is back since.
            close();
        }
        start();
    }

    /** Whether its agent is at work and of the former version. */
    boolean runsFormer() {
        return store != null && !store.version().isLater();
    }

    void start() {
        if (process != null) {
            again = closing;
            return;
        }
        VirtualTime time = world.time();
        Life mine = new Life("agent of " + name + (lives++ == 0 ? "" : ", life " + lives));
        StoreClient client = new StoreClient(
                time, world.network(), world.store(), mine, name, Limits.DEFAULT.sessionTime(), version);
        ModelPostgres hands = new ModelPostgres(
                time,
                world.network(),
                world.chance(),
                mine,
                name,
                world.servers(),
                world.tampering().guards());
        Machine.Memory remembering = world.tampering().memory(memory);
        SimulatedMachine machine = new SimulatedMachine(
                time,
                mine,
                world.chance(),
                remembering,
                memory.auditHead(),
                new SimulatedSwitchboard(time, world.network(), world.directory(), name, mine),
                world.chance().between(990, 1010),
                new Calm(this, time)::isSo);
        ClusterStore seen = world.tampering().store(name, client, hands);
        List<FailoverStrategy> strategies = new ArrayList<>(List.of(
                world.tampering().postgres(hands, seen),
                new ModelProxy(time, world.network(), world.chance(), name, world.routing())));
        pool = world.setting().pools() ? new ModelPool(world, mine, name) : null;
        Optional.ofNullable(pool).ifPresent(strategies::add);
        EngineSettings settings = new EngineSettings(
                World.CLUSTER,
                name,
                role,
                seen,
                strategies,
                world.setting().fencer() ? view -> FencedPolicy.decide(view, MAX_LAG) : StandardPolicy::decide,
                Limits.DEFAULT,
                EmergencySettings.DEFAULT,
                InetSocketAddress.createUnresolved(name.value(), 0),
                Path.of(name.value()),
                List.of(this::told),
                List.of(),
                List.of(),
                Collections::emptyMap,
                machine.ticker(),
                () -> ORIGIN.plusNanos(time.now()).plusMillis(wallStepMillis),
                machine);
        Engine made = new Engine(
                world.setting().fencer()
                        ? settings.withFencer(new ModelFencer(time, world.chance(), world::switchOff))
                        : settings);
        process = mine;
        engine = made;
        store = client;
        postgres = hands;
        made.start();
    }

    private void told(HaEvent event) {
        if (world.trace().wanted()) {
            world.trace().add(world.time().now(), name.value(), event.kind() + " " + event.message());
        }
    }

    /** Whether a client of the pool beside it was answered since then, and a moment ago; also when there is no pool. */
    boolean serves(long since) {
        return pool == null || (pool.acknowledgedAt() > since && world.time().now() - pool.acknowledgedAt() < ANSWERED);
    }

    /** The agent is killed; its server goes on. */
    void kill() {
        Life mine = process;
        if (mine != null) {
            world.time().kill(mine);
            gone();
        }
    }

    private void gone() {
        closing = false;
        again = false;
        process = null;
        engine = null;
        store = null;
        postgres = null;
        pool = null;
    }

    /** The agent closes in order. */
    void close() {
        Life mine = process;
        Engine leaving = engine;
        if (mine != null && leaving != null && !closing) {
            closing = true;
            world.time().start(mine, () -> {
                leaving.close();
                // What it has sent last still goes out.
                world.time().after(world.outside(), 5_000_000, () -> {
                    if (process == mine) {
                        boolean start = again;
                        kill();
                        if (start) {
                            start();
                        }
                    }
                });
            });
        }
    }

    /** Its server has died. */
    void serverDied() {
        if (postgres != null) {
            postgres.serverDied();
        }
    }
}
