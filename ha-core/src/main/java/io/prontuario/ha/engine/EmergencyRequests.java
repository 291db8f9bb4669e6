package io.prontuario.ha.engine;

import io.prontuario.ha.decide.EmergencyChange;
import io.prontuario.ha.decide.EmergencyProtocol;
import io.prontuario.ha.model.ClusterState;
import io.prontuario.ha.model.DataStatus;
import io.prontuario.ha.model.Declaration;
import io.prontuario.ha.model.Emergency;
import io.prontuario.ha.model.EmergencyPhase;
import io.prontuario.ha.model.NodeStatus;
import io.prontuario.ha.model.ServerMode;
import io.prontuario.ha.spi.ClusterStore;
import io.prontuario.ha.spi.StoreUnavailableException;
import io.prontuario.ha.spi.Ticker;
import io.prontuario.ha.spi.Versioned;
import io.prontuario.ha.spi.VersionedEmergency;
import io.prontuario.ha.spi.WriteOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What people ask of an emergency, written by compare-and-set; whoever coordinates carries it out. */
public final class EmergencyRequests {
    private static final Duration CALL = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private EmergencyRequests() {}

    /** A change that somebody asks for, on what was read just now. */
    private interface Wish {
        EmergencyChange of(ClusterState state, @Nullable Emergency now);
    }

    /** Agrees to what is asked for, or was declined. */
    public static Emergency approve(ClusterStore store, String by, Instant at, Ticker ticker) {
        return written(
                store,
                ticker,
                (state, now) -> EmergencyProtocol.move(open(now), EmergencyPhase.WAKING, "approved by " + by, by, at));
    }

    /** Does not agree. */
    public static Emergency deny(ClusterStore store, String by, Instant at, Ticker ticker) {
        return written(
                store,
                ticker,
                (state, now) -> EmergencyProtocol.move(open(now), EmergencyPhase.DECLINED, "denied by " + by, by, at));
    }

    /** Declares it with the store in hand; not while the primary serves. */
    public static Emergency declare(ClusterStore store, Declaration declaration, Instant at, Ticker ticker) {
        return written(store, ticker, (state, now) -> {
            // First what is wrong with the words: whoever has slipped is not to look for a primary.
            Optional<String> wrong = EmergencyProtocol.mismatch(declaration, state.clusterId(), state.epoch());
            if (wrong.isPresent()) {
                throw new IllegalStateException(wrong.get());
            }
            Optional<String> serves = serving(store, state);
            if (serves.isPresent()) {
                throw new IllegalStateException(serves.get()
                        + " serves on site: nobody is led away from it. If its agent is wrong, end that agent first");
            }
            return EmergencyProtocol.declare(state, now, declaration, Emergencies.newId(), true, at);
        });
    }

    private static Optional<String> serving(ClusterStore store, ClusterState state) {
        NodeStatus status = store.nodes().get(state.primary().node());
        DataStatus data = status == null || status.leaving() ? null : status.data();
        return state.active() && data != null && data.runsAs(ServerMode.PRIMARY)
                ? Optional.of(state.primary().toString())
                : Optional.empty();
    }

    /**
     * Declares it on this very node, whose store is gone. The node goes on with it as far as it may without a compare-and-set.
     *
     * @throws IllegalStateException when this node has never seen a record, or the declaration is for another
     */
    public static Emergency declareHere(Path stateFolder, Declaration declaration, Instant at) {
        EmergencyFiles files = new EmergencyFiles(stateFolder);
        ClusterState state = files.lastRecord()
                .orElseThrow(() -> new IllegalStateException(stateFolder
                        + " holds no record: this node has never reached the store, or has no environment elsewhere."
                        + " Declare it on a node that has"));
        EmergencyChange change = EmergencyProtocol.declare(
                state, files.declared().orElse(null), declaration, Emergencies.newId(), false, at);
        Emergency next = legal(change);
        files.declare(next);
        return next;
    }

    /** Asks for the way back. */
    public static Emergency failback(ClusterStore store, String by, Instant at, Ticker ticker) {
        return written(
                store,
                ticker,
                (state, now) ->
                        EmergencyProtocol.move(open(now), EmergencyPhase.RETURNING, "asked back by " + by, by, at));
    }

    /** Begins a rehearsal. */
    public static Emergency rehearse(ClusterStore store, String by, Instant at, Ticker ticker) {
        return written(
                store, ticker, (state, now) -> EmergencyProtocol.rehearse(state, now, Emergencies.newId(), by, at));
    }

    private static Emergency open(@Nullable Emergency now) {
        if (now == null || !now.open()) {
            throw new IllegalStateException("no emergency is asked for, and none is under way");
        }
        return now;
    }

    private static Emergency legal(EmergencyChange change) {
        return change.next().orElseThrow(() -> new IllegalStateException(change.refusal()));
    }

    private static Emergency written(ClusterStore store, Ticker ticker, Wish wish) {
        long deadline = ticker.nanos() + LIMIT.toNanos();
        while (ticker.nanos() - deadline < 0) {
            Versioned record = store.read(CALL)
                    .orElseThrow(() -> new IllegalStateException(
                            "the store holds no such cluster: correct its name, or create it with ha init"));
            VersionedEmergency read = store.emergency(CALL).orElse(null);
            Emergency next = legal(wish.of(record.state(), read == null ? null : read.emergency()));
            WriteOutcome outcome = store.compareAndSetEmergency(read, next, null, CALL);
            if (outcome == WriteOutcome.DONE) {
                return next;
            }
            if (outcome == WriteOutcome.UNKNOWN) {
                break;
            }
        }
        throw new StoreUnavailableException(
                "it is not known whether this was written: look at ha status before trying" + " again");
    }
}
