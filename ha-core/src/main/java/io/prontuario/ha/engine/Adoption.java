package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.AdoptionPlan;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.NodeMemory;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.model.SwitchoverPlan.Precondition;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Versioned;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes over a pair that runs already, one server at a time, without a restart. The primary first: the record only if there is none, then its
 * data gets a name, then active, then open; nothing is promised of its standby. Then, on the other node, the standby: behind the gate and
 * streaming under its own name; the primary's agent proves it as any other. Whatever interrupts it, the same call on the same node goes on.
 */
public final class Adoption {
    private static final String COMMAND = "ha adopt";
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration DATA = Duration.ofSeconds(30);
    private static final Duration STATUSES = Duration.ofSeconds(2);

    private final EngineSettings settings;
    private final Durability durability;
    private final Consumer<String> progress;
    private final SyncControl sync;
    private final ClusterStore store;
    private final Founding founding;

    private Adoption(EngineSettings settings, Durability durability, Consumer<String> progress, SyncControl sync) {
        this.settings = settings;
        this.durability = durability;
        this.progress = progress;
        this.sync = sync;
        this.store = settings.store();
        this.founding = new Founding(settings, COMMAND);
    }

    /**
     * Draws up the plan, asks whether it is agreed to, and carries it out if so. Answers whether the server is taken over.
     *
     * @throws IllegalStateException when it is refused or could not be finished, with the reason and the next move
     */
    public static boolean run(
            EngineSettings settings, Durability durability, Predicate<AdoptionPlan> agreed, Consumer<String> progress) {
        return Founding.ask(
                settings, progress, COMMAND, sync -> new Adoption(settings, durability, progress, sync).run(agreed));
    }

    private boolean run(Predicate<AdoptionPlan> agreed) {
        Optional<Versioned> record = store.read(Founding.WRITE);
        AdoptionPlan seen = plan(state(record));
        if (!agreed.test(seen)) {
            return false;
        }
        // Whoever was asked may have taken his time.
        record = store.read(Founding.WRITE);
        AdoptionPlan plan = plan(state(record));
        if (!plan.possible()) {
            throw new IllegalStateException("refused: " + String.join("; ", plan.whyNot()));
        }
        if (!plan.sameAs(seen)) {
            throw new IllegalStateException("refused: the server has changed meanwhile; look at the plan again");
        }
        if (plan.mode() == ServerMode.PRIMARY) {
            primary(record, plan);
        } else {
            standby(record.orElseThrow().state(), plan);
        }
        return true;
    }

    private static @Nullable ClusterState state(Optional<Versioned> record) {
        return record.map(Versioned::state).orElse(null);
    }

    private AdoptionPlan plan(@Nullable ClusterState state) {
        AdoptionPlan plan = sync.adoption(state, LOOK);
        return state == null ? plan.with(List.of(first(plan), remembersNothing())) : plan.with(known(state, plan));
    }

    private static Precondition first(AdoptionPlan plan) {
        return new Precondition(
                "the primary is taken over first",
                plan.mode() == ServerMode.PRIMARY,
                "there is no record yet, and this server is " + plan.mode());
    }

    /** A record that is gone is not made anew by this. */
    private Precondition remembersNothing() {
        NodeMemory memory = new MemoryFile(settings.stateFolder()).remembered();
        return new Precondition(
                "this node has belonged to no cluster before",
                memory == null,
                memory == null
                        ? "it remembers none"
                        : "it remembers epoch " + memory.epoch() + " of " + memory.clusterId()
                                + ", whose record is gone; " + settings.stateFolder() + " says so");
    }

