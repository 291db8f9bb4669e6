package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.FailoverStrategy;
import io.prontuario.ha.spi.Outcome;
import io.prontuario.ha.spi.StoreHealth;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.StrategyContext;
import io.prontuario.ha.spi.SyncControl;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.WriteOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Makes a node the first of a new cluster, in this order: the record only if there is none, then the data behind the gate, then whose
 * data it is, then active, then open. Whatever interrupts it, the same call on the same node goes on where it was.
 */
public final class Bootstrap {
    private static final Duration STORE = Duration.ofSeconds(30);
    private static final Duration WRITE = Duration.ofSeconds(5);
    private static final Duration DATA = Duration.ofMinutes(2);

    private final EngineSettings settings;
    private final Consumer<String> progress;
    private final SyncControl sync;
    private final ClusterStore store;

    private Bootstrap(EngineSettings settings, Consumer<String> progress, SyncControl sync) {
        this.settings = settings;
        this.progress = progress;
        this.sync = sync;
        this.store = settings.store();
    }

    /** Runs to the end and closes what it started; leaves the server running. */
    public static void run(
            EngineSettings settings, Durability durability, int strictMinimum, Consumer<String> progress) {
        try {
            settings.strategies()
                    .forEach(strategy ->
                            strategy.start(new StrategyContext(settings.self(), settings.ticker(), () -> {})));
            SyncControl sync = settings.strategies().stream()
                    .flatMap(strategy -> strategy.syncControl().stream())
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalStateException("this node has no server: run ha init on a data node"));
            settings.store().start(settings.cluster(), settings.self(), () -> {});
            new Bootstrap(settings, progress, sync).run(durability, strictMinimum);
        } finally {
            settings.store().close();
            settings.strategies().forEach(FailoverStrategy::close);
        }
    }

    private void run(Durability durability, int strictMinimum) {
        awaitStore();
        Versioned record = record(durability, strictMinimum);
        Copy copy = record.state().primary();
        if (!copy.node().equals(settings.self())) {
            throw new IllegalStateException("cluster " + settings.cluster() + " exists already, its primary is " + copy
                    + ": start this node with ha node and it will copy the data by itself");
        }
        boolean fresh =
                !record.state().active() && record.state().systemIdentifier().isEmpty();
        if (fresh) {
            require(sync.initialise(copy, DATA), "creating the data directory");
        } else if (!copy.equals(sync.status().copy())) {
            // An empty database under the id of the copy that is lost would be the record's primary, or its heir.
            throw new IllegalStateException("cluster " + settings.cluster() + " has data already, and the record's "
                    + copy + " is not here any more: nothing is created. If another node can take over, it does; then"
                    + " start this node with ha node and it will copy the data");
        }
        new MemoryFile(settings.stateFolder()).remember(record.state());
        if (!record.state().active()) {
            require(sync.promote(record.state(), DATA), "starting the server behind the gate");
            progress.accept("server started behind the gate");
            record = identified(record, copy);
            record = written(
                    record,
                    Protocol.activate(record.state(), copy, sync.status().timeline()),
                    "activating");
            progress.accept("record: " + copy + " is the active primary of epoch "
                    + record.state().epoch());
        } else if (!sync.status().runsAs(ServerMode.PRIMARY)) {
            progress.accept("cluster " + settings.cluster() + " is complete; start ha node here");
            return;
        }
        if (record.state().inSync().isEmpty()) {
            Outcome opened = sync.open(record.state(), Protocol.namesWhenActive(record.state(), List.of()), DATA);
            progress.accept(opened.holds() ? "open: a commit was acknowledged" : "not open yet: " + opened.detail());
        }
    }

    private void awaitStore() {
        long deadline = settings.ticker().nanos() + STORE.toNanos();
        boolean told = false;
        while (store.health() != StoreHealth.CONNECTED) {
            if (!told) {
                progress.accept("waiting for the store (up to " + STORE.toSeconds() + " s)");
                told = true;
            }
            if (settings.ticker().nanos() - deadline > 0) {
                throw new StoreUnavailableException("the store is not reached after " + STORE.toSeconds()
                        + " s: check store.connect and that a majority of the ZooKeeper servers runs");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private Versioned record(Durability durability, int strictMinimum) {
        Optional<Versioned> present = store.read(WRITE);
        if (present.isPresent()) {
            progress.accept("the record exists: going on with it");
            return present.get();
        }
        String id = UUID.randomUUID().toString();
        Copy copy = new Copy(settings.self(), id.substring(0, 8));
        ClusterState first = Protocol.bootstrap(
                settings.cluster() + "-" + id.substring(24), id.substring(9, 13), copy, durability, strictMinimum);
        WriteOutcome outcome = store.create(first, WRITE);
        progress.accept(
                switch (outcome) {
                    case DONE -> "record created: " + copy + " is to be the primary";
                    case CONFLICT, DEPOSED -> "another node was first";
                    case UNKNOWN -> "the store has not said whether it wrote the record: reading it";
                });
        return store.read(WRITE)
                .orElseThrow(() ->
                        new IllegalStateException("the record was not written (" + outcome + "): run ha init again"));
    }

    private Versioned identified(Versioned record, Copy copy) {
        if (!record.state().systemIdentifier().isEmpty()) {
            return record;
        }
        String identifier = sync.status().systemIdentifier();
        return written(record, Protocol.identify(record.state(), copy, identifier), "writing the system identifier");
    }

    private Versioned written(Versioned record, Change change, String what) {
        ClusterState next = change.next().orElseThrow(() -> new IllegalStateException(what + ": " + change.refusal()));
        WriteOutcome outcome = store.compareAndSet(record, next, null, WRITE);
        if (outcome != WriteOutcome.DONE) {
            throw new IllegalStateException(what + ": " + outcome + "; run ha init again, it goes on where it was");
        }
        return store.read(WRITE).orElseThrow(() -> new IllegalStateException(what + ": the record has gone"));
    }

    private static void require(Outcome outcome, String what) {
        if (!outcome.holds()) {
            throw new IllegalStateException(what + ": " + outcome.detail());
        }
    }
}
