package io.prontuario.ha.engine;

import io.prontuario.ha.decide.Change;
import io.prontuario.ha.model.ClusterState;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/** What the first acts on a node have in common, before it runs: no loop, no other nodes, a person who waits and can ask again. */
final class Founding {
    static final Duration WRITE = Duration.ofSeconds(5);
    private static final Duration STORE = Duration.ofSeconds(30);

    private final ClusterStore store;
    private final String command;

    /**
     * @param command to be run again when something was interrupted
     */
    Founding(EngineSettings settings, String command) {
        this.store = settings.store();
        this.command = command;
    }

    /** Starts what the body needs, runs it, and closes what it started; the server is left as it is. */
    static void with(EngineSettings settings, Consumer<String> progress, String command, Consumer<SyncControl> body) {
        ask(settings, progress, command, sync -> {
            body.accept(sync);
            return true;
        });
    }

    /** The same with an answer. */
    static <T> T ask(
            EngineSettings settings, Consumer<String> progress, String command, Function<SyncControl, T> body) {
        try {
            settings.strategies()
                    .forEach(strategy ->
                            strategy.start(new StrategyContext(settings.self(), settings.ticker(), () -> {})));
            SyncControl sync = settings.strategies().stream()
                    .flatMap(strategy -> strategy.syncControl().stream())
                    .findFirst()
                    .orElseThrow(() ->
                            new IllegalStateException("this node has no server: run " + command + " on a data node"));
            settings.store().start(settings.cluster(), settings.self(), () -> {});
            awaitStore(settings, progress);
            return body.apply(sync);
        } finally {
            settings.store().close();
            settings.strategies().forEach(FailoverStrategy::close);
        }
    }

    private static void awaitStore(EngineSettings settings, Consumer<String> progress) {
        long deadline = settings.ticker().nanos() + STORE.toNanos();
        boolean told = false;
        while (settings.store().health() != StoreHealth.CONNECTED) {
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

    /** The record as it is after this one was to be created: this one, or that of whoever was first. */
    Versioned created(ClusterState first, Consumer<String> progress) {
        WriteOutcome outcome = store.create(first, WRITE);
        progress.accept(
                switch (outcome) {
                    case DONE -> "record created: " + first.primary() + " is to be the primary";
                    case CONFLICT, DEPOSED -> "another node was first";
                    case UNKNOWN -> "the store has not said whether it wrote the record: reading it";
                });
        return store.read(WRITE)
                .orElseThrow(() -> new IllegalStateException(
                        "the record was not written (" + outcome + "): run " + command + " again"));
    }

    Versioned written(Versioned record, Change change, String what) {
        ClusterState next = change.next().orElseThrow(() -> new IllegalStateException(what + ": " + change.refusal()));
        WriteOutcome outcome = store.compareAndSet(record, next, null, WRITE);
        if (outcome != WriteOutcome.DONE) {
            throw new IllegalStateException(
                    what + ": " + outcome + "; run " + command + " again, it goes on where it was");
        }
        return store.read(WRITE).orElseThrow(() -> new IllegalStateException(what + ": the record has gone"));
    }

    static void require(Outcome outcome, String what) {
        if (!outcome.holds()) {
            throw new IllegalStateException(what + ": " + outcome.detail());
        }
    }
}