    private List<Precondition> known(ClusterState state, AdoptionPlan plan) {
        NodeMemory memory = new MemoryFile(settings.stateFolder()).remembered();
        Optional<String> disobeyed = Protocol.disobeys(state, memory);
        Precondition obeyed = new Precondition(
                "this node may obey the record", disobeyed.isEmpty(), disobeyed.orElse("it remembers nothing else"));
        Precondition same = new Precondition(
                "the server belongs to the record's cluster",
                state.systemIdentifier().equals(plan.systemIdentifier()),
                "system identifier " + plan.systemIdentifier() + ", the record has " + state.systemIdentifier());
        Copy here = plan.copy();
        if (state.primary().node().equals(settings.self())) {
            boolean goesOn = plan.mode() == ServerMode.PRIMARY
                    && (here == null ? !state.active() : here.equals(state.primary()));
            return List.of(
                    obeyed,
                    same,
                    new Precondition(
                            "it is the record's primary, or about to be taken over as that",
                            goesOn,
                            "the record has " + state.primary() + (state.active() ? ", active" : ", not active yet")
                                    + "; here is " + (here == null ? "no copy yet" : here) + ", " + plan.mode()));
        }
        NodeStatus primary = statusOf(state);
        boolean looked = primary != null && !primary.leaving();
        return List.of(
                obeyed,
                same,
                new Precondition(
                        "it is a standby, and the record's primary is active",
                        plan.mode() == ServerMode.STANDBY && state.active(),
                        plan.mode() + "; " + state.primary() + (state.active() ? ", active" : ", not active yet")),
                new Precondition(
                        "the agent of the primary looks after it",
                        looked,
                        looked
                                ? "it has a session"
                                : "none: start ha node on " + state.primary().node() + " first. Until it has opened"
                                        + " its server, commits there may wait for the name that this standby has now"));
    }

    /** Statuses are read right after connecting. */
    private @Nullable NodeStatus statusOf(ClusterState state) {
        long until = settings.ticker().nanos() + STATUSES.toNanos();
        while (!store.nodes().containsKey(state.primary().node())
                && settings.ticker().nanos() - until < 0) {
            LockSupport.parkNanos(20_000_000);
        }
        return store.nodes().get(state.primary().node());
    }

    private void primary(Optional<Versioned> present, AdoptionPlan plan) {
        Versioned record = present.orElseGet(() -> create(plan));
        ClusterState state = record.state();
        Copy copy = state.primary();
        if (!copy.node().equals(settings.self())) {
            throw new IllegalStateException("another node was first: " + copy + " is the record's primary");
        }
        new MemoryFile(settings.stateFolder()).remember(state);
        Founding.require(sync.adopt(state, copy, DATA), "taking over the primary");
        progress.accept("the data here is " + copy + "; the server goes on as it is");
        if (!state.active()) {
            record = founding.written(record, Protocol.activate(state, copy, plan.timeline()), "activating");
            progress.accept("record: " + copy + " is the active primary of epoch " + state.epoch());
            // Only after this very write: nothing that was decided by an older record can land any more. Otherwise the
            // agent opens.
            Outcome opened = sync.open(record.state(), Protocol.namesWhenActive(record.state(), List.of()), DATA);
            progress.accept(opened.holds() ? "open: " + opened.detail() : "not open yet: " + opened.detail());
        }
        progress.accept("start ha node here now, then run ha adopt on the standby's node");
    }

    private Versioned create(AdoptionPlan plan) {
        String id = UUID.randomUUID().toString();
        Copy copy = new Copy(settings.self(), id.substring(0, 8));
        return founding.created(
                Protocol.adopt(
                        settings.cluster() + "-" + id.substring(24),
                        id.substring(9, 13),
                        copy,
                        plan.systemIdentifier(),
                        plan.timeline(),
                        durability),
                progress);
    }

    private void standby(ClusterState state, AdoptionPlan plan) {
        Copy here = plan.copy();
        Copy copy = here == null
                ? new Copy(settings.self(), UUID.randomUUID().toString().substring(0, 8))
                : here;
        new MemoryFile(settings.stateFolder()).remember(state);
        Founding.require(sync.adopt(state, copy, DATA), "taking over the standby");
        progress.accept(copy + " streams from " + state.primary() + " behind the gate");
        progress.accept("start ha node here now: it is certified once it has been proven");
    }
}
