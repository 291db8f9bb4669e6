package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Protocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.Copy;
import io.prontuario.ha.model.Durability;
import io.prontuario.ha.model.ServerMode;
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

/**
 * Makes a node the first of a new cluster, in this order: the record only if there is none, then the data behind the gate, then whose
 * data it is, then active, then open. Whatever interrupts it, the same call on the same node goes on where it was.
 */
public final class Bootstrap {
    private static final Duration WRITE = Founding.WRITE;
    private static final Duration DATA = Duration.ofMinutes(2);

    private final EngineSettings settings;
    private final Consumer<String> progress;
    private final SyncControl sync;
    private final ClusterStore store;
    private final Founding founding;

    private Bootstrap(EngineSettings settings, Consumer<String> progress, SyncControl sync) {
        this.settings = settings;
        this.progress = progress;
        this.sync = sync;
        this.store = settings.store();
        this.founding = new Founding(settings, "ha init");
    }

    /** Runs to the end and closes what it started; leaves the server running. */
    public static void run(
            EngineSettings settings, Durability durability, int strictMinimum, Consumer<String> progress) {
        Founding.with(
                settings,
                progress,
                "ha init",
                sync -> new Bootstrap(settings, progress, sync).run(durability, strictMinimum));
    }

    private void run(Durability durability, int strictMinimum) {
        Versioned record = record(durability, strictMinimum);
        Copy copy = record.state().primary();
        if (!copy.node().equals(settings.self())) {
            throw new IllegalStateException("cluster " + settings.cluster() + " exists already, its primary is " + copy
                    + ": start this node with ha node and it will copy the data by itself");
        }
        boolean fresh =
                !record.state().active() && record.state().systemIdentifier().isEmpty();
        if (fresh) {
            Founding.require(sync.initialise(copy, DATA), "creating the data directory");
        } else if (!copy.equals(sync.status().copy())) {
            // An empty database under the id of the copy that is lost would be the record's primary, or its heir.
            throw new IllegalStateException("cluster " + settings.cluster() + " has data already, and the record's "
                    + copy + " is not here any more: nothing is created. If another node can take over, it does; then"
                    + " start this node with ha node and it will copy the data");
        }
        new MemoryFile(settings.stateFolder()).remember(record.state());
        if (!record.state().active()) {
            Founding.require(sync.promote(record.state(), DATA), "starting the server behind the gate");
            progress.accept("server started behind the gate");
            record = identified(record, copy);
            record = founding.written(
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
        return founding.created(first, progress);
    }

    private Versioned identified(Versioned record, Copy copy) {
        if (!record.state().systemIdentifier().isEmpty()) {
            return record;
        }
        return founding.written(
                record, Protocol.identify(record.state(), copy, identifier()), "writing the system identifier");
    }

    /** A server that has just started may not have been asked for it yet. Without it a copy of other data could not be told from ours. */
    private String identifier() {
        long deadline = settings.ticker().nanos() + WRITE.toNanos();
        while (sync.status().systemIdentifier().isEmpty() && settings.ticker().nanos() - deadline < 0) {
            LockSupport.parkNanos(20_000_000);
        }
        return sync.status().systemIdentifier();
    }
}
